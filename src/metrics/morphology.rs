//! What a structure looks like: layers, tubes, spheres, or something else.

use crate::{
    field::Field,
    grid::Grid,
    surface::{Caps, extract, measures::periodic_euler_number},
};
use serde::Serialize;
use std::fmt;

/// A kind of periodic structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Morphology {
    /// Both phases percolate in two directions, and the surface has no handles: a slab.
    Layered,
    /// One phase percolates in one direction only, without handles: a cylinder.
    Tubular,
    /// One phase does not percolate, and has fewer handles than bodies: drops.
    Spherical,
    /// A bicontinuous network, a perforated layer, or a mixture.
    Other,
    /// No interface at all.
    Uniform,
}

impl Morphology {
    /// Classifies the structure of the two phases by the Euler number χ of the surface φ = 0 in periodic space, and by
    /// the number of independent directions in which each phase percolates.
    pub fn of(field: &Field) -> Self {
        let surface = extract(field, 0.0, Caps::Open);
        if surface.triangles.is_empty() {
            return Self::Uniform;
        }
        let euler = periodic_euler_number(&surface, &field.grid());
        let [negative, positive] = [false, true].map(|positive| percolation(field, positive));
        match (negative.min(positive), euler) {
            (0, 1..) => Self::Spherical,
            (1, 0) => Self::Tubular,
            (2, 0) => Self::Layered,
            _ => Self::Other,
        }
    }

    /// Whether it is a kind that coarsening can end in.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Layered | Self::Tubular | Self::Spherical)
    }
}

impl fmt::Display for Morphology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Layered => "layered",
            Self::Tubular => "tubular",
            Self::Spherical => "spherical",
            Self::Other => "other",
            Self::Uniform => "uniform",
        })
    }
}

/// Number of independent directions, 0 to 3, in which one component of a phase reaches its own periodic image:
/// the largest over the components of the nodes with φ > 0 (`positive`), or of the others. Nodes are connected
/// along the three axes.
pub fn percolation(field: &Field, positive: bool) -> usize {
    let grid = field.grid();
    let inside: Vec<bool> = field.values().iter().map(|&value| (value > 0.0) == positive).collect();
    // How many boxes away each node was found, counted along the path that led to it.
    let mut image: Vec<Option<[i32; 3]>> = vec![None; inside.len()];
    let mut most = 0;
    for seed in 0..inside.len() {
        if !inside[seed] || image[seed].is_some() {
            continue;
        }
        let mut windings = Vec::new();
        image[seed] = Some([0; 3]);
        let mut open = vec![(seed, [0; 3])];
        while let Some((node, box_of_node)) = open.pop() {
            for (neighbour, step) in neighbours(node, &grid) {
                if !inside[neighbour] {
                    continue;
                }
                let reached = [0, 1, 2].map(|axis| box_of_node[axis] + step[axis]);
                match image[neighbour] {
                    None => {
                        image[neighbour] = Some(reached);
                        open.push((neighbour, reached));
                    }
                    Some(known) => add_direction(&mut windings, [0, 1, 2].map(|axis| reached[axis] - known[axis])),
                }
            }
        }
        most = most.max(windings.len());
    }
    most
}

/// The six neighbours of a node, and by how many boxes the step to them goes over a face.
fn neighbours(node: usize, grid: &Grid) -> impl Iterator<Item = (usize, [i32; 3])> {
    let place = grid.node(node);
    (0..6).map(move |way| {
        let (axis, forwards) = (way / 2, way % 2 == 0);
        let mut step = [0; 3];
        let last = if forwards { grid.shape[axis] - 1 } else { 0 };
        if place[axis] == last {
            step[axis] = if forwards { 1 } else { -1 };
        }
        (grid.index(grid.neighbour(place, axis, forwards)), step)
    })
}

/// Keeps `direction` if it is independent of those kept already, at most three.
fn add_direction(kept: &mut Vec<[i32; 3]>, direction: [i32; 3]) {
    let independent = match kept[..] {
        [] => direction != [0; 3],
        [a] => cross(a, direction) != [0; 3],
        [a, b] => cross(a, b).iter().zip(direction).map(|(n, d)| n * i64::from(d)).sum::<i64>() != 0,
        _ => false,
    };
    if independent {
        kept.push(direction);
    }
}

fn cross(a: [i32; 3], b: [i32; 3]) -> [i64; 3] {
    let minor = |i: usize, j: usize| i64::from(a[i]) * i64::from(b[j]) - i64::from(a[j]) * i64::from(b[i]);
    [minor(1, 2), minor(2, 0), minor(0, 1)]
}
