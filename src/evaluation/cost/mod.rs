//! What a frame costs, and how exact it is: against the size of the box, and one against the other.

mod front;
pub mod page;
pub mod plan;
mod rows;

pub use front::{relative, undominated};
pub use rows::read_front;

use self::plan::{front, sizes};
use super::{EvaluationError, Evaluator, Watch, is_made, work::work};
use crate::{
    comparison::{Candidate, CandidateSpec, Comparison, SolverCandidate},
    grid::Shape,
};
use std::{ops::ControlFlow, time::Duration};

/// One evolution in one box, at one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// The reference's grid.
    pub grid: Shape,
    /// How the frames were computed.
    pub name: String,
    /// Whether by the model under test.
    pub is_network: bool,
    /// The frame.
    pub frame: usize,
    /// Wall-clock milliseconds per frame; not a number once the values ceased to be finite.
    pub milliseconds: f64,
    /// RMSE of φ at that frame against the reference, on the evolution's own nodes; infinite once the values ceased to
    /// be finite.
    pub rmse: f64,
}

/// All that was timed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Costs {
    /// In boxes of every size: the median over all frames but the first. The reference comes first in each box.
    pub sizes: Vec<Cost>,
    /// In one box at several frames: the mean over all frames so far.
    pub front: Vec<Cost>,
}

impl Evaluator<'_> {
    /// Times all in every box, one frame of each in turn.
    ///
    /// # Errors
    /// When an initial field cannot be made or an evolution fails.
    pub fn costs(&self, watch: &mut Watch) -> Result<Costs, EvaluationError> {
        let (plan, coarsening) = (&self.plan.cost, self.plan.coarsening);
        let frame_time = self.plan.equation.frame_time();
        let mut costs = Costs::default();
        for &grid in &plan.grids {
            let clocks = self.clock(grid, sizes(coarsening, frame_time), plan.frames, watch)?;
            if clocks.iter().any(|clock| clock.frames() < plan.frames) {
                return Ok(costs);
            }
            costs.sizes.extend(clocks.iter().filter_map(|clock| clock.cost(grid, plan.frames, Clock::median)));
        }
        let clocks = self.clock(plan.front_grid, front(coarsening, frame_time), plan.last_of_front(), watch)?;
        for clock in &clocks {
            let at = |&frame: &usize| clock.cost(plan.front_grid, frame, Clock::mean);
            costs.front.extend(plan.front_frames.iter().filter_map(at));
        }
        Ok(costs)
    }

    /// The reference, some solvers and the network side by side, from the first field of the boxes.
    fn clock(
        &self,
        grid: Shape,
        solvers: Vec<SolverCandidate>,
        frames: usize,
        watch: &mut Watch,
    ) -> Result<Vec<Clock>, EvaluationError> {
        let solvers = solvers.into_iter().map(CandidateSpec::Solver);
        let candidates: Vec<_> = solvers.chain([self.plan.network()]).collect();
        let mut clocks = vec![Clock::new(self.plan.reference().method.to_string(), false)];
        let Some(mut comparison) = self.comparison(move |plan| plan.start(grid, 0), &candidates, watch)? else {
            return Ok(clocks);
        };
        let clock = |candidate: &Candidate| Clock::new(candidate.name().to_owned(), candidate.spec().model().is_some());
        clocks.extend(comparison.candidates().iter().map(clock));
        for _ in 0..frames {
            if !is_made(comparison.advance(), watch)? {
                break;
            }
            read(&comparison, &mut clocks);
            if watch(work(grid) * clocks.len()) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(clocks)
    }
}

/// Notes the present frame of the reference and of each candidate.
fn read(comparison: &Comparison, clocks: &mut [Clock]) {
    let reference = (Some(comparison.reference().spent()), Some(0.0));
    let entries = comparison.candidates().iter().zip(&comparison.row().candidates);
    let candidates = entries.map(|(candidate, entry)| (candidate.spent(), entry.metrics.map(|metrics| metrics.rmse)));
    for (clock, (spent, rmse)) in clocks.iter_mut().zip([reference].into_iter().chain(candidates)) {
        clock.spent.push(spent.map_or(f64::NAN, |spent: Duration| spent.as_secs_f64() * 1e3));
        clock.errors.push(rmse.unwrap_or(f64::INFINITY));
    }
}

/// The time and the errors of one evolution.
struct Clock {
    name: String,
    is_network: bool,
    /// Milliseconds since the start at frames 0, 1, 2, …
    spent: Vec<f64>,
    /// RMSE at the same frames.
    errors: Vec<f64>,
}

impl Clock {
    fn new(name: String, is_network: bool) -> Self {
        Self { name, is_network, spent: vec![0.0], errors: vec![0.0] }
    }

    fn frames(&self) -> usize {
        self.spent.len() - 1
    }

    /// Its cost up to a frame, if it got there.
    fn cost(&self, grid: Shape, frame: usize, of: fn(&[f64]) -> f64) -> Option<Cost> {
        let (spent, &rmse) = (self.spent.get(..=frame)?, self.errors.get(frame)?);
        let (name, is_network) = (self.name.clone(), self.is_network);
        Some(Cost { grid, name, is_network, frame, milliseconds: of(spent), rmse })
    }

    /// The mean over all frames.
    fn mean(spent: &[f64]) -> f64 {
        spent.last().map_or(f64::NAN, |spent_in_all| spent_in_all / (spent.len() - 1) as f64)
    }

    /// The median over all frames but the first, which warms up: unlike the mean, it forgets the frame during which the
    /// machine was busy with something else.
    fn median(spent: &[f64]) -> f64 {
        let mut frames: Vec<_> = spent.windows(2).skip(1).map(|pair| pair[1] - pair[0]).collect();
        frames.sort_unstable_by(f64::total_cmp);
        let (below, above) = (frames[(frames.len() - 1) / 2], frames[frames.len() / 2]);
        (below + above) / 2.0
    }
}
