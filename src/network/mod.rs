//! The convolutional recurrent network that stands in for the solver: one of its steps goes as far
//! as 400 steps of explicit Euler (Lanzoni et al. 2024, DOI 10.1088/2632-2153/ad8532).
//!
//! - [`config`], [`weights`], [`card`], [`purpose`], [`seen`]: its shape, its weights, and what is known about it and its
//!   training;
//! - [`model`], [`source`]: all three as a file, and where that is;
//! - [`kernels`]: what it computes with, per backend;
//! - [`crane`]: the paper's own checkpoints;
//! - [`cell`], [`crnn`]: its layers, and the whole;
//! - [`start`](mod@start): the field that it starts from;
//! - [`evolution`]: a network that carries a field.

pub mod card;
pub mod cell;
pub mod config;
pub mod crane;
pub mod crnn;
pub mod evolution;
pub mod kernels;
pub mod model;
pub mod purpose;
pub mod seen;
pub mod source;
pub mod start;
pub mod weights;

pub use card::{Card, Front, FrontPoint};
pub use config::{CrnnConfig, Output};
pub use crnn::{Crnn, Hidden};
pub use evolution::NetworkEvolution;
pub use kernels::PeriodicBackend;
pub use model::{Model, ModelError};
pub use purpose::Purpose;
pub use seen::Seen;
pub use source::{ModelSource, SourceError};
pub use start::start;
pub use weights::{Weights, WeightsError};

use crate::{
    evolution::{Evolution, EvolutionError, Standby},
    field::Field,
    gpu::{Engine, GpuError},
};
use burn_flex::{Flex, FlexDevice};
use evolution::gpu::GpuNetworkEvolution;
use thiserror::Error;

/// Why a network cannot be started.
#[derive(Debug, Error)]
pub enum NetworkError {
    #[error("the model cannot be used: {0}")]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error("a network needs a model")]
    NoModel,
}

/// Starts a model from a field on the network's grid (see [`start`](fn@start)). To be called on the
/// thread that will use it: burn orders its work by thread.
///
/// # Errors
/// When the weights do not fit the model's configuration, or the grid is too large for the device.
pub fn evolve(engine: &Engine, model: &Model, field: &Field) -> Result<Box<dyn Evolution>, NetworkError> {
    Ok(match engine {
        Engine::Cpu => Box::new(NetworkEvolution::<Flex>::new(model, field, FlexDevice)?),
        Engine::Gpu(gpu) => {
            let network = Box::new(GpuNetworkEvolution::new(gpu, model, field)?);
            let model = model.clone();
            // The weights did fit.
            let failed = |error: WeightsError| GpuError::Failed(error.to_string());
            let start = move |field: &Field| {
                Ok(Box::new(NetworkEvolution::<Flex>::new(&model, field, FlexDevice).map_err(failed)?) as Box<_>)
            };
            Box::new(Standby::new(network, field, start))
        }
    })
}
