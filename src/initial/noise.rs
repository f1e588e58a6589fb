//! Random fields: periodic Perlin noise, a layer of it, and white noise.

use super::{InitialOptions, NoiseGenerator, NoiseParameters, across, fbm, grid, lattice::lattice_noise};
use crate::grid::Grid;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::{PI, TAU};

/// Perlin noise about its mean, peaking at its amplitude.
pub(super) fn perlin(options: &InitialOptions) -> Vec<f32> {
    let parameters = &options.noise;
    let deviations = octaves(parameters, &options.grid(), options.seed);
    about(parameters.mean, parameters.amplitude, &deviations)
}

/// A uniform field with Perlin noise in a layer about the middle of [`across`], fading out smoothly.
pub(super) fn slice(options: &InitialOptions) -> Vec<f32> {
    let (nodes, axis) = (options.grid(), across(&options.grid()));
    let n = nodes.shape[axis] as f64;
    let deviations = octaves(&options.noise, &nodes, options.seed);
    let half_layer = options.shape.layer * n / 2.0;
    let window = |index: usize| {
        let from_middle = (nodes.node(index)[axis] as f64 - n / 2.0) / half_layer;
        if from_middle.abs() < 1.0 { (1.0 + (PI * from_middle).cos()) / 2.0 } else { 0.0 }
    };
    let layered: Vec<_> = deviations.iter().enumerate().map(|(i, deviation)| deviation * window(i)).collect();
    about(options.noise.mean, options.noise.amplitude, &layered)
}

/// Two maps over a face of the box that lies across [`across`], far from each other in the noise: mean 0, largest
/// magnitude 1.
pub(super) fn reliefs(options: &InitialOptions) -> [Vec<f32>; 2] {
    let (nodes, axis) = (options.grid(), across(&options.grid()));
    let deviations = octaves(&options.noise, &nodes, options.seed);
    [0, nodes.shape[axis] / 2].map(|plane| {
        let on_plane = deviations.iter().enumerate().filter(|(index, _)| nodes.node(*index)[axis] == plane);
        let map: Vec<_> = on_plane.map(|(_, deviation)| *deviation).collect();
        about(0.0, 1.0, &map)
    })
}

/// White noise, evenly distributed about the mean.
pub(super) fn white(options: &InitialOptions) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let deviations: Vec<_> = (0..options.grid().len()).map(|_| random.random_range(-1.0..1.0)).collect();
    about(options.noise.mean, options.fluctuation, &deviations)
}

/// Shifts and scales `deviations` to the mean asked for and a largest deviation of `amplitude`.
fn about(mean: f64, amplitude: f64, deviations: &[f64]) -> Vec<f32> {
    let offset = deviations.iter().sum::<f64>() / deviations.len() as f64;
    let peak = deviations.iter().fold(0.0, |peak: f64, deviation| peak.max((deviation - offset).abs()));
    let scale = if peak > 0.0 { amplitude / peak } else { 0.0 };
    deviations.iter().map(|deviation| (mean + scale * (deviation - offset)) as f32).collect()
}

fn octaves(parameters: &NoiseParameters, nodes: &Grid, seed: u64) -> Vec<f64> {
    match parameters.generator {
        NoiseGenerator::Drawn => drawn_octaves(parameters, nodes, seed),
        NoiseGenerator::Permutation => fbm::octaves(parameters, nodes, seed),
    }
}

/// Octaves of noise of which each has its own lattice, fitted into the box for itself.
fn drawn_octaves(parameters: &NoiseParameters, nodes: &Grid, seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut sum = vec![0.0; nodes.len()];
    for octave in 0..parameters.octaves {
        let scale = 0.5_f64.powi(octave as i32);
        let cells_of =
            |side: usize| (side as f64 / (parameters.correlation_length * scale)).round().clamp(1.0, side as f64);
        let cells = nodes.shape.map(cells_of);
        let lattice = GradientLattice::random(cells.map(|cells| cells as usize), &mut random);
        let spacing = [0, 1, 2].map(|axis| cells[axis] / nodes.shape[axis] as f64);
        let noise = grid(nodes, |[x, y, z]| scale * lattice.noise([x * spacing[0], y * spacing[1], z * spacing[2]]));
        sum.iter_mut().zip(noise).for_each(|(sum, value)| *sum += value);
    }
    sum
}

/// The gradients of periodic Perlin noise, one unit vector per lattice node, evenly distributed over
/// all directions.
///
/// Perlin's permutation table stands for an endless lattice. This one ends where the box does, so its
/// gradients are simply drawn: no preferred directions, and no period but that of the box.
struct GradientLattice {
    cells: [usize; 3],
    gradients: Vec<[f64; 3]>,
}

impl GradientLattice {
    fn random(cells: [usize; 3], random: &mut impl Rng) -> Self {
        let mut direction = || {
            let height: f64 = random.random_range(-1.0..=1.0);
            let (sin, cos) = random.random_range(0.0..TAU).sin_cos();
            let radius = (1.0 - height * height).sqrt();
            [radius * cos, radius * sin, height]
        };
        Self { cells, gradients: (0..cells.iter().product()).map(|_| direction()).collect() }
    }

    fn noise(&self, point: [f64; 3]) -> f64 {
        let [_, ny, nz] = self.cells;
        lattice_noise(point, self.cells, |[x, y, z]| self.gradients[(x * ny + y) * nz + z])
    }
}
