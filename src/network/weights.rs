//! The weights of a network as named arrays, free of any backend.

use super::config::CrnnConfig;
use crate::settings::SettingError;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a set of weights does not make a network.
#[derive(Debug, Error, PartialEq)]
pub enum WeightsError {
    #[error(transparent)]
    Config(#[from] SettingError),
    #[error("the tensor {0} is missing")]
    Missing(String),
    #[error("the tensor {0} is not part of such a network")]
    Extra(String),
    #[error("the tensor {name} has the shape {found:?} where {expected:?} is needed")]
    Shape { name: String, expected: Vec<usize>, found: Vec<usize> },
    #[error("the tensor {0} holds a value that is not a finite number")]
    NotFinite(String),
}

/// One weight tensor in C order.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// All weights of one network by name; the names are those of [`CrnnConfig::weights`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights(pub BTreeMap<String, Weight>);

impl Weights {
    /// Values uniform in ±1/√(fan-in), kernels and biases alike, as PyTorch initialises convolutions. The
    /// same seed gives the same values on every machine.
    pub fn random(config: &CrnnConfig, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let draw = |spec: super::config::WeightSpec| {
            let bound = 1.0 / (spec.fan_in as f32).sqrt();
            let values = (0..spec.len()).map(|_| random.random_range(-bound..bound)).collect();
            (spec.name, Weight { shape: spec.shape, values })
        };
        Self(config.weights().into_iter().map(draw).collect())
    }

    /// Checks that these are the weights of a network of this configuration, no more and no less.
    ///
    /// # Errors
    /// Names the wrong tensor.
    pub fn validate(&self, config: &CrnnConfig) -> Result<(), WeightsError> {
        config.validate()?;
        let specs = config.weights();
        for spec in &specs {
            let weight = self.0.get(&spec.name).ok_or_else(|| WeightsError::Missing(spec.name.clone()))?;
            if weight.shape != spec.shape || weight.values.len() != spec.len() {
                let (name, expected, found) = (spec.name.clone(), spec.shape.clone(), weight.shape.clone());
                return Err(WeightsError::Shape { name, expected, found });
            }
            if weight.values.iter().any(|v| !v.is_finite()) {
                return Err(WeightsError::NotFinite(spec.name.clone()));
            }
        }
        match self.0.keys().find(|name| specs.iter().all(|spec| spec.name != **name)) {
            Some(extra) => Err(WeightsError::Extra(extra.clone())),
            None => Ok(()),
        }
    }
}
