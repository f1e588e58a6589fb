//! The loss: the error of a frame, in several terms.

use super::{config::TrainConfig, dataset_config::DatasetConfig, energy};
use burn::tensor::{Tensor, backend::Backend};

/// The error of φ, and by their weights the other terms that a [`TrainConfig`] names.
#[derive(Debug, Clone, Copy)]
pub struct Loss<'a> {
    config: &'a TrainConfig,
    data: &'a DatasetConfig,
    scale: f64,
}

impl<'a> Loss<'a> {
    /// The loss of a training on such data, at a `scale` of the error.
    pub fn new(config: &'a TrainConfig, data: &'a DatasetConfig, scale: f64) -> Self {
        Self { config, data, scale }
    }

    /// Mean over a batch `[batch, 1, x, y, z]` of the loss of `predicted` beside `truth`: of s² ln(1 + e²/s²), s being
    /// the scale and e² the weighted sum of a field's squared errors. To such a loss, that of a Cauchy distribution,
    /// errors far below s are squares and errors far above it count by their logarithm.
    pub fn of<B: Backend>(&self, predicted: &Tensor<B, 5>, truth: &Tensor<B, 5>) -> Tensor<B, 1> {
        let errors = self.squares(predicted, truth);
        if self.scale.is_finite() {
            let square = self.scale.powi(2);
            (errors / square).log1p().mean() * square
        } else {
            errors.mean()
        }
    }

    /// e² of each field, `[batch]`.
    fn squares<B: Backend>(&self, predicted: &Tensor<B, 5>, truth: &Tensor<B, 5>) -> Tensor<B, 1> {
        let TrainConfig { energy_weight, mean_weight, overshoot_weight, .. } = self.config;
        let difference = predicted.clone() - truth.clone();
        let mut squares = mean_over_nodes(difference.clone().square());
        if *energy_weight > 0.0 {
            let (equation, spacing) = (&self.data.equation.equation, self.data.coarsening as f64);
            squares = squares + energy::relative_error(predicted, truth, equation, spacing) * *energy_weight;
        }
        if *mean_weight > 0.0 {
            squares = squares + mean_over_nodes(difference).square() * *mean_weight;
        }
        if *overshoot_weight > 0.0 {
            let excess = (largest(predicted) - largest(truth)).clamp_min(0.0);
            squares = squares + excess.square() * *overshoot_weight;
        }
        squares
    }
}

/// Mean of each field of a batch, `[batch]`.
fn mean_over_nodes<B: Backend>(fields: Tensor<B, 5>) -> Tensor<B, 1> {
    fields.flatten::<2>(1, 4).mean_dim(1).flatten(0, 1)
}

/// Largest magnitude of each field of a batch, `[batch]`.
fn largest<B: Backend>(fields: &Tensor<B, 5>) -> Tensor<B, 1> {
    fields.clone().abs().flatten::<2>(1, 4).max_dim(1).flatten(0, 1)
}
