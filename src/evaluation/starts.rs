//! The fields that the runs of an evaluation start from.

use super::Plan;
use crate::{
    field::Field,
    grid::Shape,
    initial::{Initial, InitialError, InitialOptions},
    settings::Span,
    training::{dataset_config::DatasetConfig, recipe::Recipe},
};

impl Plan {
    /// The distribution of initial fields on a solver's grid, whatever the networks judged by it were trained on: noise
    /// everywhere, none of it evolved.
    pub(super) fn noise(&self, grid: Shape) -> DatasetConfig {
        DatasetConfig {
            sequences: 1,
            grids: vec![grid],
            coarsening: self.coarsening,
            seed: self.seed,
            correlation_length: Span::new(4.0, 16.0),
            mean_deviation: 0.2,
            amplitude: Span::new(0.5, 1.5),
            late_share: 0.0,
            film_share: 0.0,
            slice_share: 0.0,
            quench_share: 0.0,
            equation: self.equation,
            ..DatasetConfig::default()
        }
    }

    /// How run `run` on a solver's grid starts.
    pub fn recipe(&self, grid: Shape, run: usize) -> Recipe {
        Recipe::draw(&self.noise(grid), run)
    }

    /// The field that run `run` on a solver's grid starts from.
    ///
    /// # Errors
    /// When the noise cannot be made on this grid.
    pub fn start(&self, grid: Shape, run: usize) -> Result<Field, InitialError> {
        self.recipe(grid, run).initial_field(&self.noise(grid))
    }

    /// How a run whose exponent is fitted starts: with a mean of zero, so that both phases have the same share, and
    /// from noise so fine that the structure has grown out of it when the fit begins.
    pub fn exponent_recipe(&self, run: usize) -> Recipe {
        let drawn = self.recipe(self.exponent.grid, run);
        Recipe { mean: 0.0, correlation_length: self.exponent.correlation, ..drawn }
    }

    /// The field that it starts from.
    ///
    /// # Errors
    /// As [`Plan::start`].
    pub fn exponent_start(&self, run: usize) -> Result<Field, InitialError> {
        self.exponent_recipe(run).initial_field(&self.noise(self.exponent.grid))
    }

    /// A preset on a solver's grid.
    ///
    /// # Errors
    /// When it cannot be made on this grid.
    pub fn preset(&self, grid: Shape, initial: &Initial) -> Result<Field, InitialError> {
        initial.build(&InitialOptions {
            grid,
            seed: self.seed,
            epsilon: self.equation.equation.epsilon,
            ..InitialOptions::default()
        })
    }
}
