//! Signed distances of simple bodies in the box, in grid units, positive inside.

use super::{InitialOptions, grid, noise};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;

/// A sphere about the centre of the box.
pub(super) fn sphere(options: &InitialOptions) -> Vec<f64> {
    let n = options.size as f64;
    let centre = n / 2.0;
    grid(options.size, |[x, y, z]| {
        let distance = ((x - centre).powi(2) + (y - centre).powi(2) + (z - centre).powi(2)).sqrt();
        options.shape.radius * n - distance
    })
}

/// A slab across axis 2 whose two faces wave in parallel. Distances are taken along axis 2 and divided
/// by the steepness of the face, which is exact for a plane and right near a gently curved face.
pub(super) fn slab(options: &InitialOptions) -> Vec<f64> {
    let n = options.size as f64;
    let shape = &options.shape;
    let (amplitude, wave) = (shape.undulation * n, TAU * f64::from(shape.waves) / n);
    grid(options.size, |[x, y, z]| {
        let height = n / 2.0 + amplitude * (wave * x).sin() * (wave * y).sin();
        let slope_x = amplitude * wave * (wave * x).cos() * (wave * y).sin();
        let slope_y = amplitude * wave * (wave * x).sin() * (wave * y).cos();
        // The slab's own image across the face of the box is as near as the slab itself at most n/2 away.
        let from_middle = (z - height + 1.5 * n).rem_euclid(n) - n / 2.0;
        (shape.thickness * n / 2.0 - from_middle.abs()) / (1.0 + slope_x * slope_x + slope_y * slope_y).sqrt()
    })
}

/// A film across axis 2, at a height drawn from the seed, so that its faces lie anywhere between the nodes. Distances are
/// taken along axis 2, which is right near gently sloping faces.
pub(super) fn film(options: &InitialOptions) -> Vec<f64> {
    let n = options.size as f64;
    let half = options.shape.thickness * n / 2.0;
    let middle = ChaCha8Rng::seed_from_u64(options.seed).random_range(0.0..n);
    let [below, above] = noise::reliefs(options);
    grid(options.size, |[x, y, z]| {
        let height =
            |relief: &[f32]| options.shape.roughness * n * f64::from(relief[x as usize * options.size + y as usize]);
        let (low, high) = (middle - half + height(&below), middle + half + height(&above));
        // Of the film and its images, the one that the node is deepest in, or nearest to.
        let inside = |image: f64| (z + image - low).min(high - z - image);
        [-n, 0.0, n].map(inside).into_iter().fold(f64::NEG_INFINITY, f64::max)
    })
}

/// The gyroid sin kx cos ky + sin ky cos kz + sin kz cos kx = 0. The level function stands for the distance
/// once it is divided by its steepness on the surface, which lies between √2 k and √3 k.
pub(super) fn gyroid(options: &InitialOptions) -> Vec<f64> {
    let wave = TAU * f64::from(options.shape.periods) / options.size as f64;
    grid(options.size, |point| {
        let ([sx, sy, sz], [cx, cy, cz]) = (point.map(|c| (wave * c).sin()), point.map(|c| (wave * c).cos()));
        (sx * cy + sy * cz + sz * cx) / (1.5 * wave)
    })
}
