//! The 48 symmetries of the cube, and φ → −φ: the equation commutes with each of them.
//!
//! A symmetry maps the periodic grid onto itself, node 0 on node 0: axes are permuted, and a reversed axis
//! sends node i to node −i. Fields are transformed, never fluxes: the flux of a reflected field lies on the
//! other faces of the cells, which is the network's own affair.

use crate::grid::Shape;
use rand::Rng;

/// Rows of the permutations of three axes.
const PERMUTATIONS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// A signed permutation of the axes, with the sign of φ beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symmetry {
    /// Source axis of each target axis.
    pub axes: [usize; 3],
    /// Which target axes run backwards.
    pub reversed: [bool; 3],
    /// Whether the two phases are exchanged: φ → −φ.
    pub exchanged: bool,
}

impl Symmetry {
    /// The map that changes nothing.
    pub const IDENTITY: Self = Self { axes: [0, 1, 2], reversed: [false; 3], exchanged: false };

    /// All 48 × 2 of them, each once.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..96).map(Self::numbered)
    }

    /// One of those that keep a box, drawn uniformly.
    pub fn draw(shape: Shape, rng: &mut impl Rng) -> Self {
        loop {
            let drawn = Self::numbered(rng.random_range(0..96));
            if drawn.keeps(shape) {
                return drawn;
            }
        }
    }

    /// Number 0 to 95: three bits of reversal, one of exchange, and the permutation.
    fn numbered(number: usize) -> Self {
        Self {
            axes: PERMUTATIONS[number / 16 % 6],
            reversed: [number & 1 != 0, number & 2 != 0, number & 4 != 0],
            exchanged: number & 8 != 0,
        }
    }

    /// The orthogonal matrix R of the map: what was at node x is at node Rx afterwards.
    pub fn matrix(&self) -> [[i32; 3]; 3] {
        let mut rows = [[0; 3]; 3];
        for (row, (&axis, &reversed)) in rows.iter_mut().zip(self.axes.iter().zip(&self.reversed)) {
            row[axis] = if reversed { -1 } else { 1 };
        }
        rows
    }

    /// Whether the map leaves the box as it is: it exchanges sides of the same length only.
    pub fn keeps(&self, shape: Shape) -> bool {
        self.axes.map(|axis| shape.0[axis]) == shape.0
    }

    /// Writes the transformed field, whose box the map must keep, to the end of `target`.
    pub fn apply(&self, source: &[f32], shape: Shape, target: &mut Vec<f32>) {
        let [nx, ny, nz] = shape.0;
        let stride = [ny * nz, nz, 1];
        let sign = if self.exchanged { -1.0 } else { 1.0 };
        // Offset in the source of target coordinate c along target axis a.
        let offset = |a: usize, c: usize| {
            let side = shape.0[a];
            stride[self.axes[a]] * if self.reversed[a] { (side - c) % side } else { c }
        };
        target.reserve(shape.len());
        for x in 0..nx {
            for y in 0..ny {
                let row = offset(0, x) + offset(1, y);
                target.extend((0..nz).map(|z| sign * source[row + offset(2, z)]));
            }
        }
    }
}
