//! Fractional Brownian motion: octaves of periodic Perlin noise by a permutation table.

use super::{NoiseParameters, grid, lattice::lattice_noise};
use crate::grid::Grid;
use noise::permutationtable::{NoiseHasher, PermutationTable};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Perlin's gradients, from the middle of a cube to its edges; the last four are there twice, and favour no direction,
/// for they end in the corners of a regular tetrahedron (SIGGRAPH 2002).
const GRADIENTS: [[f64; 3]; 16] = [
    [1.0, 1.0, 0.0],
    [-1.0, 1.0, 0.0],
    [1.0, -1.0, 0.0],
    [-1.0, -1.0, 0.0],
    [1.0, 0.0, 1.0],
    [-1.0, 0.0, 1.0],
    [1.0, 0.0, -1.0],
    [-1.0, 0.0, -1.0],
    [0.0, 1.0, 1.0],
    [0.0, -1.0, 1.0],
    [0.0, 1.0, -1.0],
    [0.0, -1.0, -1.0],
    [1.0, 1.0, 0.0],
    [-1.0, 1.0, 0.0],
    [0.0, -1.0, 1.0],
    [0.0, -1.0, -1.0],
];

/// A sum of octaves on nodes one grid unit apart, in C order.
///
/// The first octave has cells of the correlation length, rounded so that a whole number fits along each axis; every
/// further one has twice as many cells along it and 2^−H times the amplitude. In three dimensions the power spectrum
/// then falls as k^−(2H + 3) between the first and the last octave, in two as k^−(2H + 2). Octaves whose cells are
/// narrower than two nodes are left out, for they would only be noise from node to node.
pub(super) fn octaves(parameters: &NoiseParameters, nodes: &Grid, seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut sum = vec![0.0; nodes.len()];
    let first = nodes.shape.map(|side| cells(side, parameters.correlation_length));
    for octave in 0..parameters.octaves {
        let cells = [0, 1, 2].map(|axis| if nodes.shape[axis] > 1 { first[axis] << octave } else { 1 });
        if octave > 0 && !are_resolved(cells, nodes) {
            break;
        }
        let amplitude = (-parameters.hurst * f64::from(octave)).exp2();
        let table = PermutationTable::new(random.random());
        // Octaves lie askew, for every one of them is zero on the nodes of its lattice.
        let offset = cells.map(|cells| random.random_range(0.0..cells as f64));
        let scale: [f64; 3] = std::array::from_fn(|axis| cells[axis] as f64 / nodes.shape[axis] as f64);
        let noise = grid(nodes, |node| {
            let point = std::array::from_fn(|axis| node[axis] * scale[axis] + offset[axis]);
            amplitude * lattice_noise(point, cells, |corner| GRADIENTS[hash(&table, corner) % GRADIENTS.len()])
        });
        sum.iter_mut().zip(noise).for_each(|(sum, value)| *sum += value);
    }
    sum
}

/// How many cells fit along a side.
fn cells(side: usize, length: f64) -> usize {
    (side as f64 / length).round().clamp(1.0, side as f64) as usize
}

fn are_resolved(cells: [usize; 3], nodes: &Grid) -> bool {
    cells.iter().zip(nodes.shape).all(|(cells, side)| side == 1 || 2 * cells <= side)
}

/// A number of a node of a lattice that looks random, by which it draws its gradient. Both bytes of a coordinate count,
/// so that a lattice of up to 65,536 cells along an axis does not repeat itself.
fn hash(table: &PermutationTable, node: [usize; 3]) -> usize {
    let [x, y, z] = node.map(|c| [c as isize & 0xff, c as isize >> 8]);
    table.hash(&[x[0], x[1], y[0], y[1], z[0], z[1]])
}
