//! The figures of one frame.

use crate::metrics::PairMetrics;

/// The state of a candidate at a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It still follows the reference and will start from it.
    Led,
    /// It evolves by itself.
    Running,
    /// It was stopped, because it had diverged.
    Stopped,
}

impl Standing {
    /// The word for it in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Led => "led",
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }

    /// The standing that a word in a table means.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Led, Self::Running, Self::Stopped].into_iter().find(|standing| standing.word() == word)
    }
}

/// A candidate at one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// How it stands.
    pub standing: Standing,
    /// Its figures against the reference; `None` once it was stopped.
    pub metrics: Option<PairMetrics>,
}

/// A run at one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Frames since the start.
    pub frame: usize,
    /// Time in the equation's units.
    pub time: f64,
    /// F/V of the reference on its own nodes.
    pub energy: f64,
    /// Mean of φ of the reference.
    pub mean: f64,
    /// The candidates, in the order of the setup. Those that came later, which are the last ones, have no entry.
    pub candidates: Vec<Entry>,
}

impl Row {
    /// The figures of a candidate, if it has any.
    pub fn metrics(&self, candidate: usize) -> Option<&PairMetrics> {
        self.candidates.get(candidate)?.metrics.as_ref()
    }

    /// Takes a candidate out, if it was there.
    pub fn remove_candidate(&mut self, candidate: usize) {
        if candidate < self.candidates.len() {
            self.candidates.remove(candidate);
        }
    }
}
