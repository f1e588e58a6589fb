//! Moves of a candidate: back to a frame, to another field, to other weights.

use super::{Candidate, Course, Surroundings, card_of};
use crate::{
    comparison::{CandidateSpec, ComparisonError, Runner},
    evolution::EvolutionError,
    field::Field,
    network::{Model, ModelSource},
    recording::{SavedCandidate, Standing},
};
use std::{mem, sync::Arc};

impl Candidate {
    /// Back to frame 0, where the reference has `field`.
    pub fn restart(&mut self, field: &Field, around: &Surroundings) -> Result<(), ComparisonError> {
        self.forget_energy();
        (self.led_to, self.since) = (self.spec.lead(), self.spec.lead());
        self.course = self.at(0, field, around)?;
        Ok(())
    }

    /// Starts from the reference's field at a frame, also if it was led or stopped.
    pub fn take_over(
        &mut self,
        frame: usize,
        field: &Field,
        id: u64,
        around: &Surroundings,
    ) -> Result<(), ComparisonError> {
        let evolution = self.spec.start(around.engine, around.reference, self.model.as_ref(), field)?;
        if self.standing() != Standing::Running {
            (self.id, self.led_to) = (id, frame);
        }
        self.forget_energy();
        (self.course, self.since) = (Course::Running(Runner::new(evolution, around.watch)), frame);
        Ok(())
    }

    /// Takes other weights, and starts with them from the reference's field at a frame unless it is still led.
    pub fn reload(
        &mut self,
        (source, model): (ModelSource, Model),
        frame: usize,
        field: &Field,
        id: u64,
        around: &Surroundings,
    ) -> Result<(), ComparisonError> {
        let mut spec = self.spec.clone();
        let CandidateSpec::Network { model: named, .. } = &mut spec else { return Err(ComparisonError::NoNetwork) };
        *named = source;
        let led = self.standing() == Standing::Led;
        if !led {
            let evolution = spec.start(around.engine, around.reference, Some(&model), field)?;
            self.course = Course::Running(Runner::new(evolution, around.watch));
            (self.led_to, self.since) = (frame, frame);
        }
        self.forget_energy();
        (self.spec, self.card, self.id) = (spec, card_of(Some(&model)), id);
        self.model = Some(model);
        Ok(())
    }

    /// What its future depends on; there is no state where it was led or stopped.
    pub fn save(&mut self) -> Result<SavedCandidate, EvolutionError> {
        let state = if let Course::Running(runner) = &mut self.course { Some(runner.save()?) } else { None };
        Ok(SavedCandidate { id: self.id, since: self.since, state })
    }

    /// Goes to a frame at which the reference had `field` and it was saved, unless it was not there or had other
    /// weights: then it is led, or starts there.
    pub fn restore(
        &mut self,
        frame: usize,
        saved: Option<&SavedCandidate>,
        field: &Field,
        around: &Surroundings,
    ) -> Result<(), ComparisonError> {
        let (course, since) = match saved {
            _ if frame < self.led_to => (self.at(frame, field, around)?, self.led_to),
            None => (self.at(frame, field, around)?, frame),
            Some(SavedCandidate { state: None, since, .. }) => (Course::Stopped, *since),
            Some(SavedCandidate { state: Some(state), since, .. }) => {
                // One that runs keeps its steps, which may follow from the field that it began with.
                let mut course = match mem::replace(&mut self.course, Course::Stopped) {
                    Course::Running(runner) => Course::Running(runner),
                    Course::Led(_) | Course::Stopped => self.at(frame, field, around)?,
                };
                if let Course::Running(runner) = &mut course {
                    runner.restore(state)?;
                }
                (course, *since)
            }
        };
        self.forget_energy();
        (self.course, self.since) = (course, since);
        Ok(())
    }

    /// Goes to a frame at which it had `own` and the reference had `field`, with no memory of what was before: `None`
    /// where it was not there, `Some(None)` where it was stopped.
    pub fn resume(
        &mut self,
        frame: usize,
        own: Option<&Option<Arc<Field>>>,
        field: &Field,
        around: &Surroundings,
    ) -> Result<(), ComparisonError> {
        self.course = match own {
            None => self.at(frame, field, around)?,
            _ if frame < self.led_to => self.at(frame, field, around)?,
            Some(None) => Course::Stopped,
            Some(Some(own)) => {
                let own = (**own).clone();
                let evolution = self.spec.start_on(around.engine, around.reference, self.model.as_ref(), own)?;
                Course::Running(Runner::new(evolution, around.watch))
            }
        };
        self.forget_energy();
        self.since = self.since.min(frame).max(self.led_to);
        Ok(())
    }
}
