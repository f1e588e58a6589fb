//! Why trainings fail.

use super::dataset::DatasetError;
use crate::network::{CrnnConfig, ModelError, weights::WeightsError};
use std::path::PathBuf;
use thiserror::Error;

/// Why a training cannot begin or continue.
#[derive(Debug, Error)]
pub enum TrainerError {
    #[error("the loss is no longer a finite number at step {step}: restart with a smaller --learning-rate or --clip")]
    Diverged { step: usize },
    #[error("the dataset has no {0} sequences: make it with more --sequences or another --validation-share")]
    EmptySplit(&'static str),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Model(#[from] Box<ModelError>),
    #[error("the model {path} has {found}, but --layers, --channels and --output ask for {asked}", path = .path.display())]
    OtherShape { path: PathBuf, found: CrnnConfig, asked: CrnnConfig },
    #[error("the checkpoint is of a network with {found} weights, but the configuration asks for {expected}")]
    OtherNetwork { expected: usize, found: usize },
    #[error("the checkpoint belongs to a different optimizer than the configuration names")]
    OtherOptimizer,
}
