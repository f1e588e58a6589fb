//! Candidates beside the reference solver, from one initial field.

use super::{EvaluationError, Evaluator, Plan, Watch, is_made, work::work};
use crate::{
    comparison::{CandidateSpec, Setup},
    field::Field,
    grid::Shape,
    initial::{Initial, InitialError},
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
    /// Carries the reference and all candidates from where a plan starts them, on the reference's grid.
    pub(super) fn trial(
        &self,
        (grid, start): (Shape, impl FnOnce(&Plan) -> Result<Field, InitialError> + Send + 'static),
        frames: usize,
        candidates: &[CandidateSpec],
        watch: &mut Watch,
    ) -> Result<Trial, EvaluationError> {
        let networks = candidates.iter().filter(|candidate| candidate.model().is_some()).count();
        let (work, candidates) = (work(grid) * (1 + networks), candidates.to_vec());
        let Some(mut comparison) = self.comparison(start, &candidates, watch)? else {
            return Ok(Trial { candidates, rows: Vec::new() });
        };
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
        Ok(Trial { candidates, rows })
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
            let preset = initial.clone();
            let start = move |plan: &Plan| plan.preset(grid, &preset);
            let trial = self.trial((grid, start), frames, candidates, watch)?;
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
