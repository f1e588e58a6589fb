//! From signed distances to φ, with a chosen amount of the phase +1.

use super::InitialError;
use crate::equation::interface_profile;
use rayon::prelude::*;

/// The equilibrium profile tanh(3(d + s)/ε) of signed distances d, with the shift s chosen so that the
/// mean of c = (φ + 1)/2 is `volume_fraction`; s = 0 when none is asked for.
///
/// # Errors
/// When no shift within the box reaches the fraction.
pub(super) fn profile(distances: &[f64], epsilon: f64, volume_fraction: Option<f64>) -> Result<Vec<f32>, InitialError> {
    let shift = volume_fraction.map_or(Ok(0.0), |target| level_shift(distances, epsilon, target))?;
    Ok(distances.par_iter().map(|distance| interface_profile(distance + shift, epsilon) as f32).collect())
}

/// Bisects for the shift; the mean grows with it monotonically.
fn level_shift(distances: &[f64], epsilon: f64, target: f64) -> Result<f64, InitialError> {
    let mean = |shift: f64| {
        // Added up in one order always, so that the same options make the same field.
        let part = |part: &[f64]| part.iter().map(|distance| interface_profile(distance + shift, epsilon)).sum::<f64>();
        let sum: f64 = distances.par_chunks(4096).map(part).collect::<Vec<_>>().iter().sum();
        (sum / distances.len() as f64 + 1.0) / 2.0
    };
    let reach = distances.iter().fold(0.0, |reach: f64, distance| reach.max(distance.abs())) + epsilon;
    let (mut low, mut high) = (-reach, reach);
    while high - low > 1e-9 * reach {
        let middle = (low + high) / 2.0;
        if mean(middle) < target { low = middle } else { high = middle }
    }
    let reached = mean(high);
    if (reached - target).abs() > 1e-3 {
        return Err(InitialError::Fraction { target, reached });
    }
    Ok(high)
}

/// Adds a constant so that the mean of c = (φ + 1)/2 is `volume_fraction`.
pub(super) fn shift_mean(phi: &mut [f32], volume_fraction: f64) {
    let mean = phi.iter().map(|&v| f64::from(v)).sum::<f64>() / phi.len() as f64;
    let shift = 2.0 * volume_fraction - 1.0 - mean;
    phi.iter_mut().for_each(|v| *v = (f64::from(*v) + shift) as f32);
}
