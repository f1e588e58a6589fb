//! Every hyperparameter of a training run, in one struct: the file, the options and the record of a run.

use super::{optimizer::Method, overrides::ConfigError, span::Span};
use crate::network::CrnnConfig;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Named starting points of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Preset {
    /// Truncated backpropagation through self-fed walks of growing length.
    #[default]
    Default,
    /// A network of a third of the weights, trained to usefulness in minutes.
    Small,
    /// Lanzoni et al. 2024: whole sequences, of which ever fewer frames are given. How long to train is inferred.
    Paper,
}

/// A training run. All schedules are functions of the step alone, so that a run can be repeated and resumed.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Directory of the dataset
    #[arg(long)]
    pub data: PathBuf,
    /// Seed of the initial weights and of every draw
    #[arg(long)]
    pub seed: u64,
    /// Model whose weights are trained further, instead of random ones
    #[arg(long, value_name = "MODEL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<PathBuf>,
    /// Steps of the optimiser
    #[arg(long)]
    pub steps: usize,
    /// Sequences per step on the smallest grid; larger grids take fewer, for about as many nodes
    #[arg(long)]
    pub batch: usize,
    /// How weights follow gradients
    #[arg(long, value_enum)]
    pub optimizer: Method,
    /// Learning rate from the first step to the last, along half a cosine
    #[arg(long)]
    pub learning_rate: Span,
    /// Steps over which the learning rate rises from zero
    #[arg(long)]
    pub warmup: usize,
    /// Largest norm of the gradient over all weights; longer ones are shortened to it
    #[arg(long)]
    pub clip: f64,
    /// Decay per step of the running average of the weights, which is what is validated and saved
    #[arg(long)]
    pub averaging: f64,
    /// Scale s of the error e of a field, whose loss is s² ln(1 + e²/s²), from the first step to the last, in equal
    /// factors: e² below it; beyond it errors count relative to themselves, so that those of slow, nearly flat
    /// microstructures matter as much as those of young ones, and a field that is lost no longer matters. inf: e²
    #[arg(long)]
    pub error_scale: Span,
    /// Weight of (ΔF/F)² in e², beside the mean square error of φ
    #[arg(long)]
    pub energy_weight: f64,
    /// Weight of (Δ⟨φ⟩)² in e², for outputs that do not conserve the mean of φ
    #[arg(long)]
    pub mean_weight: f64,
    /// Weight in e² of the square by which the largest |φ| exceeds the truth's
    #[arg(long)]
    pub overshoot_weight: f64,
    /// Most frames of a walk through a sequence, growing over the run
    #[arg(long)]
    pub length: Span,
    /// Fewest frames of a walk; each draws its own number up to `length`, short ones more often: 1/frames²
    #[arg(long)]
    pub shortest: usize,
    /// True frames that the network is given at the start of a walk before it lives on its own predictions
    #[arg(long)]
    pub given: Span,
    /// Share of the run over which `length` and `given` change
    #[arg(long)]
    pub growth: f64,
    /// Network steps between two optimiser steps, through which gradients flow: equal parts of the run each
    #[arg(long, value_delimiter = ',')]
    pub unroll: Vec<usize>,
    /// Share of the walks that begin at the first frame of a sequence
    #[arg(long)]
    pub from_start: f64,
    /// Whether walks are reflected, rotated and φ exchanged for −φ at random
    #[arg(long, action = clap::ArgAction::Set)]
    pub augment: bool,
    /// Steps between two validations
    #[arg(long)]
    pub validate_every: usize,
    /// Validation sequences used, in their order
    #[arg(long)]
    pub validation_sequences: usize,
    /// The network.
    #[command(flatten)]
    pub network: CrnnConfig,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            seed: 1,
            start: None,
            steps: 16_000,
            batch: 4,
            optimizer: Method::Soap,
            learning_rate: Span::new(5e-3, 0.0),
            warmup: 50,
            clip: 0.5,
            averaging: 0.995,
            error_scale: Span::new(1.0, 0.02),
            energy_weight: 0.5,
            mean_weight: 0.0,
            overshoot_weight: 0.05,
            length: Span::new(8.0, 120.0),
            shortest: 3,
            given: Span::new(1.0, 1.0),
            growth: 0.6,
            unroll: vec![2, 4],
            from_start: 0.6,
            augment: true,
            validate_every: 800,
            validation_sequences: 8,
            network: CrnnConfig::default(),
        }
    }
}

