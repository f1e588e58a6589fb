//! The 7-point stencil over planes of a periodic cube, in whole vectors.

/// Values handled by one vector instruction at best; rows are computed in whole multiples of it.
const LANES: usize = 16;

/// How a periodic cube of `size`³ values lies in memory so that no inner loop ever wraps: each row
/// along z starts with its last value (z = −1) and goes on past its end, periodically, until whole
/// vectors and their right-hand neighbours are covered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    size: usize,
    vectors: usize,
}

impl Layout {
    pub fn new(size: usize) -> Self {
        Self { size, vectors: size.div_ceil(LANES) }
    }

    /// Nodes per side.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Values per stored row.
    pub fn row(&self) -> usize {
        self.vectors * LANES + 2
    }

    /// Values per stored plane of constant x.
    pub fn plane(&self) -> usize {
        self.row() * self.size
    }

    /// Lays out values given in C order.
    pub fn load(&self, values: &[f32]) -> Vec<f32> {
        let mut stored = vec![0.0; self.plane() * self.size];
        for (row, interior) in stored.chunks_exact_mut(self.row()).zip(values.chunks_exact(self.size)) {
            row[1..=self.size].copy_from_slice(interior);
            self.continue_row(row);
        }
        stored
    }

    /// The values in C order again.
    pub fn unload(&self, stored: &[f32]) -> Vec<f32> {
        stored.chunks_exact(self.row()).flat_map(|row| &row[1..=self.size]).copied().collect()
    }

    /// Restores the periodic continuation of a row whose interior has changed.
    #[inline(always)]
    fn continue_row(&self, row: &mut [f32]) {
        row[0] = row[self.size];
        for z in self.size + 1..row.len() {
            row[z] = row[z - self.size];
        }
    }

    /// Sets every value of the plane `out` to `f(v, s, w)`: v the value of plane `here` at that node, s the
    /// sum of its six neighbours, w the value of the plane `beside`.
    #[inline(always)]
    pub fn sweep(
        &self,
        out: &mut [f32],
        [before, here, after]: [&[f32]; 3],
        beside: &[f32],
        f: impl Fn(f32, f32, f32) -> f32,
    ) {
        let (n, row) = (self.size, self.row());
        for (y, out) in out.chunks_exact_mut(row).enumerate() {
            let at = |y: usize| y * row..(y + 1) * row;
            let down = &here[at(if y == 0 { n - 1 } else { y - 1 })];
            let up = &here[at(if y + 1 == n { 0 } else { y + 1 })];
            let neighbours = [&before[at(y)], &after[at(y)], down, up];
            self.sweep_row(out, &here[at(y)], neighbours, &beside[at(y)], &f);
            self.continue_row(out);
        }
    }

    #[inline(always)]
    fn sweep_row(
        &self,
        out: &mut [f32],
        here: &[f32],
        neighbours: [&[f32]; 4],
        beside: &[f32],
        f: &impl Fn(f32, f32, f32) -> f32,
    ) {
        let width = self.vectors * LANES;
        let out = &mut out[1..][..width];
        let [left, centre, right] = [0, 1, 2].map(|z| &here[z..][..width]);
        let [a, b, c, d] = neighbours.map(|row| &row[1..][..width]);
        let beside = &beside[1..][..width];
        for z in 0..width {
            let sum = (a[z] + b[z]) + (c[z] + d[z]) + (left[z] + right[z]);
            out[z] = f(centre[z], sum, beside[z]);
        }
    }
}
