//! The 7-point stencil over planes of a periodic cube, in whole vectors.

/// Values handled by one vector instruction at best; rows are computed in whole multiples of it.
const LANES: usize = 16;

/// How the values of a periodic box lie in memory so that no inner loop ever wraps: each row along z
/// starts with its last value (z = −1) and ends with its first (z = nz), followed by as many unused values
/// as fill whole vectors. Those are computed with the rest and never read by it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    shape: [usize; 3],
}

impl Layout {
    pub fn new(shape: [usize; 3]) -> Self {
        Self { shape }
    }

    /// Planes of constant x.
    pub fn planes(&self) -> usize {
        self.shape[0]
    }

    /// Nodes of a row.
    fn nodes(&self) -> usize {
        self.shape[2]
    }

    /// Values per stored row.
    pub fn row(&self) -> usize {
        self.nodes().next_multiple_of(LANES) + 2
    }

    /// Values per stored plane of constant x.
    pub fn plane(&self) -> usize {
        self.row() * self.shape[1]
    }

    /// Lays out values given in C order.
    pub fn load(&self, values: &[f32]) -> Vec<f32> {
        let mut stored = vec![0.0; self.plane() * self.planes()];
        for (row, interior) in stored.chunks_exact_mut(self.row()).zip(values.chunks_exact(self.nodes())) {
            row[1..=self.nodes()].copy_from_slice(interior);
            self.continue_row(row);
        }
        stored
    }

    /// The values in C order again.
    pub fn unload(&self, stored: &[f32]) -> Vec<f32> {
        stored.chunks_exact(self.row()).flat_map(|row| &row[1..=self.nodes()]).copied().collect()
    }

    /// Restores the periodic continuation of a row whose interior has changed.
    #[inline(always)]
    fn continue_row(&self, row: &mut [f32]) {
        row[0] = row[self.nodes()];
        row[self.nodes() + 1] = row[1];
    }

    /// Sets every value of the plane `out` to `f(w, v, s)`: w its former value, v the value of plane `here` at
    /// that node, s the sum of its six neighbours.
    #[inline(always)]
    pub fn sweep(&self, out: &mut [f32], [before, here, after]: [&[f32]; 3], f: impl Fn(f32, f32, f32) -> f32) {
        let last = self.shape[1] - 1;
        for (y, out) in out.chunks_exact_mut(self.row()).enumerate() {
            let (down, up) = (if y == 0 { last } else { y - 1 }, if y == last { 0 } else { y + 1 });
            sweep_row(out, before, here, after, [down, y, up], &f);
            self.continue_row(out);
        }
    }
}

/// One row of [`Layout::sweep`], `rows` being the numbers of the row below it in y, itself, and above it.
/// The planes are arguments of their own so that the compiler knows that `out` overlaps none of them.
#[inline(always)]
fn sweep_row(
    out: &mut [f32],
    before: &[f32],
    here: &[f32],
    after: &[f32],
    rows: [usize; 3],
    f: &impl Fn(f32, f32, f32) -> f32,
) {
    let width = out.len() - 2;
    let [down, at, up] = [rows[0] * out.len(), rows[1] * out.len(), rows[2] * out.len()];
    let out = &mut out[1..=width];
    let (a, b) = (&before[at + 1..][..width], &after[at + 1..][..width]);
    let (c, d) = (&here[down + 1..][..width], &here[up + 1..][..width]);
    let (left, centre, right) = (&here[at..][..width], &here[at + 1..][..width], &here[at + 2..][..width]);
    for z in 0..width {
        let sum = (a[z] + b[z]) + (c[z] + d[z]) + (left[z] + right[z]);
        out[z] = f(out[z], centre[z], sum);
    }
}
