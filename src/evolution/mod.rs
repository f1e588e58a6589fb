//! What solvers and networks have in common: each carries a field from frame to frame, and can be taken back, put
//! elsewhere and disturbed.

mod bounds;
mod brush;
mod standby;
mod watch;

pub use bounds::Bounds;
pub use brush::{Brush, Form};
pub use standby::Standby;
pub use watch::{Progress, Watch};

use crate::{
    equation::ParameterError,
    field::{Field, FieldError},
    gpu::GpuError,
    grid::Grid,
};
use std::{borrow::Cow, collections::BTreeMap};
use thiserror::Error;

/// Why an evolution could not continue.
#[derive(Debug, Clone, Error, PartialEq)]
pub enum EvolutionError {
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    #[error(
        "the values of φ are no longer finite at frame {frame}: the time step is too large for this field, or the network was \
         not trained for it"
    )]
    NotFinite { frame: usize },
    #[error(
        "φ reaches {extreme:.3e} at frame {frame}, far beyond the phases −1 and 1: the time step is too large for this \
         field, or the network was not trained for it"
    )]
    Diverged { frame: usize, extreme: f64 },
    #[error("the frame was interrupted before its end")]
    Interrupted,
    #[error("the grid of this evolution is {expected}, but that of the field is {found}")]
    OtherGrid { expected: Grid, found: Grid },
    #[error("the saved state is not one of this evolution: it lacks {0}")]
    OtherState(&'static str),
    #[error(transparent)]
    Device(#[from] GpuError),
}

impl EvolutionError {
    /// What it means that the values at frame `frame` make no field.
    pub(crate) fn in_frame(frame: usize) -> impl FnOnce(FieldError) -> Self {
        move |error| match error {
            FieldError::NotFinite(..) => Self::NotFinite { frame },
            other => other.into(),
        }
    }

    /// Refuses a field on another grid than `expected`.
    pub(crate) fn check_grid(expected: Grid, field: &Field) -> Result<(), Self> {
        let found = field.grid();
        if found == expected { Ok(()) } else { Err(Self::OtherGrid { expected, found }) }
    }
}

/// A field that moves in time, one frame (one step of the network, many of a solver) at a time.
pub trait Evolution: Send {
    /// The nodes of this evolution.
    fn grid(&self) -> Grid;

    /// Starts anew from `field`: the clock at frame 0, all memory of the past (hidden states) cleared.
    ///
    /// # Errors
    /// When the field has another grid, or the device fails.
    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError>;

    /// Advances by one frame.
    ///
    /// # Errors
    /// When the device fails, or when the [`Watch`] stops it: then the evolution is somewhere within the frame, and
    /// only [`Evolution::restart`] or [`Evolution::restore`] puts it in order. A value that is no longer finite may
    /// only be noticed by [`Evolution::field`].
    fn advance(&mut self) -> Result<(), EvolutionError>;

    /// Reports to `watch` from now on while it advances. One whose frame is a single short step has nothing to report.
    fn watch(&mut self, _watch: &Watch) {}

    /// The present field, copied out of wherever it lives.
    ///
    /// # Errors
    /// When the device fails or a value is no longer finite.
    fn field(&mut self) -> Result<Field, EvolutionError>;

    /// All that the future depends on: field, clock, and whatever is remembered of the past.
    ///
    /// # Errors
    /// When the device fails.
    fn save(&mut self) -> Result<State, EvolutionError>;

    /// Returns to a saved state, and continues from there to the same bits as the evolution that it was taken from.
    ///
    /// # Errors
    /// When the state belongs to another kind of evolution or another grid, or the device fails; nothing has changed
    /// then.
    fn restore(&mut self, state: &State) -> Result<(), EvolutionError>;

    /// Paints φ. Memories of the past that contradict what was painted are dropped: compensation and hidden states
    /// where φ has changed, histories of multistep schemes as a whole.
    ///
    /// # Errors
    /// When the device fails or the present values are not finite.
    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError>;

    /// What happened to the graphics device, if the processor has taken over from it, see [`Standby`].
    fn lost_device(&self) -> Option<&GpuError> {
        None
    }

    /// The evolution as one whose field is on a graphics device, if it is.
    fn on_device(&mut self) -> Option<&mut dyn OnDevice> {
        None
    }
}

/// An evolution whose field can be read where it lives.
pub trait OnDevice {
    /// The present field as a storage buffer of f32 (C order) on the shared device. Valid until the next call that
    /// changes it.
    ///
    /// # Errors
    /// When the device fails.
    fn buffer(&mut self) -> Result<wgpu::Buffer, EvolutionError>;
}

/// A saved evolution: named arrays in C order and named counters, so that it can be written to disk whatever it belongs
/// to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Frames since the start.
    pub frame: usize,
    /// Arrays of f32; complex numbers as pairs.
    pub arrays: BTreeMap<Cow<'static, str>, Vec<f32>>,
    /// Single numbers.
    pub numbers: BTreeMap<Cow<'static, str>, f64>,
}

impl State {
    /// A state at `frame` that holds nothing yet.
    pub fn at(frame: usize) -> Self {
        Self { frame, ..Self::default() }
    }

    /// The same state with one more array.
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, values: Vec<f32>) -> Self {
        self.arrays.insert(name.into(), values);
        self
    }

    /// The same state with one more number.
    pub fn with_number(mut self, name: &'static str, value: f64) -> Self {
        self.numbers.insert(name.into(), value);
        self
    }

    /// An array of the length expected.
    ///
    /// # Errors
    /// When there is none.
    pub fn array(&self, name: &'static str, length: usize) -> Result<&[f32], EvolutionError> {
        let found = self.arrays.get(name).filter(|values| values.len() == length);
        found.map(Vec::as_slice).ok_or(EvolutionError::OtherState(name))
    }

    /// A number.
    ///
    /// # Errors
    /// When there is none.
    pub fn number(&self, name: &'static str) -> Result<f64, EvolutionError> {
        self.numbers.get(name).copied().ok_or(EvolutionError::OtherState(name))
    }
}
