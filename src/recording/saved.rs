//! States of a run in memory.

use crate::evolution::State;

/// What the future of a run depends on, at one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The reference.
    pub reference: State,
    /// The candidates that were there.
    pub candidates: Vec<SavedCandidate>,
}

/// A candidate among them.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedCandidate {
    /// Unique in the run, also among earlier weights of the same candidate.
    pub id: u64,
    /// The frame from which it evolves by itself.
    pub since: usize,
    /// `None` where it was led or stopped.
    pub state: Option<State>,
}

impl Saved {
    /// Memory that the arrays take.
    pub fn bytes(&self) -> usize {
        let candidates = self.candidates.iter().filter_map(|candidate| candidate.state.as_ref());
        let arrays = candidates.chain([&self.reference]).flat_map(|state| state.arrays.values());
        arrays.map(|values| size_of_val(values.as_slice())).sum()
    }
}
