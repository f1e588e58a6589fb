//! Errors on fields unlike the training data: the bunny, where the program has it, and the central slice.

pub mod page;
pub mod plan;

use self::plan::ShapesPlan;
use super::{EvaluationError, Evaluator, Watch, trial::Trial};
use crate::comparison::CandidateSpec;

impl Evaluator<'_> {
    /// Runs from the bunny and the central slice, with their names.
    ///
    /// # Errors
    /// As [`Evaluator::boxes`].
    pub fn shapes(
        &self,
        candidates: &[CandidateSpec],
        watch: &mut Watch,
    ) -> Result<Vec<(&'static str, Trial)>, EvaluationError> {
        let ShapesPlan { grid, frames } = self.plan.shapes;
        self.trials_of(ShapesPlan::FIELDS, grid, frames, candidates, watch)
    }
}
