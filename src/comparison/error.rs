//! Why comparisons fail.

use crate::{
    equation::ParameterError,
    evolution::EvolutionError,
    field::FieldError,
    formats::{FormatError, shown},
    gpu::GpuError,
    grid::GridError,
    initial::InitialError,
    memory::MemoryError,
    metrics::pair::gpu::GpuMetricsError,
    network::{NetworkError, SourceError},
};
use std::path::PathBuf;
use thiserror::Error;

/// Why a comparison could not start or continue.
#[derive(Debug, Error)]
pub enum ComparisonError {
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    #[error(transparent)]
    Initial(#[from] InitialError),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error(transparent)]
    Memory(#[from] MemoryError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Model(#[from] SourceError),
    #[error(transparent)]
    Metrics(#[from] GpuMetricsError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error(transparent)]
    Recording(#[from] FormatError),
    #[error("{0}; or choose a coarsening of 1")]
    Grid(#[from] GridError),
    #[error("{} is no longer the file that the run began from: put that back, or begin a new run", shown(.0))]
    ChangedFile(PathBuf),
    #[error("the setup in {} was edited after the run began: undo that, or --rerun it in another folder", shown(.0))]
    EditedSetup(PathBuf),
    #[error(
        "the run in {} was changed by hand, or continued from its fields alone, at frame {frame} and cannot be computed \
         again: open its folder in the window to continue it",
        shown(path)
    )]
    ChangedByHand { path: PathBuf, frame: usize },
    #[error("the last frame failed halfway: go back to an earlier one")]
    Torn,
    #[error("there is no candidate {0}")]
    NoCandidate(usize),
    #[error("only a network can be given other weights")]
    NoNetwork,
    #[error("the candidate {0} was stopped because it had diverged: it has no field to hand over")]
    Stopped(String),
    #[error("frame {0} was not kept")]
    NotKept(usize),
    #[error("the saved states are of {found} evolutions, but this run has {expected}")]
    OtherStates { expected: usize, found: usize },
    #[error("the states that were saved at frame {expected} are of frame {found}")]
    OtherFrame { expected: usize, found: usize },
}
