//! Interventions: candidates are added, removed and restarted, fields handed over, frames restored.

use super::{
    Candidate, CandidateSpec, Comparison, ComparisonError, Heir,
    candidate::{Identity, Surroundings},
};
use crate::{
    evolution::EvolutionError,
    network::{Model, ModelSource},
    recording::{Frame, Saved},
};

impl Comparison {
    /// Adds a candidate, the last of the setup. It starts from the reference's field at the present frame, or follows
    /// the reference until its lead is over: as one that was led to this frame from the start.
    ///
    /// # Errors
    /// When its grid or parameters do not fit or the device fails; nothing has changed then.
    pub fn add(&mut self, spec: CandidateSpec, model: Option<Model>) -> Result<(), ComparisonError> {
        self.check()?;
        let field = self.reference.field()?;
        let identity = Identity { name: spec.name(), id: self.take_id() };
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference, watch: &self.watch };
        let candidate = Candidate::new(identity, spec.clone(), model, self.row.frame, &field, &around)?;
        self.candidates.push(candidate);
        self.setup.candidates.push(spec);
        self.rename();
        self.measure(self.row.frame)
    }

    /// Notes what is doubtful about a candidate, if there is one of this place.
    pub(super) fn note_doubts(&mut self, candidate: usize, doubts: Vec<String>) {
        if let Some(candidate) = self.candidates.get_mut(candidate) {
            candidate.set_doubts(doubts);
        }
    }

    /// Removes a candidate.
    ///
    /// # Errors
    /// When there is none of this place.
    pub fn remove(&mut self, candidate: usize) -> Result<(), ComparisonError> {
        self.at(candidate)?;
        self.candidates.remove(candidate);
        self.setup.candidates.remove(candidate);
        self.row.remove_candidate(candidate);
        self.rename();
        Ok(())
    }

    /// Gives a network the weights of another model. It restarts from the reference's field at the present frame, with
    /// an empty memory.
    ///
    /// # Errors
    /// When the candidate is no network, the weights do not fit, or the device fails; nothing has changed then.
    pub fn reload(&mut self, candidate: usize, source: ModelSource, model: Model) -> Result<(), ComparisonError> {
        self.check()?;
        self.at(candidate)?;
        let (field, id, frame) = (self.reference.field()?, self.take_id(), self.row.frame);
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference, watch: &self.watch };
        self.candidates[candidate].reload((source, model), frame, &field, id, &around)?;
        self.setup.candidates[candidate] = self.candidates[candidate].spec().clone();
        self.rename();
        self.measure(frame)
    }

    /// Restarts a candidate from the field of the reference at the present frame, or the reference from that of a
    /// candidate.
    ///
    /// # Errors
    /// When the candidate was stopped, or the device fails.
    pub fn hand_over(&mut self, candidate: usize, to: Heir) -> Result<(), ComparisonError> {
        self.check()?;
        self.at(candidate)?;
        let (id, frame) = (self.take_id(), self.row.frame);
        let heir = &mut self.candidates[candidate];
        match to {
            Heir::Candidate => {
                let field = self.reference.field()?;
                let around =
                    Surroundings { engine: &self.engine, reference: &self.setup.reference, watch: &self.watch };
                heir.take_over(frame, &field, id, &around)?;
            }
            Heir::Reference => {
                let own = heir.field()?.ok_or_else(|| ComparisonError::Stopped(heir.name().to_owned()))?;
                let field = own.refined(heir.spec().coarsening());
                self.torn = true;
                self.reference.restart(&field)?;
                self.since = frame;
                self.candidates.iter_mut().try_for_each(|candidate| candidate.follow(&mut self.reference))?;
            }
        }
        self.measure(frame)?;
        self.torn = false;
        Ok(())
    }

    /// All that the future depends on.
    ///
    /// # Errors
    /// When the device fails, or after a frame that failed.
    pub fn saved(&mut self) -> Result<Saved, ComparisonError> {
        self.check()?;
        let reference = self.reference.save()?;
        let candidates = self.candidates.iter_mut().map(Candidate::save).collect::<Result<_, _>>()?;
        Ok(Saved { reference, candidates })
    }

    /// Goes to a frame at which all was saved. The run continues from it to the same bits as before.
    /// Candidates that have come or were reloaded since are led until then, as they would have been from the start.
    ///
    /// # Errors
    /// When the states are another run's, or the device fails.
    pub fn return_to(&mut self, frame: usize, saved: &Saved) -> Result<(), ComparisonError> {
        self.torn = true;
        self.reference.restore(&saved.reference)?;
        self.since = self.since.min(frame);
        let field = self.reference.field()?;
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference, watch: &self.watch };
        for candidate in &mut self.candidates {
            let own = saved.candidates.iter().find(|saved| saved.id == candidate.id());
            candidate.restore(frame, own, &field, &around)?;
        }
        self.measure(frame)?;
        self.torn = false;
        Ok(())
    }

    /// Goes to a recorded frame with nothing but its fields: compensation for rounding, histories of multistep schemes
    /// and the memories of networks begin anew.
    ///
    /// # Errors
    /// When the fields are another run's, or the device fails.
    pub fn resume(&mut self, recorded: &Frame) -> Result<(), ComparisonError> {
        let (frame, field) = (recorded.row.frame, &*recorded.reference);
        EvolutionError::check_grid(self.reference.grid(), field)?;
        self.torn = true;
        self.reference.restart(field)?;
        self.since = self.since.min(frame);
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference, watch: &self.watch };
        for (number, candidate) in self.candidates.iter_mut().enumerate() {
            candidate.resume(frame, recorded.candidates.get(number), field, &around)?;
        }
        self.measure(frame)?;
        self.torn = false;
        Ok(())
    }

    /// What tells the present candidates from all others, in the order of the setup.
    pub(super) fn ids(&self) -> Vec<u64> {
        self.candidates.iter().map(Candidate::id).collect()
    }

    /// Refuses to start from evolutions that are not of one moment.
    fn check(&self) -> Result<(), ComparisonError> {
        if self.torn { Err(ComparisonError::Torn) } else { Ok(()) }
    }

    fn at(&self, candidate: usize) -> Result<&Candidate, ComparisonError> {
        self.candidates.get(candidate).ok_or(ComparisonError::NoCandidate(candidate))
    }

    fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// Names depend on which others there are.
    fn rename(&mut self) {
        self.candidates.iter_mut().zip(self.setup.names()).for_each(|(candidate, name)| candidate.rename(name));
    }
}
