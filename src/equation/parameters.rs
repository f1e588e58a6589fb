//! An equation, and the steps in which it is solved.

use super::{Equation, Kinetics};
use crate::{
    grid::Grid,
    settings::{STEPS_PER_FRAME, SettingError, TIME_STEP},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why parameters are refused.
#[derive(Debug, Clone, Error, PartialEq)]
pub enum ParameterError {
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(
        "the time step {time_step} is not below the stability limit {limit:.6} of the explicit scheme at ε = {epsilon}: \
         choose a smaller one"
    )]
    Unstable { time_step: f64, limit: f64, epsilon: f64 },
}

/// An equation and the steps in which it is solved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Parameters {
    /// What is solved.
    pub equation: Equation,
    /// Time step of schemes with equal steps.
    pub time_step: f64,
    /// Steps per frame, that is, per step of the network.
    pub steps_per_frame: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { equation: Equation::default(), time_step: TIME_STEP.default, steps_per_frame: STEPS_PER_FRAME.default }
    }
}

/// [`Parameters`] in a file: one flat table.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "is_default")]
    kinetics: Kinetics,
    epsilon: f64,
    mobility: f64,
    time_step: f64,
    steps_per_frame: usize,
}

fn is_default(kinetics: &Kinetics) -> bool {
    *kinetics == Kinetics::default()
}

impl Default for Written {
    fn default() -> Self {
        Parameters::default().into()
    }
}

impl From<Written> for Parameters {
    fn from(Written { kinetics, epsilon, mobility, time_step, steps_per_frame }: Written) -> Self {
        Self { equation: Equation { kinetics, epsilon, mobility }, time_step, steps_per_frame }
    }
}

impl From<Parameters> for Written {
    fn from(Parameters { equation, time_step, steps_per_frame }: Parameters) -> Self {
        let Equation { kinetics, epsilon, mobility } = equation;
        Self { kinetics, epsilon, mobility, time_step, steps_per_frame }
    }
}

impl Parameters {
    /// Checks the bounds, and the step against [`Equation::stability_limit`]: for the explicit scheme.
    ///
    /// # Errors
    /// Names the value that is refused, and the limit.
    pub fn validate_explicit(&self, grid: &Grid) -> Result<(), ParameterError> {
        self.validate()?;
        let limit = self.equation.stability_limit(grid, 1.0);
        if self.time_step >= limit {
            let epsilon = self.equation.epsilon;
            return Err(ParameterError::Unstable { time_step: self.time_step, limit, epsilon });
        }
        Ok(())
    }

    /// Checks the bounds only: for schemes that are stable at any step.
    ///
    /// # Errors
    /// Names the value out of bounds.
    pub fn validate(&self) -> Result<(), ParameterError> {
        self.equation.validate()?;
        TIME_STEP.check(self.time_step)?;
        STEPS_PER_FRAME.check(self.steps_per_frame)?;
        Ok(())
    }

    /// The same frames in `steps` steps each.
    pub fn in_steps(&self, steps: usize) -> Self {
        Self { time_step: self.frame_time() / steps as f64, steps_per_frame: steps, ..*self }
    }

    /// Fewest equal steps of a frame that are below [`Equation::stability_limit`] as long as |φ| ≤ `largest`.
    pub fn fewest_steps(&self, grid: &Grid, largest: f64) -> usize {
        (self.frame_time() / self.equation.stability_limit(grid, largest)).floor() as usize + 1
    }

    /// Time units per frame.
    pub fn frame_time(&self) -> f64 {
        self.time_step * self.steps_per_frame as f64
    }
}
