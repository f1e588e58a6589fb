//! Candidates beside the reference solver, from one initial field.

use super::{EvaluationError, Evaluator, Watch, candidate::Candidate, finite_field, plan::work};
use crate::{
    evolution::Evolution,
    field::Field,
    grid::Shape,
    initial::Initial,
    metrics::{PairMetrics, compare},
    network,
};
use std::{collections::BTreeMap, ops::ControlFlow};

/// What became of one initial field.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Mean of the initial field on the network's grid.
    pub start_mean: f64,
    /// Of each candidate, its figures at frames 1, 2, … against the solver's field at the same time. Once its
    /// values cease to be finite, its errors are infinite.
    pub curves: BTreeMap<Candidate, Vec<PairMetrics>>,
}

/// A candidate on its way; `None` once its values ceased to be finite.
type Contestant = (Candidate, Option<Box<dyn Evolution>>);

impl Evaluator<'_> {
    /// Runs from noise on a solver's grid, one trial each.
    ///
    /// # Errors
    /// When an initial field cannot be made or an evolution fails.
    pub fn boxes(
        &self,
        grid: Shape,
        [runs, frames]: [usize; 2],
        candidates: &[Candidate],
        watch: &mut Watch,
    ) -> Result<Vec<Trial>, EvaluationError> {
        let mut trials = Vec::new();
        for run in 0..runs {
            let trial = self.trial(&self.plan.start(grid, run)?, frames, candidates, watch)?;
            let whole = trial.frames() == frames;
            trials.extend((trial.frames() > 0).then_some(trial));
            if !whole {
                break;
            }
        }
        Ok(trials)
    }

    /// Runs from the bunny and the central slice, with their names.
    ///
    /// # Errors
    /// As [`Evaluator::boxes`].
    pub fn shapes(
        &self,
        candidates: &[Candidate],
        watch: &mut Watch,
    ) -> Result<Vec<(&'static str, Trial)>, EvaluationError> {
        let mut trials = Vec::new();
        for (name, initial) in [("bunny", Initial::Bunny), ("slice", Initial::Slice)] {
            let trial = self.trial(&self.plan.shape(&initial)?, self.plan.shape_frames, candidates, watch)?;
            let whole = trial.frames() == self.plan.shape_frames;
            trials.extend((trial.frames() > 0).then_some((name, trial)));
            if !whole {
                break;
            }
        }
        Ok(trials)
    }

    /// Carries the solver and all candidates from `start`, which lives on the solver's grid.
    fn trial(
        &self,
        start: &Field,
        frames: usize,
        candidates: &[Candidate],
        watch: &mut Watch,
    ) -> Result<Trial, EvaluationError> {
        let coarse = network::start(start, self.plan.coarsening)?;
        let mut solver = self.solver(start)?;
        let mut contestants: Vec<Contestant> = Vec::new();
        for &candidate in candidates {
            contestants.extend(self.candidate(candidate, &coarse)?.map(|evolution| (candidate, Some(evolution))));
        }
        let mut trial = Trial { start_mean: coarse.mean(), curves: BTreeMap::new() };
        let networks =
            contestants.iter().filter(|(c, _)| matches!(c, Candidate::Network | Candidate::Ablation)).count();
        for _ in 0..frames {
            solver.advance()?;
            let truth = solver.field()?;
            for contestant in &mut contestants {
                let row = self.judge(contestant, &truth)?;
                trial.curves.entry(contestant.0).or_default().push(row);
            }
            if watch(work(start.grid().shape()) * (1 + networks)) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(trial)
    }

    /// Carries a contestant to the next frame and compares it with the solver's field there.
    fn judge(&self, (_, evolution): &mut Contestant, truth: &Field) -> Result<PairMetrics, EvaluationError> {
        let equation = &self.plan.equation.equation;
        if let Some(alive) = evolution {
            alive.advance()?;
            match finite_field(&mut **alive)? {
                Some(field) => return Ok(compare(truth, &field, equation)?),
                None => *evolution = None,
            }
        }
        let known = compare(truth, &truth.coarsened(self.plan.coarsening)?, equation)?;
        Ok(PairMetrics {
            rmse: f64::INFINITY,
            displacement: f64::INFINITY,
            rmse_fine: f64::INFINITY,
            displacement_fine: f64::INFINITY,
            energy_candidate: f64::INFINITY,
            energy_error: f64::INFINITY,
            mean_candidate: f64::INFINITY,
            ..known
        })
    }
}

impl Trial {
    /// Frames of every candidate after the initial one.
    pub fn frames(&self) -> usize {
        self.curves.values().map(Vec::len).next().unwrap_or(0)
    }
}
