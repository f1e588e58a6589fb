//! Candidates beside the reference solver, from one initial field.

use super::{EvaluationError, Evaluator, Watch, is_made, work::work};
use crate::{
    comparison::{CandidateSpec, Setup},
    field::Field,
    grid::Shape,
    initial::Initial,
    metrics::PairMetrics,
    recording::{Entry, Row},
};
use std::ops::ControlFlow;

/// One initial field, carried by the reference and all candidates.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Who took part.
    pub candidates: Vec<CandidateSpec>,
    /// Frames 0, 1, 2, …
    pub rows: Vec<Row>,
}

impl Evaluator<'_> {
    /// Carries the reference and all candidates from `start`, a field on the reference's grid.
    pub(super) fn trial(
        &self,
        start: Field,
        frames: usize,
        candidates: &[CandidateSpec],
        watch: &mut Watch,
    ) -> Result<Trial, EvaluationError> {
        let networks = candidates.iter().filter(|candidate| candidate.model().is_some()).count();
        let work = work(start.grid().shape()) * (1 + networks);
        let mut comparison = self.comparison(start, candidates)?;
        let mut rows = vec![comparison.row().clone()];
        for _ in 0..frames {
            if !is_made(comparison.advance(), watch)? {
                break;
            }
            rows.push(comparison.row().clone());
            if watch(work) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(Trial { candidates: candidates.to_vec(), rows })
    }

    /// Trials from presets on a solver's grid, with their names.
    pub(super) fn trials_of(
        &self,
        fields: &[(&'static str, Initial)],
        grid: Shape,
        frames: usize,
        candidates: &[CandidateSpec],
        watch: &mut Watch,
    ) -> Result<Vec<(&'static str, Trial)>, EvaluationError> {
        let mut trials = Vec::new();
        for (name, initial) in fields {
            let trial = self.trial(self.plan.preset(grid, initial)?, frames, candidates, watch)?;
            let whole = trial.frames() == frames;
            trials.extend((trial.frames() > 0).then_some((*name, trial)));
            if !whole {
                break;
            }
        }
        Ok(trials)
    }
}

impl Trial {
    /// Frames after the initial one.
    pub fn frames(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// The candidates' names.
    pub fn names(&self) -> Vec<String> {
        Setup { candidates: self.candidates.clone(), ..Setup::default() }.names()
    }

    /// A candidate at a frame; `None` when it did not take part or the trial did not get there.
    pub fn entry(&self, candidate: &CandidateSpec, frame: usize) -> Option<&Entry> {
        let place = self.candidates.iter().position(|other| other == candidate)?;
        self.rows.get(frame)?.candidates.get(place)
    }

    /// Mean of the field that a candidate started from.
    pub fn start_mean(&self, candidate: &CandidateSpec) -> Option<f64> {
        Some(self.entry(candidate, 0)?.metrics?.mean_candidate)
    }

    /// The figures of a candidate at a frame; `None` too once it was stopped.
    pub fn metrics(&self, candidate: &CandidateSpec, frame: usize) -> Option<&PairMetrics> {
        self.entry(candidate, frame)?.metrics.as_ref()
    }
}
