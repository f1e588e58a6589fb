//! What training makes small: the error of a frame, in several terms.

use super::{
    config::{ErrorMeasure, TrainConfig},
    energy,
    recipe::DatasetConfig,
};
use burn::tensor::{Tensor, backend::Backend};

/// Keeps the slope of a root finite; far below any error of φ met.
const LEAST_SQUARE: f64 = 1e-8;

/// The same for changes from frame to frame: near rest they are far smaller than errors.
const LEAST_SQUARE_OF_CHANGE: f64 = 1e-10;

/// Root mean square error e₀ of φ below which e₀ ln(1 + e/e₀) is about the error e itself, so that none counts without
/// bound.
const SMALL_ERROR: f64 = 0.01;

/// A batch of fields, `[batch, 1, n, n, n]`, and what they become a frame later.
#[derive(Debug, Clone)]
pub struct Step<B: Backend> {
    /// The frame before.
    pub before: Tensor<B, 5>,
    /// The frame that is judged.
    pub after: Tensor<B, 5>,
}

/// The error of φ, and by their weights the other terms that a [`TrainConfig`] names.
#[derive(Debug, Clone, Copy)]
pub struct Loss<'a> {
    config: &'a TrainConfig,
    data: &'a DatasetConfig,
}

impl<'a> Loss<'a> {
    /// The loss of a training on such data.
    pub fn new(config: &'a TrainConfig, data: &'a DatasetConfig) -> Self {
        Self { config, data }
    }

    /// Mean over the batch of the loss of `predicted` beside `truth`.
    pub fn of<B: Backend>(&self, predicted: &Step<B>, truth: &Step<B>) -> Tensor<B, 1> {
        let TrainConfig { error, energy_weight, mean_weight, rate_weight, rate_scale, overshoot_weight, .. } =
            self.config;
        let (phi, target) = (&predicted.after, &truth.after);
        let difference = phi.clone() - target.clone();
        let squares = mean_over_nodes(difference.clone().square());
        let mut loss = match error {
            ErrorMeasure::Mse => squares.mean(),
            ErrorMeasure::Rmse => root(squares, LEAST_SQUARE).mean(),
            ErrorMeasure::Log => (root(squares, LEAST_SQUARE) / SMALL_ERROR).log1p().mean() * SMALL_ERROR,
        };
        if *energy_weight > 0.0 {
            let (epsilon, spacing) = (self.data.equation.epsilon, self.data.coarsening as f64);
            loss = loss + energy::relative_error(phi, target, epsilon, spacing) * *energy_weight;
        }
        if *mean_weight > 0.0 {
            loss = loss + mean_over_nodes(difference.clone()).square().mean() * *mean_weight;
        }
        if *rate_weight > 0.0 {
            let earlier = predicted.before.clone() - truth.before.clone();
            let squares = mean_over_nodes((difference - earlier).square());
            let change = mean_over_nodes((target.clone() - truth.before.clone()).square()).sqrt();
            let errors = root(squares, LEAST_SQUARE_OF_CHANGE) / (change / *rate_scale + 1.0);
            loss = loss + errors.mean() * *rate_weight;
        }
        if *overshoot_weight > 0.0 {
            let excess = (largest(phi) - largest(target)).clamp_min(0.0);
            loss = loss + excess.square().mean() * *overshoot_weight;
        }
        loss
    }
}

/// Mean of each field of a batch, `[batch, 1]`.
fn mean_over_nodes<B: Backend>(fields: Tensor<B, 5>) -> Tensor<B, 2> {
    fields.flatten::<2>(1, 4).mean_dim(1)
}

/// Largest magnitude of each field of a batch, `[batch, 1]`.
fn largest<B: Backend>(fields: &Tensor<B, 5>) -> Tensor<B, 2> {
    fields.clone().abs().flatten::<2>(1, 4).max_dim(1)
}

fn root<B: Backend>(squares: Tensor<B, 2>, least: f64) -> Tensor<B, 2> {
    (squares + least).sqrt()
}
