//! A network in training as a candidate of the run.

use super::Session;
use crate::{comparison::CandidateSpec, network::ModelSource};
use std::path::Path;

/// A model that is written anew from time to time.
pub struct Followed {
    /// How many times it had been written when it was last read.
    taken: usize,
}

impl Session {
    /// The candidate that uses the model in a file, by its number in the present run.
    fn candidate_of(&self, model: &Path) -> Option<usize> {
        let setup = &self.snapshot.as_ref()?.setup;
        setup.candidates.iter().position(|candidate| {
            matches!(candidate, CandidateSpec::Network { model: ModelSource::File(path), .. } if path == model)
        })
    }

    /// Whether the model in a file takes part in the run.
    pub fn follows(&self, model: &Path) -> bool {
        self.candidate_of(model).is_some()
    }

    /// Adds the model in a file to the run.
    pub fn follow_model(&mut self, model: &Path) {
        let source = ModelSource::File(model.to_owned());
        self.draft.candidates.push(CandidateSpec::network(source));
        self.followed.remove(model);
        self.restart();
    }

    /// Takes the model in a file out of the run.
    pub fn unfollow(&mut self, model: &Path) {
        if let Some(number) = self.candidate_of(model) {
            self.remove_candidate(number);
        }
    }

    /// Takes up the weights of a model that was written for the `count`-th time, if it takes part.
    pub fn take_up(&mut self, model: &Path, count: usize) {
        if self.candidate_of(model).is_none() {
            return;
        }
        let followed = self.followed.entry(model.to_owned()).or_insert(Followed { taken: count });
        if followed.taken != count {
            followed.taken = count;
        }
    }
}
