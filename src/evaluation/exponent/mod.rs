//! How fast the free energy falls: the exponent n of F ~ tⁿ, −1/3 for coarsening by diffusion.

pub mod page;
pub mod plan;

use super::{EvaluationError, Evaluator, Watch, finite_field, is_made, work::work};
use crate::{evolution::Evolution, metrics::exponent::fit_power_law, settings::Span};
use std::ops::ControlFlow;

/// The free energy of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Decay {
    /// Time and F/V at frames 1, 2, …, on the network's grid.
    pub energies: Vec<(f64, f64)>,
    /// n by least squares of ln F against ln t inside the window; `None` when the run ended before its end.
    pub exponent: Option<f64>,
    /// Whether the run ended because its values were no longer finite.
    pub diverged: bool,
}

/// Exponents of networks and solver from the same fields.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exponents {
    /// Runs of the network alone.
    pub network: Vec<Decay>,
    /// Runs of the reference solver, from the first fields of the network's runs.
    pub solver: Vec<Decay>,
}

/// Mean and sample standard deviation of `values`; the deviation is 0 of one value, and all is `None` of none.
pub fn mean_and_deviation(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = if values.len() > 1 { (squares / (count - 1.0)).sqrt() } else { 0.0 };
    (!values.is_empty()).then_some((mean, deviation))
}

/// The exponents of the runs that reached the end of the window.
pub fn exponents(runs: &[Decay]) -> Vec<f64> {
    runs.iter().filter_map(|run| run.exponent).collect()
}

impl Evaluator<'_> {
    /// Fits the exponents. Runs start as [`super::Plan::exponent_recipe`] says.
    ///
    /// # Errors
    /// When an initial field cannot be made or an evolution fails.
    pub fn exponents(&self, watch: &mut Watch) -> Result<Exponents, EvaluationError> {
        let plan = self.plan;
        let mut found = Exponents::default();
        for run in 0..plan.exponent.runs {
            let Some(start) = self.field(move |plan| plan.exponent_start(run), watch)? else { break };
            let mut flow = self.decay(self.network(self.model, &start)?, &mut found.network, watch)?;
            if flow.is_continue() && run < plan.exponent.solver_runs {
                flow = self.decay(self.solver(&start)?, &mut found.solver, watch)?;
            }
            if flow.is_break() {
                break;
            }
        }
        Ok(found)
    }

    /// Appends one run to `runs`.
    fn decay(
        &self,
        mut evolution: Box<dyn Evolution>,
        runs: &mut Vec<Decay>,
        watch: &mut Watch,
    ) -> Result<ControlFlow<()>, EvaluationError> {
        let plan = self.plan;
        let (mut energies, mut diverged, mut flow) = (Vec::new(), false, ControlFlow::Continue(()));
        for frame in 1..=plan.exponent.frames() {
            if !is_made(evolution.advance(), watch)? {
                flow = ControlFlow::Break(());
                break;
            }
            let Some(field) = finite_field(&mut *evolution)? else {
                diverged = true;
                break;
            };
            energies.push((frame as f64 * plan.equation.frame_time(), self.coarse_energy(&field)?));
            flow = watch(work(plan.exponent.grid));
            if flow.is_break() {
                break;
            }
        }
        let whole = energies.len() == plan.exponent.frames();
        let exponent = if whole { fit(&energies, plan.exponent.window, plan.equation.frame_time()) } else { None };
        if diverged || !energies.is_empty() {
            runs.push(Decay { energies, exponent, diverged });
        }
        Ok(flow)
    }
}

/// The exponent of points (t, F) whose frame lies in `window`.
pub fn fit(energies: &[(f64, f64)], window: Span, frame_time: f64) -> Option<f64> {
    // Times are multiples of the frame time but for rounding.
    let [from, to] = [(window.from - 0.5) * frame_time, (window.to + 0.5) * frame_time];
    let (times, values): (Vec<_>, Vec<_>) = energies.iter().copied().unzip();
    fit_power_law(&times, &values, from..=to).map(|law| law.exponent)
}
