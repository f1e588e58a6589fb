//! How a periodic box of any shape lies in memory.

/// Values in a cache line, and in the widest vector.
const LINE: usize = 16;

/// The nodes of a plane: `rows` rows of `nodes` nodes. Each row starts a cache line, `stride` values after the one
/// before it; the rest of its last line is computed along with it and never read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plane {
    pub rows: usize,
    pub nodes: usize,
    pub stride: usize,
}

impl Plane {
    /// Values per stored plane.
    pub fn values(self) -> usize {
        self.rows * self.stride
    }
}

/// A box as planes along its longest axis. Of the other axes the longer runs along the rows and the shorter counts
/// them: so planes are small and many, rows fill vectors, and a box of two dimensions is one whose planes are single
/// rows. A cube keeps C order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// How many planes there are.
    pub count: usize,
    pub plane: Plane,
    /// How far apart neighbours are in C order: across planes, across rows, along a row.
    steps: [usize; 3],
}

impl Layout {
    pub fn new([nx, ny, nz]: [usize; 3]) -> Self {
        let mut axes = [(nx, ny * nz), (ny, nz), (nz, 1)];
        let longest = if nx >= ny.max(nz) { 0 } else { 1 + usize::from(ny < nz) };
        axes[..=longest].rotate_right(1);
        if axes[1].0 > axes[2].0 {
            axes.swap(1, 2);
        }
        let [count, rows, nodes] = axes.map(|(nodes, _)| nodes);
        let plane = Plane { rows, nodes, stride: nodes.next_multiple_of(LINE) };
        Self { count, plane, steps: axes.map(|(_, step)| step) }
    }

    /// Nodes of the box.
    pub fn nodes(&self) -> usize {
        self.count * self.plane.rows * self.plane.nodes
    }

    /// Where the nodes of row `y` of plane `x` are in C order.
    fn row(&self, x: usize, y: usize) -> impl Iterator<Item = usize> {
        let [across, between, along] = self.steps;
        (x * across + y * between..).step_by(along).take(self.plane.nodes)
    }

    /// Fills plane `x` from values in C order.
    pub fn load(&self, x: usize, plane: &mut [f32], values: &[f32]) {
        for (y, row) in plane.chunks_exact_mut(self.plane.stride).enumerate() {
            row.iter_mut().zip(self.row(x, y)).for_each(|(value, i)| *value = values[i]);
        }
    }

    /// Writes plane `x` to values in C order.
    pub fn unload(&self, x: usize, plane: &[f32], values: &mut [f32]) {
        for (y, row) in plane.chunks_exact(self.plane.stride).enumerate() {
            row.iter().zip(self.row(x, y)).for_each(|(&value, i)| values[i] = value);
        }
    }
}

/// Planes of values one after another. The first starts a cache line: a vector that straddles
/// two lines is slower to read and to write.
#[derive(Debug)]
pub struct Planes {
    buffer: Vec<f32>,
    start: usize,
    count: usize,
    plane: Plane,
}

impl Planes {
    /// `count` planes of zeros.
    pub fn new(plane: Plane, count: usize) -> Self {
        let buffer = vec![0.0; plane.values() * count + LINE - 1];
        let start = buffer.as_ptr().align_offset(LINE * size_of::<f32>()).min(LINE - 1);
        Self { buffer, start, count, plane }
    }

    /// The values of all planes.
    pub fn values(&self) -> &[f32] {
        &self.buffer[self.start..][..self.plane.values() * self.count]
    }

    /// The values of all planes, to be changed.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.buffer[self.start..][..self.plane.values() * self.count]
    }

    /// Plane by plane.
    pub fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.values().chunks_exact(self.plane.values())
    }

    /// Plane by plane, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let values = self.plane.values();
        self.values_mut().chunks_exact_mut(values)
    }
}
