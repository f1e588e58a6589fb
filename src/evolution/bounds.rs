//! How far φ may go.

use super::EvolutionError;
use crate::field::Field;

/// The pure phases lie at ±1. Neither the equation nor a network that has learnt it leads to twice as far.
const FARTHEST: f64 = 2.0;

/// Where an evolution has diverged, though its values are still finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds(f64);

impl Bounds {
    /// For evolutions that start from `field`, which may itself lie farther away than the phases.
    pub fn of(field: &Field) -> Self {
        Self(FARTHEST * field.largest().max(1.0))
    }

    /// Whether all values lie within them.
    pub fn hold(self, field: &Field) -> bool {
        field.largest() <= self.0
    }

    /// Refuses a field that does not lie within them.
    ///
    /// # Errors
    /// With the value that lies farthest away.
    pub fn check(self, frame: usize, field: &Field) -> Result<(), EvolutionError> {
        if self.hold(field) { Ok(()) } else { Err(EvolutionError::Diverged { frame, extreme: field.largest() }) }
    }
}
