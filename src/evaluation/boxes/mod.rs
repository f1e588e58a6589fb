//! Errors in boxes of noise.

pub mod page;
pub mod plan;

use super::{EvaluationError, Evaluator, Plan, Watch, trial::Trial};
use crate::{comparison::CandidateSpec, grid::Shape};

impl Evaluator<'_> {
    /// Runs from noise on a solver's grid, one trial each.
    ///
    /// # Errors
    /// When an initial field cannot be made or an evolution fails.
    pub fn boxes(
        &self,
        grid: Shape,
        [runs, frames]: [usize; 2],
        candidates: &[CandidateSpec],
        watch: &mut Watch,
    ) -> Result<Vec<Trial>, EvaluationError> {
        let mut trials = Vec::new();
        for run in 0..runs {
            let start = move |plan: &Plan| plan.start(grid, run);
            let trial = self.trial((grid, start), frames, candidates, watch)?;
            let whole = trial.frames() == frames;
            trials.extend((trial.frames() > 0).then_some(trial));
            if !whole {
                break;
            }
        }
        Ok(trials)
    }
}
