//! The nodes that marching cubes visits: the periodic box, closed with its caps or open.

use super::Caps;
use crate::{field::Field, grid::Grid};
use rayon::prelude::*;

/// Nodes of the box, along each axis from 0 to n, node n being node 0 again. With caps there is one more layer of nodes
/// outside, which lies on the faces too, so that the cells between are flat, and which is always below the level.
pub struct Lattice<'a> {
    field: &'a Field,
    level: f32,
    /// Number of nodes outside the box before node 0, and after node n: 1 with caps, 0 without.
    margin: usize,
    values: Vec<f32>,
}

/// Where the surface crosses an edge, and its normal there.
pub struct Crossing {
    pub position: [f32; 3],
    pub normal: [f32; 3],
}

impl<'a> Lattice<'a> {
    pub fn new(field: &'a Field, level: f32, caps: Caps) -> Self {
        let margin = match caps {
            Caps::Closed => 1,
            Caps::Open => 0,
        };
        let mut lattice = Self { field, level, margin, values: Vec::new() };
        let nodes = lattice.grid();
        lattice.values = (0..nodes.len()).into_par_iter().map(|i| lattice.sample(nodes.node(i))).collect();
        lattice
    }

    /// The nodes of the lattice.
    fn grid(&self) -> Grid {
        Grid::from(self.sides())
    }

    /// Nodes along the axes.
    pub fn sides(&self) -> [usize; 3] {
        self.field.grid().shape.map(|side| side + 1 + 2 * self.margin)
    }

    /// Whether φ is above the level at a node.
    pub fn is_inside(&self, node: [usize; 3]) -> bool {
        self.values[self.grid().index(node)] > self.level
    }

    /// Where the surface crosses the edge from `node` to the next node along `axis`, if it does.
    pub fn crossing(&self, node: [usize; 3], axis: usize) -> Option<Crossing> {
        let mut next = node;
        next[axis] += 1;
        if next[axis] == self.sides()[axis] || self.is_inside(node) == self.is_inside(next) {
            return None;
        }
        let (here, there) = (self.position(node), self.position(next));
        if self.is_outside(node) || self.is_outside(next) {
            // The edge has no length: it stands on a face of the box.
            let mut normal = [0.0; 3];
            normal[axis] = if self.is_outside(node) { -1.0 } else { 1.0 };
            return Some(Crossing { position: here, normal });
        }
        let (a, b) = (self.sample(node), self.sample(next));
        let t = ((self.level - a) / (b - a)).clamp(0.0, 1.0);
        let mut position = here;
        position[axis] += t * (there[axis] - here[axis]);
        let (from, to) = (self.gradient(node), self.gradient(next));
        let outward = [0, 1, 2].map(|i| -(from[i] + t * (to[i] - from[i])));
        Some(Crossing { position, normal: unit(outward, axis, a - b) })
    }

    /// Whether a node lies in the layer beyond the caps.
    fn is_outside(&self, node: [usize; 3]) -> bool {
        self.margin > 0 && node.iter().zip(self.sides()).any(|(&c, side)| c == 0 || c + 1 == side)
    }

    /// φ at a node; in the layer beyond the caps, a value below the level.
    fn sample(&self, node: [usize; 3]) -> f32 {
        if self.is_outside(node) {
            return self.level - 1.0;
        }
        let [x, y, z] = node.map(|c| (c - self.margin) as isize);
        self.field.at(x, y, z)
    }

    /// Where a node lies in the box, in grid units.
    fn position(&self, node: [usize; 3]) -> [f32; 3] {
        let Grid { shape, spacing } = self.field.grid();
        [0, 1, 2].map(|axis| node[axis].saturating_sub(self.margin).min(shape[axis]) as f32 * spacing as f32)
    }

    /// Direction of ∇φ at a node of the box by Sobel's operator: central differences, smoothed across. An interface is
    /// hardly wider than a cell; central differences alone turn normals by up to 4° on the solver's grid and 13° on the
    /// network's, towards the axes or away from them as the nodes happen to lie, which shows as rings.
    fn gradient(&self, node: [usize; 3]) -> [f32; 3] {
        let [x, y, z] = node.map(|c| c as isize - self.margin as isize);
        let mut sum = [0.0; 3];
        for offset in (0..27).map(|i| [i / 9 - 1, i / 3 % 3 - 1, i % 3 - 1_isize]) {
            let phi = self.field.at(x + offset[0], y + offset[1], z + offset[2]);
            let [i, j, k] = offset.map(|c| c as f32);
            let [near_x, near_y, near_z] = [i, j, k].map(|c| 2.0 - c.abs());
            sum[0] += i * near_y * near_z * phi;
            sum[1] += j * near_z * near_x * phi;
            sum[2] += k * near_x * near_y * phi;
        }
        sum
    }
}

/// `v` scaled to length 1; the direction of `fall` along `axis` where `v` vanishes or is not finite.
fn unit(v: [f32; 3], axis: usize, fall: f32) -> [f32; 3] {
    let largest = v.iter().fold(0.0, |largest: f32, c| largest.max(c.abs()));
    // Beyond, the squares of slopes overflow.
    let v = if largest > 1e18 { v.map(|c| c / largest) } else { v };
    let length = v.iter().map(|c| c * c).sum::<f32>().sqrt();
    if length > f32::MIN_POSITIVE && length.is_finite() {
        return v.map(|c| c / length);
    }
    let mut along = [0.0; 3];
    along[axis] = fall.signum();
    along
}
