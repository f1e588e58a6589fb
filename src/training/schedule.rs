//! How a training changes from its first step to its last: functions of the share of the steps made.

use super::config::TrainConfig;

/// Values of the schedules at one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// Learning rate.
    pub learning_rate: f64,
    /// Scale of the error in the loss.
    pub error_scale: f64,
    /// Most frames of a walk that begins now.
    pub length: usize,
    /// How many of these are given (teacher forcing).
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
