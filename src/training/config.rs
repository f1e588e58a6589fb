//! Every hyperparameter of a training run, in one struct: the file, the options and the record of a run.

use super::{adjustment::Adjusted, optimizer::Method};
use crate::{
    formats::path_text,
    network::CrnnConfig,
    settings::{
        ConfigError, Span,
        training::{
            AVERAGING, BATCH, CLIP, ENERGY_WEIGHT, ERROR_SCALE, FROM_START, GIVEN, GROWTH, LEARNING_RATE, LENGTH,
            MEAN_WEIGHT, OVERSHOOT_WEIGHT, SHORTEST, STEPS, VALIDATE_EVERY, VALIDATION_SEQUENCES, WARMUP,
        },
    },
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A training run. All schedules are functions of the step and the adjustments alone, so that a run can be repeated and
/// resumed.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Folder of the dataset
    #[arg(long)]
    #[serde(with = "path_text")]
    pub data: PathBuf,
    /// Seed of the initial weights and of every draw
    #[arg(long)]
    pub seed: u64,
    /// Model whose weights are trained further, instead of random ones
    #[arg(long, value_name = "MODEL")]
    #[serde(with = "path_text::optional", skip_serializing_if = "Option::is_none")]
    pub start: Option<PathBuf>,
    /// See [`STEPS`].
    #[arg(long, help = STEPS.about(), value_parser = STEPS.parser())]
    pub steps: usize,
    /// See [`BATCH`].
    #[arg(long, help = BATCH.about(), value_parser = BATCH.parser())]
    pub batch: usize,
    /// How weights follow gradients
    #[arg(long, value_enum)]
    pub optimizer: Method,
    /// See [`LEARNING_RATE`].
    #[arg(long, help = LEARNING_RATE.about(), value_parser = LEARNING_RATE.parser())]
    pub learning_rate: Span,
    /// See [`WARMUP`].
    #[arg(long, help = WARMUP.about(), value_parser = WARMUP.parser())]
    pub warmup: usize,
    /// See [`CLIP`].
    #[arg(long, help = CLIP.about(), value_parser = CLIP.parser())]
    pub clip: f64,
    /// See [`AVERAGING`].
    #[arg(long, help = AVERAGING.about(), value_parser = AVERAGING.parser())]
    pub averaging: f64,
    /// See [`ERROR_SCALE`].
    #[arg(long, help = ERROR_SCALE.about(), value_parser = ERROR_SCALE.parser())]
    pub error_scale: Span,
    /// See [`ENERGY_WEIGHT`].
    #[arg(long, help = ENERGY_WEIGHT.about(), value_parser = ENERGY_WEIGHT.parser())]
    pub energy_weight: f64,
    /// See [`MEAN_WEIGHT`].
    #[arg(long, help = MEAN_WEIGHT.about(), value_parser = MEAN_WEIGHT.parser())]
    pub mean_weight: f64,
    /// See [`OVERSHOOT_WEIGHT`].
    #[arg(long, help = OVERSHOOT_WEIGHT.about(), value_parser = OVERSHOOT_WEIGHT.parser())]
    pub overshoot_weight: f64,
    /// See [`LENGTH`].
    #[arg(long, help = LENGTH.about(), value_parser = LENGTH.parser())]
    pub length: Span,
    /// See [`SHORTEST`].
    #[arg(long, help = SHORTEST.about(), value_parser = SHORTEST.parser())]
    pub shortest: usize,
    /// See [`GIVEN`].
    #[arg(long, help = GIVEN.about(), value_parser = GIVEN.parser())]
    pub given: Span,
    /// See [`GROWTH`].
    #[arg(long, help = GROWTH.about(), value_parser = GROWTH.parser())]
    pub growth: f64,
    /// Network steps between two optimiser steps, through which gradients flow: equal parts of the run each
    #[arg(long, value_delimiter = ',')]
    pub unroll: Vec<usize>,
    /// See [`FROM_START`].
    #[arg(long, help = FROM_START.about(), value_parser = FROM_START.parser())]
    pub from_start: f64,
    /// Whether walks are reflected, rotated and φ exchanged for −φ at random
    #[arg(long, action = clap::ArgAction::Set)]
    pub augment: bool,
    /// See [`VALIDATE_EVERY`].
    #[arg(long, help = VALIDATE_EVERY.about(), value_parser = VALIDATE_EVERY.parser())]
    pub validate_every: usize,
    /// See [`VALIDATION_SEQUENCES`].
    #[arg(long, help = VALIDATION_SEQUENCES.about(), value_parser = VALIDATION_SEQUENCES.parser())]
    pub validation_sequences: usize,
    /// The network.
    #[command(flatten)]
    pub network: CrnnConfig,
    /// Changes made during the run, in the order in which they took effect.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjusted>,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            seed: 1,
            start: None,
            steps: STEPS.default,
            batch: BATCH.default,
            optimizer: Method::Soap,
            learning_rate: LEARNING_RATE.default,
            warmup: WARMUP.default,
            clip: CLIP.default,
            averaging: AVERAGING.default,
            error_scale: ERROR_SCALE.default,
            energy_weight: ENERGY_WEIGHT.default,
            mean_weight: MEAN_WEIGHT.default,
            overshoot_weight: OVERSHOOT_WEIGHT.default,
            length: LENGTH.default,
            shortest: SHORTEST.default,
            given: GIVEN.default,
            growth: GROWTH.default,
            unroll: vec![2, 4],
            from_start: FROM_START.default,
            augment: true,
            validate_every: VALIDATE_EVERY.default,
            validation_sequences: VALIDATION_SEQUENCES.default,
            network: CrnnConfig::default(),
            adjustments: Vec::new(),
        }
    }
}

impl TrainConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first value at fault and what it must be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (setting, count) in [
            (STEPS, self.steps),
            (BATCH, self.batch),
            (WARMUP, self.warmup),
            (SHORTEST, self.shortest),
            (VALIDATE_EVERY, self.validate_every),
            (VALIDATION_SEQUENCES, self.validation_sequences),
        ] {
            setting.check(count)?;
        }
        for (setting, number) in [
            (CLIP, self.clip),
            (AVERAGING, self.averaging),
            (ENERGY_WEIGHT, self.energy_weight),
            (MEAN_WEIGHT, self.mean_weight),
            (OVERSHOOT_WEIGHT, self.overshoot_weight),
            (GROWTH, self.growth),
            (FROM_START, self.from_start),
        ] {
            setting.check(number)?;
        }
        for (setting, span) in [
            (LEARNING_RATE, self.learning_rate),
            (ERROR_SCALE, self.error_scale),
            (LENGTH, self.length),
            (GIVEN, self.given),
        ] {
            setting.check(span)?;
        }
        if self.unroll.is_empty() || self.unroll.contains(&0) {
            let value = format!("{:?}", self.unroll);
            return Err(ConfigError::value("unroll", "must be a list of numbers from 1 on", value));
        }
        if self.learning_rate.from == 0.0 {
            return Err(ConfigError::value("learning-rate", "must begin above 0", self.learning_rate));
        }
        if self.error_scale.from.is_finite() != self.error_scale.to.is_finite() {
            return Err(ConfigError::value("error-scale", "must be inf at both ends or at none", self.error_scale));
        }
        self.adjustments.iter().try_for_each(|adjusted| adjusted.change.validate())?;
        Ok(self.network.validate()?)
    }
}
