//! What a training is told, what it tells, and the curves that come of it.

use super::{
    adjustment::{Adjusted, Adjustment},
    config::TrainConfig,
    preview::Preview,
    state::StepReport,
    validation::Validation,
};
use std::{path::PathBuf, sync::Arc};

/// What a running training can be told.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainCommand {
    /// Wait, without computing.
    Pause,
    /// Continue.
    Resume,
    /// Write a checkpoint and the present model, and end. The walk under way is taken back: a resumed run makes it again.
    Stop,
    /// Write a checkpoint and the present model.
    Save,
    /// Change the configuration from the next walk on. [`TrainEvent::Adjusted`] or [`TrainEvent::Refused`] answers.
    Adjust(Adjustment),
}

/// What a running training says. The last event is `Done`, `Stopped` or `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainEvent {
    /// The files of the dataset are compared with their checksums, which takes seconds.
    Verifying,
    /// The run begins or continues.
    Started(Box<Started>),
    /// One step of the optimiser.
    Step(StepReport),
    /// Errors of whole rollouts, and whether they are the smallest so far. The first comes before the first step.
    Validation(Validation, bool),
    /// The same rollouts in pictures: follows every `Validation`.
    Preview(Arc<Preview>),
    /// A model was written: `last.safetensors` after every validation, then `best.safetensors` if it was the best.
    Checkpoint(PathBuf),
    /// The configuration has changed: the run's folder records it, and a resumed or repeated run does the same.
    Adjusted(Adjusted),
    /// A change was refused; nothing has changed.
    Refused(String),
    /// The run now waits, or works again.
    Paused(bool),
    /// All steps are made.
    Done { step: usize },
    /// The run ended early as it was told to. Once it has started, it can be resumed.
    Stopped { step: usize },
    /// The run cannot begin or continue. Checkpoints stay as they are.
    Failed(String),
}

/// What a run begins or continues with.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// The configuration recorded in its folder.
    pub config: TrainConfig,
    /// Steps made before.
    pub step: usize,
    /// Weights of the network.
    pub weights: usize,
    /// What was reported before.
    pub curves: Curves,
}

/// All reports of a run, those from before it was resumed included; as long as its tables, one entry per row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curves {
    /// Every step of the optimiser, in order.
    pub steps: Vec<StepReport>,
    /// Every validation, in order.
    pub validations: Vec<Validation>,
}

impl Curves {
    /// Takes up an event. A resumed run brings its earlier reports along.
    pub fn follow(&mut self, event: &TrainEvent) {
        match event {
            TrainEvent::Started(started) => self.clone_from(&started.curves),
            TrainEvent::Step(report) => self.steps.push(*report),
            TrainEvent::Validation(validation, _) => self.validations.push(validation.clone()),
            _ => {}
        }
    }
}
