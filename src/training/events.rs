//! Commands to a training, its events, and the curves collected from them.

use super::{
    adjustment::{Adjusted, Adjustment},
    config::TrainConfig,
    preview::Preview,
    state::StepReport,
    validation::Validation,
};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Commands to a running training.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainCommand {
    /// Wait, without computing.
    Pause,
    /// Continue.
    Resume,
    /// Write a checkpoint and the current model, and end. The walk under way is undone: a resumed run repeats it.
    Stop,
    /// Write a checkpoint and the current model.
    Save,
    /// Change the configuration from the next walk on. [`TrainEvent::Adjusted`] or [`TrainEvent::Refused`] answers.
    Adjust(Adjustment),
}

/// Events of a running training. The last event is `Done`, `Stopped` or `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainEvent {
    /// The dataset is being checked against its checksums, which takes seconds.
    Verifying,
    /// The run begins or continues.
    Started(Box<Started>),
    /// One step of the optimiser, and the time that it took: without validations and pauses.
    Step(StepReport, Duration),
    /// Errors of whole rollouts, and whether they are the smallest so far. The first comes before the first step.
    Validation(Validation, bool),
    /// Errors of the built-in model on the same sequences, told once where it was trained on the same equation.
    Yardstick(Validation),
    /// The same rollouts in pictures: follows every `Validation`, and `Started` where a run is resumed.
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
    /// The run stopped early, on command. Once it has started, it can be resumed.
    Stopped { step: usize },
    /// The run cannot begin or continue. Checkpoints stay as they are.
    Failed(String),
}

/// The state in which a run begins or continues.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// The configuration recorded in its folder.
    pub config: TrainConfig,
    /// Steps made before.
    pub step: usize,
    /// Weights of the network.
    pub weights: usize,
    /// Reports from before.
    pub curves: Curves,
}

/// All reports of a run, including those from before it was resumed: one entry per row of its tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curves {
    /// Every step of the optimiser, in order.
    pub steps: Vec<StepReport>,
    /// Every validation, in order.
    pub validations: Vec<Validation>,
}

impl Curves {
    /// Adds what an event reports. A resumed run brings its earlier reports along.
    pub fn follow(&mut self, event: &TrainEvent) {
        match event {
            TrainEvent::Started(started) => self.clone_from(&started.curves),
            TrainEvent::Step(report, _) => self.steps.push(*report),
            TrainEvent::Validation(validation, _) => self.validations.push(validation.clone()),
            _ => {}
        }
    }
}
