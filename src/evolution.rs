//! What the solvers and the network have in common: each carries a field from frame to frame.

use crate::{equation::ParameterError, field::Field, field::FieldError};
use thiserror::Error;

/// Why an evolution could not go on.
#[derive(Debug, Error)]
pub enum EvolutionError {
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    #[error(
        "the values of φ are no longer finite at frame {frame}: the time step is too large for this field, or the model has lost its way"
    )]
    NotFinite { frame: usize },
    #[error("this evolution lives on a grid of {expected}³, but the field has {found}³ nodes")]
    WrongSize { expected: usize, found: usize },
    #[error("the graphics device failed: {0}")]
    Device(String),
}

impl EvolutionError {
    /// What it means that the values at frame `frame` make no field.
    pub(crate) fn in_frame(frame: usize) -> impl FnOnce(FieldError) -> Self {
        move |error| match error {
            FieldError::NotFinite(..) => Self::NotFinite { frame },
            other => other.into(),
        }
    }
}

/// A field that moves in time, one frame (one step of the network, many of a solver) at a time.
pub trait Evolution: Send {
    /// Nodes per side of this evolution's own grid.
    fn size(&self) -> usize;

    /// Starts anew from `field`: the clock at frame 0, all memory of the past (hidden states) cleared.
    ///
    /// # Errors
    /// When the field has another size, or the device fails.
    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError>;

    /// Goes on by one frame.
    ///
    /// # Errors
    /// When the device fails. A value that is no longer finite may only be noticed by [`Evolution::field`].
    fn advance(&mut self) -> Result<(), EvolutionError>;

    /// The present field, copied out of wherever it lives.
    ///
    /// # Errors
    /// When the device fails or a value is no longer finite.
    fn field(&mut self) -> Result<Field, EvolutionError>;

    /// The present field as a storage buffer of `size`³ f32 (C order) on the shared device, when that is
    /// where it lives; `None` for an evolution on the CPU. Valid until the next call that changes it.
    ///
    /// # Errors
    /// When the device fails.
    fn buffer(&mut self) -> Result<Option<wgpu::Buffer>, EvolutionError> {
        Ok(None)
    }
}
