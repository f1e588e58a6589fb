//! What a run has reported, for whoever draws it.

use super::{run::TrainEvent, trainer::StepReport, validation::Validation};

/// All reports of a run, those from before it was resumed included; as long as its tables, one entry per row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curves {
    /// Every step of the optimiser, in order.
    pub steps: Vec<StepReport>,
    /// Every validation, in order.
    pub validations: Vec<Validation>,
}

impl Curves {
    /// Takes up an event. A run that goes on brings its earlier reports along.
    pub fn follow(&mut self, event: &TrainEvent) {
        match event {
            TrainEvent::Started(started) => self.clone_from(&started.curves),
            TrainEvent::Step(report) => self.steps.push(*report),
            TrainEvent::Validation(validation, _) => self.validations.push(validation.clone()),
            _ => {}
        }
    }
}
