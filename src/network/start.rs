//! The field that a network starts from.

use crate::{
    field::{Field, FieldError},
    fourier::{Fourier, Symbol, mode_count, modes, waves},
};
use rustfft::num_complex::Complex;

/// Share of ⟨|∇φ|²⟩ in waves too short for the network's nodes, from which on they are taken away.
///
/// Measured where a network has every second node: 0.04 to 0.14 for interfaces with their profile, straight or wound, in
/// boxes of 32³ to 96³, and less for the noise that networks are trained from, whose samples they have learnt; but 0.62
/// for interfaces as sharp as a step and 0.96 for white noise.
const UNRESOLVED: f64 = 0.25;

/// `field` on every `coarsening`-th node, for a network to start from.
///
/// Sampling folds waves too short for the fewer nodes onto longer ones. In noise that changes from node to node that
/// drowns the long waves, which grow into the microstructure, while the short ones decay within a fraction of a frame;
/// steps from −1 to +1 are moved to the nearest node. A field that is steep in short waves is therefore freed of them
/// first: what is sampled are its waves up to, not including, the shortest that the nodes resolve. Other fields are sampled
/// as they are ([`Field::coarsened`]).
///
/// # Errors
/// As [`Field::coarsened`].
pub fn start(field: &Field, coarsening: usize) -> Result<Field, FieldError> {
    let sampled = field.coarsened(coarsening)?;
    if coarsening == 1 {
        return Ok(sampled);
    }
    let (n, m) = (field.size(), sampled.size());
    let mut transformed = Vec::new();
    Fourier::new(n).forward(field.values(), &mut transformed);
    if short_share(&transformed, n, m) < UNRESOLVED {
        return Ok(sampled);
    }
    let (mut long, mut values) = (long_modes(&transformed, n, m), vec![0.0; m * m * m]);
    Fourier::new(m).inverse(&mut long, &mut values);
    Field::from_values(m, values)
}

/// Whether a wave along one axis is too short for `m` nodes.
fn is_short(waves: f64, m: usize) -> bool {
    2.0 * waves.abs() >= m as f64
}

/// Share of ⟨|∇φ|²⟩, by forward differences, of a `transformed` field of n³ nodes in the modes that are too short for m³
/// nodes.
fn short_share(transformed: &[Complex<f32>], n: usize, m: usize) -> f64 {
    let symbol = Symbol::Difference.values(n);
    let short: Vec<bool> = (0..n).map(|i| is_short(waves(i, n), m)).collect();
    let (mut all, mut in_short) = (0.0, 0.0);
    for (([x, y, z], weight), mode) in modes(n).zip(transformed) {
        let steepness = weight * (symbol[x] + symbol[y] + symbol[z]) * f64::from(mode.norm_sqr());
        all += steepness;
        if short[x] || short[y] || short[z] {
            in_short += steepness;
        }
    }
    // Of a uniform field there is nothing but the transform's rounding.
    let rounding = 1e-12 * f64::from(transformed.first().map_or(0.0, Complex::norm_sqr));
    if all > rounding { in_short / all } else { 0.0 }
}

/// The modes of m³ nodes whose inverse transform is the `transformed` field of n³ nodes, less the short ones.
fn long_modes(transformed: &[Complex<f32>], n: usize, m: usize) -> Vec<Complex<f32>> {
    let scale = 1.0 / (n * n * n) as f32;
    // Where the mode of as many waves lies among those of n nodes.
    let place = |index| {
        let waves = waves(index, m);
        (!is_short(waves, m)).then(|| (waves as isize).rem_euclid(n as isize) as usize)
    };
    let places: Vec<Option<usize>> = (0..m).map(place).collect();
    let mut long = Vec::with_capacity(mode_count(m));
    for ([x, y, z], _) in modes(m) {
        let mode =
            places[x].zip(places[y]).zip(places[z]).map(|((x, y), z)| transformed[(x * n + y) * (n / 2 + 1) + z]);
        long.push(mode.unwrap_or_default() * scale);
    }
    long
}
