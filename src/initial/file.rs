//! Field files as initial conditions: numbers or segmented images, cropped and resampled.

use super::{Crop, InitialError, InitialOptions, fraction, segmentation};
use crate::{
    field::Field,
    formats::field::{self, Volume},
    grid::Shape,
};
use std::path::Path;

/// How far φ may lie from 0: what is farther is no order parameter.
const FARTHEST: f32 = 10.0;

/// By how much, relative to each other, distances of nodes along different axes may differ.
const EVENNESS: f64 = 1e-3;

/// The nodes that a field file gives, or the part of it that `crop` takes.
///
/// # Errors
/// When the file cannot be read or does not hold the part asked for.
pub fn file_shape(path: &Path, crop: Option<Crop>) -> Result<Shape, InitialError> {
    let shape = field::shape(path)?;
    crop.map_or(Ok(shape), |crop| crop.shape(shape))
}

/// Reads a field, crops it, resamples it to the grid of `options` if asked to, and gives it the volume fraction.
///
/// Files of integers or truth values with two different ones are segmented images: see [`segmentation`]. Others are
/// numbers φ, which integers are only within the phases.
pub(super) fn build(path: &Path, options: &InitialOptions) -> Result<Field, InitialError> {
    let Volume { field, is_discrete, spacing } = field::read(path, options.concentration)?;
    let field = match options.crop {
        Some(crop) => crop.apply(&field)?,
        None => field,
    };
    let shape = if options.resample { options.grid } else { field.grid().shape() };
    check_axes(path, field.grid().shape(), shape, spacing, options.resample)?;
    let (low, high) = field.range();
    if is_discrete && low < high && field.values().iter().all(|&value| value == low || value == high) {
        let distances = segmentation::distances(&field, high, shape);
        let phi = fraction::profile(&distances, options.epsilon, options.volume_fraction)?;
        return Ok(Field::from_values(shape, phi)?);
    }
    if is_discrete && (low == high || low < -1.0 || high > 1.0) {
        return Err(refusal(path, low, high, options.concentration));
    }
    if low < -FARTHEST || high > FARTHEST {
        let extreme = if high > -low { high } else { low };
        return Err(InitialError::Range { path: path.to_owned(), extreme });
    }
    let field = field.resampled(shape)?;
    super::shifted(field.into_values(), shape.into(), options)
}

/// Why integers from `low` to `high`, after they became φ, are no field.
fn refusal(path: &Path, low: f32, high: f32, concentration: bool) -> InitialError {
    let written = |phi: f32| if concentration { (phi + 1.0) / 2.0 } else { phi };
    let (path, low, high) = (path.to_owned(), written(low), written(high));
    if low == high {
        return InitialError::OnePhase { path, value: low };
    }
    InitialError::Integers { path, low, high, numbers: if concentration { "c in [0, 1]" } else { "φ in [-1, 1]" } }
}

/// Refuses nodes that lie unequally far apart, or of which resampling would leave one of several.
fn check_axes(
    path: &Path,
    found: Shape,
    wanted: Shape,
    spacing: [f64; 3],
    resampled: bool,
) -> Result<(), InitialError> {
    if resampled {
        let flattened = found.0.iter().zip(wanted.0).any(|(&found, wanted)| found > 1 && wanted == 1);
        return if flattened { Err(InitialError::Flattened { path: path.to_owned(), found, wanted }) } else { Ok(()) };
    }
    let long = || spacing.iter().zip(found.0).filter(|(_, side)| *side > 1).map(|(spacing, _)| *spacing);
    let (least, most) = (long().fold(f64::MAX, f64::min), long().fold(0.0, f64::max));
    if most > least * (1.0 + EVENNESS) {
        return Err(InitialError::Uneven { path: path.to_owned(), spacing });
    }
    Ok(())
}
