//! Networks that follow the solver for some frames before they run alone: how much that helps on fields that no network
//! was trained on.

pub mod page;
pub mod plan;

use self::plan::LedPlan;
use super::{EvaluationError, Evaluator, Watch, trial::Trial};
use crate::comparison::CandidateSpec;

impl Evaluator<'_> {
    /// Runs from the central slice and white noise, with their names; a candidate for each lead.
    ///
    /// # Errors
    /// As [`Evaluator::boxes`].
    pub fn led(&self, watch: &mut Watch) -> Result<Vec<(&'static str, Trial)>, EvaluationError> {
        let LedPlan { grid, frames, leads } = &self.plan.led;
        let candidates: Vec<CandidateSpec> = leads.iter().map(|&lead| self.plan.led(lead)).collect();
        self.trials_of(&LedPlan::FIELDS, *grid, *frames, &candidates, watch)
    }
}
