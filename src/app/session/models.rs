//! Candidates that join the run or leave it.

use super::Session;
use crate::{
    comparison::{CandidateSpec, Command, Snapshot},
    network::ModelSource,
    settings::LEAD,
};

impl Session {
    /// Adds a network on every `coarsening`-th node to the run, which continues.
    pub fn add_network(&mut self, model: ModelSource, coarsening: usize) {
        self.cursor = None;
        let candidate = CandidateSpec::Network { model, coarsening, lead: LEAD.default };
        self.simulation.send(Command::AddCandidate(candidate));
    }

    /// Adds a candidate by its text to the run, which continues, and shows it.
    ///
    /// # Errors
    /// One sentence that says what is wrong with the text.
    pub fn add_candidate(&mut self, text: &str) -> Result<(), String> {
        let candidate: CandidateSpec = text.trim().parse().map_err(|error| format!("{error}"))?;
        (self.cursor, self.candidate) = (None, self.draft.candidates.len());
        self.simulation.send(Command::AddCandidate(candidate));
        Ok(())
    }

    /// Takes the candidate at a place out of the run, which continues. However often that is asked for before it is gone,
    /// the one that takes its place stays.
    pub fn take_out(&mut self, place: usize) {
        if let Some(number) = self.number_of(place) {
            self.intervene(Command::RemoveCandidate(number));
        }
    }

    /// The number of the candidate at a place in the latest state.
    pub(super) fn number_of(&self, place: usize) -> Option<u64> {
        Some(self.snapshot.as_ref()?.candidates.get(place)?.number)
    }

    /// The places of the candidates of the present run that use a model.
    pub fn users_of(&self, model: &ModelSource) -> Vec<usize> {
        let setup = self.snapshot.as_ref().map_or(&self.draft, |snapshot| &snapshot.setup);
        let used = setup.candidates.iter().enumerate().filter(|(_, candidate)| candidate.model() == Some(model));
        used.map(|(place, _)| place).collect()
    }

    /// Brings the draft up to date with candidates that were added or removed during the run.
    pub(super) fn follow_candidates(&mut self, before: Option<&Snapshot>) {
        let (Some(before), Some(snapshot)) = (before, &self.snapshot) else { return };
        let (old, new) = (&before.setup.candidates, &snapshot.setup.candidates);
        if before.run == snapshot.run && old != new {
            self.draft.candidates.clone_from(new);
        }
    }
}
