//! A periodic box cut into strips that fit the cache, their neighbours beside them.

use super::simd::Real;

/// Shape of a batch of periodic boxes; each channel is stored `[x, y, z]`, z contiguous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Number of boxes.
    pub batch: usize,
    /// Nodes along x, y and z.
    pub size: [usize; 3],
}

impl Grid {
    /// Nodes of one box.
    pub fn volume(&self) -> usize {
        self.size.iter().product()
    }
}

/// How a grid is cut, for a kernel that reaches `reach` nodes (0 or 1) to each side: a strip is `planes`
/// neighbouring values of x by `rows` of y, whole in z.
///
/// In the strip's own buffer each row keeps `reach` halo nodes at both ends, so a tap is one fixed offset
/// and vectors may run on across the ends of rows: what they compute there is never used.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub grid: Grid,
    pub reach: usize,
    pub planes: usize,
    pub rows: usize,
}

/// One strip of the cut: box, first plane, first row.
#[derive(Clone, Copy, Debug)]
pub struct Strip {
    pub sample: usize,
    pub x: usize,
    pub y: usize,
}

/// Room for one vector past the end of a plane, whatever the width.
const SLACK: usize = 16;

impl Cut {
    /// Cuts the grid into strips of at most `planes` planes and about `nodes` nodes.
    pub fn new(grid: Grid, reach: usize, planes: usize, nodes: usize) -> Self {
        let [nx, ny, nz] = grid.size;
        let rows = largest_divisor(ny, nodes / nz.max(1));
        let planes = largest_divisor(nx, planes.min(nodes / (rows * nz).max(1)));
        Self { grid, reach, planes, rows }
    }

    /// Nodes from a row of the buffer to the next.
    pub fn pitch(&self) -> usize {
        self.grid.size[2] + 2 * self.reach
    }

    /// Nodes of a strip's plane without its neighbour rows.
    pub fn interior(&self) -> usize {
        self.rows * self.pitch() + SLACK
    }

    /// Nodes of a strip's plane with its neighbour rows.
    pub fn plane(&self) -> usize {
        self.interior() + 2 * self.reach * (self.pitch() + 1)
    }

    /// All strips, in the order of their nodes in memory.
    pub fn strips(&self) -> impl Iterator<Item = Strip> + use<> {
        let Self { grid, planes, rows, .. } = *self;
        let [nx, ny, _] = grid.size;
        (0..grid.batch).flat_map(move |sample| {
            let ys = move |x| (0..ny).step_by(rows).map(move |y| Strip { sample, x, y });
            (0..nx).step_by(planes).flat_map(ys)
        })
    }

    /// Offsets of the (2·reach+1)³ taps in a plane-by-plane buffer, in the order of a kernel's entries.
    pub fn taps(&self) -> Vec<usize> {
        let width = 2 * self.reach + 1;
        let row = |x, y| (0..width).map(move |z| x * self.plane() + y * self.pitch() + z);
        (0..width).flat_map(|x| (0..width).flat_map(move |y| row(x, y))).collect()
    }

    /// Where vectors of `lanes` begin so that they cover a plane's nodes: row by row, or running on over the
    /// ends of rows where that takes fewer. With `once`, no node is covered twice.
    pub fn starts(&self, lanes: usize, once: bool) -> Vec<usize> {
        let nz = self.grid.size[2];
        let running = || (0..self.rows * self.pitch() - 2 * self.reach).step_by(lanes);
        let fits = if once { nz.is_multiple_of(lanes) } else { nz >= lanes };
        if fits && self.rows * nz.div_ceil(lanes) <= running().len() {
            let row = |y| (0..nz).step_by(lanes).map(move |z| y * self.pitch() + z.min(nz - lanes));
            (0..self.rows).flat_map(row).collect()
        } else {
            running().collect()
        }
    }

    /// Copies a strip of one channel with its neighbours, wrapped around the box: `[planes + 2·reach][plane]`.
    pub fn gather<T: Real>(&self, strip: Strip, channel: &[T], buffer: &mut [T]) {
        let [nx, ny, nz] = self.grid.size;
        let reach = self.reach;
        for (i, plane) in buffer.chunks_exact_mut(self.plane()).take(self.planes + 2 * reach).enumerate() {
            let x = (strip.x + i + nx - reach) % nx;
            for (j, row) in plane.chunks_exact_mut(self.pitch()).take(self.rows + 2 * reach).enumerate() {
                let y = (strip.y + j + ny - reach) % ny;
                let source = &channel[(x * ny + y) * nz..][..nz];
                copy_row(&mut row[reach..reach + nz], source);
                if reach > 0 {
                    row[0] = source[nz - 1];
                    row[nz + 1] = source[0];
                }
            }
        }
    }

    /// Copies a strip of one channel without neighbours: `[planes][interior]`. Nodes between rows stay as they are.
    pub fn gather_interior<T: Real>(&self, strip: Strip, channel: &[T], buffer: &mut [T]) {
        let [_, ny, nz] = self.grid.size;
        for (i, plane) in buffer.chunks_exact_mut(self.interior()).take(self.planes).enumerate() {
            let source = &channel[((strip.x + i) * ny + strip.y) * nz..][..self.rows * nz];
            for (row, source) in plane.chunks_exact_mut(self.pitch()).zip(source.chunks_exact(nz)) {
                copy_row(&mut row[..nz], source);
            }
        }
    }

    /// The nodes of every strip of `[batch, channel, x, y, z]`, in slices `[channel, plane]`.
    pub fn split<'a, T>(&self, tensor: &'a mut [T], channels: usize) -> Vec<Vec<&'a mut [T]>> {
        let [nx, ny, nz] = self.grid.size;
        let blocks = ny / self.rows;
        let strips = self.grid.batch * nx / self.planes * blocks;
        let slices = || Vec::with_capacity(channels * self.planes);
        let mut strips: Vec<_> = std::iter::repeat_with(slices).take(strips).collect();
        for (i, nodes) in tensor.chunks_exact_mut(self.rows * nz).enumerate() {
            let (block, rest) = (i % blocks, i / blocks);
            let (x, sample) = (rest % nx, rest / nx / channels);
            strips[(sample * nx + x) / self.planes * blocks + block].push(nodes);
        }
        strips
    }
}

/// Copies a row; of the commonest length without a call.
#[inline(always)]
pub fn copy_row<T: Real>(row: &mut [T], source: &[T]) {
    match (<&mut [T; 16]>::try_from(&mut *row), <&[T; 16]>::try_from(source)) {
        (Ok(row), Ok(source)) => *row = *source,
        _ => row.copy_from_slice(source),
    }
}

/// The largest divisor of `n` that is at most `limit` (and at least 1).
fn largest_divisor(n: usize, limit: usize) -> usize {
    (1..=limit.clamp(1, n.max(1))).rev().find(|d| n.is_multiple_of(*d)).unwrap_or(1)
}