impl TrainConfig {
    /// The configuration that a preset stands for.
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Default => Self::default(),
            Preset::Small => Self {
                steps: 9000,
                length: Span::new(8.0, 60.0),
                network: CrnnConfig { channels: 6, ..CrnnConfig::default() },
                ..Self::default()
            },
            Preset::Paper => Self {
                steps: 48_600,
                optimizer: Method::Adam,
                learning_rate: Span::new(1e-4, 1e-4),
                warmup: 0,
                batch: 2,
                clip: f64::MAX,
                averaging: 0.0,
                error_scale: Span::new(f64::INFINITY, f64::INFINITY),
                energy_weight: 0.0,
                overshoot_weight: 0.0,
                length: Span::new(50.0, 50.0),
                shortest: 50,
                growth: 1.0 / 3.0,
                given: Span::new(49.0, 1.0),
                unroll: vec![49],
                from_start: 1.0,
                ..Self::default()
            },
        }
    }

    /// Checks every value.
    ///
    /// # Errors
    /// Names the first value at fault and what it must be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let positive = [
            ("steps", self.steps),
            ("batch", self.batch),
            ("shortest", self.shortest),
            ("validate-every", self.validate_every),
            ("validation-sequences", self.validation_sequences),
        ];
        if let Some((name, value)) = positive.iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::value(name, "must be at least 1", value));
        }
        if self.unroll.is_empty() || self.unroll.contains(&0) {
            let value = format!("{:?}", self.unroll);
            return Err(ConfigError::value("unroll", "must be a list of numbers from 1 on", value));
        }
        for (name, span, low, high) in [
            ("learning-rate", self.learning_rate, 0.0, 1.0),
            ("length", self.length, 2.0, 1e6),
            ("given", self.given, 1.0, 1e6),
        ] {
            if !span.within(low, high) {
                return Err(ConfigError::value(name, format!("must lie between {low} and {high}"), span));
            }
        }
        let Span { from, to } = self.error_scale;
        if !self.error_scale.within(1e-6, 1e3) && [from, to] != [f64::INFINITY; 2] {
            return Err(ConfigError::value(
                "error-scale",
                "must lie between 0.000001 and 1000, or be inf",
                self.error_scale,
            ));
        }
        if self.learning_rate.from == 0.0 {
            return Err(ConfigError::value("learning-rate", "must begin above 0", self.learning_rate));
        }
        for (name, weight) in [
            ("energy-weight", self.energy_weight),
            ("mean-weight", self.mean_weight),
            ("overshoot-weight", self.overshoot_weight),
        ] {
            if !(0.0..=1e6).contains(&weight) {
                return Err(ConfigError::value(name, "must lie between 0 and 1000000", weight));
            }
        }
        if self.clip.is_nan() || self.clip <= 0.0 {
            return Err(ConfigError::value("clip", "must be above 0", self.clip));
        }
        for (name, share) in [("growth", self.growth), ("from-start", self.from_start), ("averaging", self.averaging)] {
            if !(0.0..=1.0).contains(&share) {
                return Err(ConfigError::value(name, "must lie between 0 and 1", share));
            }
        }
        if self.averaging == 1.0 {
            return Err(ConfigError::value("averaging", "must be below 1, or the average never moves", 1));
        }
        Ok(self.network.validate()?)
    }
}

/// What the schedules say at one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// Learning rate.
    pub learning_rate: f64,
    /// Scale of the error in the loss.
    pub error_scale: f64,
    /// Most frames of a walk that begins now.
    pub length: usize,
    /// Of these, frames given.
    pub given: usize,
    /// Network steps between two detachments.
    pub unroll: usize,
}

impl TrainConfig {
    /// The schedules at optimiser step `step` (from 0).
    pub fn stage(&self, step: usize) -> Stage {
        let done = (step as f64 / self.steps as f64).min(1.0);
        let grown = if self.growth > 0.0 { done / self.growth } else { 1.0 };
        let length = (self.length.at(grown).round() as usize).max(2);
        let part = (done * self.unroll.len() as f64) as usize;
        Stage {
            learning_rate: self.learning_rate_at(step, done),
            error_scale: self.error_scale.at_in_octaves(done),
            length,
            given: (self.given.at(grown).round() as usize).clamp(1, length - 1),
            unroll: self.unroll.get(part).or(self.unroll.last()).copied().unwrap_or(1),
        }
    }

    /// Linear warm-up, then half a cosine from the first rate to the last.
    fn learning_rate_at(&self, step: usize, done: f64) -> f64 {
        let warm = if step < self.warmup { (step + 1) as f64 / self.warmup as f64 } else { 1.0 };
        warm * self.learning_rate.at((1.0 - (std::f64::consts::PI * done).cos()) / 2.0)
    }
}

/// One stretch of a walk between two detachments: the frames whose predictions enter one loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Frames predicted, counted from the walk's first frame as 0.
    pub frames: std::ops::Range<usize>,
}

impl Stage {
    /// Cuts frames 1 to `length` − 1 of a walk into stretches of `unroll` steps; the last may be shorter.
    pub fn stretches(&self, length: usize) -> impl Iterator<Item = Stretch> {
        let unroll = self.unroll;
        (1..length)
            .step_by(unroll)
            .map(move |first| Stretch { frames: first..first.saturating_add(unroll).min(length) })
    }
}
