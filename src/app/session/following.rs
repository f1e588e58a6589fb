//! Candidates that come, go and restart while the run continues; a network in training among them.

use super::Session;
use crate::{
    comparison::{CandidateSpec, Command, Heir},
    network::ModelSource,
};
use std::path::Path;

/// A model that is written anew from time to time.
pub struct Followed {
    /// How many times it had been written when it was last read.
    taken: usize,
}

impl Session {
    /// The number of the candidate that uses the model in a file.
    fn candidate_of(&self, model: &Path) -> Option<u64> {
        let setup = &self.snapshot.as_ref()?.setup;
        let place = setup.candidates.iter().position(|candidate| {
            matches!(candidate, CandidateSpec::Network { model: ModelSource::File(path), .. } if path == model)
        });
        self.number_of(place?)
    }

    /// Whether the model in a file takes part in the run.
    pub fn follows(&self, model: &Path) -> bool {
        self.candidate_of(model).is_some()
    }

    /// Adds the model in a file to the run, which continues.
    pub fn follow_model(&mut self, model: &Path) {
        let source = ModelSource::File(model.to_owned());
        self.followed.remove(model);
        self.cursor = None;
        self.simulation.send(Command::AddCandidate(CandidateSpec::network(source)));
    }

    /// Takes the model in a file out of the run.
    pub fn unfollow(&mut self, model: &Path) {
        if let Some(number) = self.candidate_of(model) {
            self.intervene(Command::RemoveCandidate(number));
        }
    }

    /// At the present frame, the candidate at a place restarts from the reference's field, or the reference from the
    /// candidate's.
    pub fn hand_over(&mut self, place: usize, to: Heir) {
        let Some(candidate) = self.number_of(place) else { return };
        self.cursor = None;
        self.intervene(Command::HandOver { candidate, to });
    }

    /// The run continues from a recorded frame; later ones are forgotten.
    pub fn continue_from(&mut self, frame: usize) {
        self.cursor = None;
        self.intervene(Command::Continue { from: frame });
    }

    /// Takes up the weights of a model that was written for the `count`-th time, if it takes part.
    pub fn take_up(&mut self, model: &Path, count: usize) {
        let Some(candidate) = self.candidate_of(model) else { return };
        let followed = self.followed.entry(model.to_owned()).or_insert(Followed { taken: count });
        if followed.taken != count {
            followed.taken = count;
            self.simulation.send(Command::Reload { candidate, model: ModelSource::File(model.to_owned()) });
        }
    }
}
