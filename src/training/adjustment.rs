//! Changes to a run's configuration while it is running.

use super::config::TrainConfig;
use crate::settings::{
    ConfigError,
    training::{BATCH, ENERGY_WEIGHT, LEARNING_RATE, LEARNING_RATE_FACTOR, MEAN_WEIGHT, OVERSHOOT_WEIGHT, STEPS},
};
use serde::{Deserialize, Serialize};

/// A change of a run's configuration. What is `None` stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adjustment {
    /// Factor on the learning rates of the original configuration; see [`LEARNING_RATE_FACTOR`]. Factors do not
    /// accumulate: the latest applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// See [`BATCH`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// See [`ENERGY_WEIGHT`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_weight: Option<f64>,
    /// See [`MEAN_WEIGHT`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_weight: Option<f64>,
    /// See [`OVERSHOOT_WEIGHT`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overshoot_weight: Option<f64>,
    /// See [`STEPS`]. The schedules are functions of the share of steps made, so they stretch: when a finished run of
    /// 5000 steps is extended to 8000, it is at five eighths of its schedules. Learning rate, unroll and error scale
    /// jump back to their values there, and then run to their last values again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
}

/// A change as recorded in the configuration of its run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjusted {
    /// Optimiser steps made when it took effect, which is between two walks.
    pub step: usize,
    /// What was changed.
    pub change: Adjustment,
}

impl Adjustment {
    /// Checks every value that is changed.
    ///
    /// # Errors
    /// Names the first value out of bounds.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.steps.map(|steps| STEPS.check(steps)).transpose()?;
        self.batch.map(|batch| BATCH.check(batch)).transpose()?;
        for (setting, number) in [
            (LEARNING_RATE_FACTOR, self.learning_rate),
            (ENERGY_WEIGHT, self.energy_weight),
            (MEAN_WEIGHT, self.mean_weight),
            (OVERSHOOT_WEIGHT, self.overshoot_weight),
        ] {
            number.map(|number| setting.check(number)).transpose()?;
        }
        Ok(())
    }
}

impl TrainConfig {
    /// The configuration that applies to a walk begun after `step` optimiser steps: this one with all
    /// [adjustments](Self::adjustments) up to then.
    pub fn adjusted(&self, step: usize) -> Self {
        let mut now = self.clone();
        for Adjusted { change, .. } in self.adjustments.iter().filter(|adjusted| adjusted.step <= step) {
            let factor = change.learning_rate.map(|factor| self.learning_rate.scaled(factor));
            now.learning_rate = factor.unwrap_or(now.learning_rate);
            now.batch = change.batch.unwrap_or(now.batch);
            now.energy_weight = change.energy_weight.unwrap_or(now.energy_weight);
            now.mean_weight = change.mean_weight.unwrap_or(now.mean_weight);
            now.overshoot_weight = change.overshoot_weight.unwrap_or(now.overshoot_weight);
            now.steps = change.steps.unwrap_or(now.steps);
        }
        now
    }

    /// Steps that the run makes in all, its adjustments counted.
    pub fn final_steps(&self) -> usize {
        self.adjustments.iter().rev().find_map(|adjusted| adjusted.change.steps).unwrap_or(self.steps)
    }

    /// Records a change that takes effect after `step` optimiser steps.
    ///
    /// # Errors
    /// When a value is out of bounds, or the run is to make fewer steps than it has made.
    pub fn adjust(&mut self, step: usize, change: Adjustment) -> Result<Adjusted, ConfigError> {
        change.validate()?;
        if let Some(factor) = change.learning_rate {
            LEARNING_RATE.check(self.learning_rate.scaled(factor))?;
        }
        if let Some(steps) = change.steps.filter(|&steps| steps <= step) {
            return Err(ConfigError::value("steps", format!("must be more than the {step} already made"), steps));
        }
        let adjusted = Adjusted { step, change };
        self.adjustments.push(adjusted);
        Ok(adjusted)
    }
}
