//! Signed distances of simple bodies in the box, in grid units, positive inside.

use super::{InitialOptions, across, grid, noise};
use crate::grid::Grid;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;

/// A sphere about the centre of the box; a disc in a plane.
pub(super) fn sphere(options: &InitialOptions) -> Vec<f64> {
    let shape = options.grid();
    let (centre, radius) = (centre(&shape), options.shape.radius * shape.shortest_side());
    grid(&shape, |point| radius - norm([0, 1, 2].map(|axis| point[axis] - centre[axis])))
}

/// Two spheres that touch in the centre of the box, on the line x = y = z through it; discs in a plane. A sphere that
/// reaches through a face continues behind the opposite one.
pub(super) fn droplets(options: &InitialOptions) -> Vec<f64> {
    let shape = options.grid();
    let (centre, extent, radius) = (centre(&shape), shape.extent(), options.shape.radius * shape.shortest_side());
    let step = radius / (shape.dimensions() as f64).sqrt();
    grid(&shape, |point| {
        let to = |side: f64| {
            norm([0, 1, 2].map(|axis| {
                let away = point[axis] - centre[axis] - if extent[axis] > 1.0 { side * step } else { 0.0 };
                away - extent[axis] * (away / extent[axis]).round()
            }))
        };
        radius - to(-1.0).min(to(1.0))
    })
}

/// A cylinder along the longest side of the box, of several the last, with the radius R + A cos(k (z − L/2)): by
/// Plateau and Rayleigh it breaks up where the wave is longer than 2πR. In a plane it is a strip, which never does.
///
/// Distances are taken across it and divided by the steepness of its face, as those of the [`slab`].
pub(super) fn column(options: &InitialOptions) -> Vec<f64> {
    let (nodes, shape) = (options.grid(), &options.shape);
    let along = (0..3).max_by_key(|&axis| nodes.shape[axis]).unwrap_or(2);
    let across = Grid { shape: std::array::from_fn(|a| if a == along { 1 } else { nodes.shape[a] }), ..nodes };
    let (centre, side, length) = (centre(&across), across.shortest_side(), nodes.extent()[along]);
    let [radius, amplitude] = [shape.radius, shape.undulation].map(|share| share * side);
    let k = TAU * f64::from(shape.waves) / length;
    grid(&nodes, |point| {
        let (sin, cos) = (k * (point[along] - length / 2.0)).sin_cos();
        let from_axis = norm([0, 1, 2].map(|axis| if axis == along { 0.0 } else { point[axis] - centre[axis] }));
        (radius + amplitude * cos - from_axis) / (1.0 + (amplitude * k * sin).powi(2)).sqrt()
    })
}

/// The centre of a box; along an axis with one node, that node.
fn centre(nodes: &Grid) -> [f64; 3] {
    nodes.extent().map(|side| if side > 1.0 { side / 2.0 } else { 0.0 })
}

fn norm([x, y, z]: [f64; 3]) -> f64 {
    (x * x + y * y + z * z).sqrt()
}

/// A slab across [`across`] whose two faces wave in parallel. Distances are taken across it and divided by the
/// steepness of the face, which is exact for a plane and right near a gently curved face.
pub(super) fn slab(options: &InitialOptions) -> Vec<f64> {
    let Slab { n, along, across } = Slab::in_box(&options.grid());
    let shape = &options.shape;
    let amplitude = shape.undulation * n;
    let waves = along.map(|(axis, side)| (axis, TAU * f64::from(shape.waves) / side));
    grid(&options.grid(), |point| {
        // Product of the sines along both axes of the face, and its slopes. In a plane there is one axis.
        let [(first, a), (second, b)] = waves;
        let [(sin_a, cos_a), (sin_b, cos_b)] =
            [(a * point[first]).sin_cos(), if first == second { (1.0, 0.0) } else { (b * point[second]).sin_cos() }];
        let height = n / 2.0 + amplitude * sin_a * sin_b;
        let (slope_a, slope_b) = (amplitude * a * cos_a * sin_b, amplitude * b * sin_a * cos_b);
        // The slab's own image across the face of the box is as near as the slab itself at most n/2 away.
        let from_middle = (point[across] - height + 1.5 * n).rem_euclid(n) - n / 2.0;
        (shape.thickness * n / 2.0 - from_middle.abs()) / (1.0 + slope_a * slope_a + slope_b * slope_b).sqrt()
    })
}

/// How a slab lies in a box.
struct Slab {
    /// Side of the box across it.
    n: f64,
    /// The axes of its faces with the sides of the box; twice the same in a plane.
    along: [(usize, f64); 2],
    /// The axis across it.
    across: usize,
}

impl Slab {
    fn in_box(shape: &Grid) -> Self {
        let (across, extent) = (across(shape), shape.extent());
        let along: Vec<_> = (0..3).filter(|&axis| axis != across && shape.shape[axis] > 1).collect();
        let [first, second] = [along.first(), along.last()].map(|axis| axis.copied().unwrap_or((across + 1) % 3));
        Self { n: extent[across], along: [first, second].map(|axis| (axis, extent[axis])), across }
    }
}

/// A film across [`across`], at a height drawn from the seed, so that its faces lie anywhere between the nodes.
/// Distances are taken across it, which is right near gently sloping faces.
pub(super) fn film(options: &InitialOptions) -> Vec<f64> {
    let (nodes, axis) = (options.grid(), across(&options.grid()));
    let n = nodes.extent()[axis];
    let half = options.shape.thickness * n / 2.0;
    let middle = ChaCha8Rng::seed_from_u64(options.seed).random_range(0.0..n);
    let [below, above] = noise::reliefs(options);
    let face = Grid { shape: std::array::from_fn(|a| if a == axis { 1 } else { nodes.shape[a] }), ..nodes };
    grid(&nodes, |point| {
        let mut foot = point.map(|c| c as usize);
        foot[axis] = 0;
        let height = |relief: &[f32]| options.shape.roughness * n * f64::from(relief[face.index(foot)]);
        let (low, high) = (middle - half + height(&below), middle + half + height(&above));
        // Of the film and its images, the one that the node is deepest in, or nearest to.
        let inside = |image: f64| (point[axis] + image - low).min(high - point[axis] - image);
        [-n, 0.0, n].map(inside).into_iter().fold(f64::NEG_INFINITY, f64::max)
    })
}

/// The gyroid sin kx cos ky + sin ky cos kz + sin kz cos kx = 0. The level function stands for the distance
/// once it is divided by its steepness on the surface, which lies between √2 k and √3 k.
pub(super) fn gyroid(options: &InitialOptions) -> Vec<f64> {
    let (nodes, periods) = (options.grid(), f64::from(options.shape.periods));
    let period = nodes.shortest_side() / periods;
    let waves = nodes.extent().map(|side| if side > 1.0 { TAU * (side / period).round().max(1.0) / side } else { 0.0 });
    grid(&nodes, |point| {
        let angle = |axis: usize| waves[axis] * point[axis];
        let ([sx, sy, sz], [cx, cy, cz]) = ([0, 1, 2].map(|a| angle(a).sin()), [0, 1, 2].map(|a| angle(a).cos()));
        (sx * cy + sy * cz + sz * cx) / (1.5 * TAU / period)
    })
}
