//! Both evolutions under one clock, without a window in sight.
//!
//! [`Setup`] says what is compared, and [`Simulation`] runs it on a thread of its own and publishes what
//! it does.

mod inputs;
pub mod pending;
mod setup;
mod simulation;
mod snapshot;
mod worker;

pub use setup::{Method, Setup};
pub use simulation::{Command, Event, Simulation};
pub use snapshot::{InitialInfo, SideSnapshot, Snapshot};

use crate::{equation::ParameterError, initial::InitialError};
use thiserror::Error;

/// Why a comparison could not start or go on.
#[derive(Debug, Error)]
pub enum ComparisonError {
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    #[error(transparent)]
    Initial(#[from] InitialError),
    #[error("a grid of {0}³ has no network grid of half its size: choose an even grid, or coarsening 1")]
    OddGrid(usize),
    #[error("the coarsening must be 1 or 2, but is {0}")]
    Coarsening(usize),
}
