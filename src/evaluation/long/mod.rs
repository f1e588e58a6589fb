//! Long runs of networks and solver, each alone: do they stay bounded, lose energy, keep their mean, and come to rest?

pub mod page;
pub mod plan;

use super::{EvaluationError, Evaluator, Watch, finite_field, is_made, work::work};
use crate::{
    evolution::Evolution,
    field::Field,
    metrics::morphology::Morphology,
    network::Model,
    surface::{
        Caps, extract,
        measures::{area, periodic_euler_number},
    },
};
use serde::Serialize;
use std::{cell::Cell, ops::ControlFlow};

/// Frame after which |φ| must be bounded: by then, nothing is left of the extremes of the initial field.
pub const SETTLED: usize = 10;

/// Frame after which F must not rise.
pub const MONOTONE: usize = 20;

/// The field of a run at one frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Moment {
    /// Frame, the initial one being 0.
    pub frame: usize,
    /// F/V on the network's grid.
    pub energy: f64,
    /// Largest |φ| of all nodes of its own grid.
    pub largest: f64,
    /// How far the mean of φ on its own grid is from that of the initial field.
    pub mean_drift: f64,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct EndState {
    /// The last field, on the network's grid.
    pub field: Field,
    /// Largest |φ(end) − φ(end − lag)|; `None` when the run was interrupted.
    pub change: Option<f64>,
    /// The same of the solver, which takes over at the end and first settles on its own grid for as many frames: how
    /// much such a structure really changes. `None` when the run was interrupted, or is the solver's own.
    pub change_by_solver: Option<f64>,
    /// Euler number of the surface φ = 0 in periodic space.
    pub euler: i64,
    /// Area of the surface φ = 0 in square grid units of the solver.
    pub area: f64,
    /// What it looks like.
    pub morphology: Morphology,
}

/// A run of one evolution alone.
#[derive(Debug, Clone, PartialEq)]
pub struct LongRun {
    /// All frames, the initial one included; they end where values cease to be finite.
    pub moments: Vec<Moment>,
    /// The last of them.
    pub end: EndState,
    /// Whether values ceased to be finite.
    pub diverged: bool,
}

/// Long runs from the same fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LongRuns {
    /// Of the model.
    pub network: Vec<LongRun>,
    /// Of the reference solver, from the first of the fields.
    pub solver: Vec<LongRun>,
    /// Of the second model.
    pub ablation: Vec<LongRun>,
}

impl Evaluator<'_> {
    /// Runs of the model, then of the solver, then of the ablation if there is one.
    ///
    /// # Errors
    /// When an initial field cannot be made or an evolution fails.
    pub fn long(&self, watch: &mut Watch) -> Result<LongRuns, EvaluationError> {
        let interrupted = Cell::new(false);
        let mut watch = |done| {
            let flow = watch(done);
            interrupted.set(interrupted.get() || flow.is_break());
            flow
        };
        let mut found = LongRuns { network: self.long_runs(self.model, &mut watch)?, ..LongRuns::default() };
        if !interrupted.get() {
            found.solver = self.long_runs_of_solver(&mut watch)?;
        }
        if let Some(model) = self.ablation.filter(|_| !interrupted.get()) {
            found.ablation = self.long_runs(model, &mut watch)?;
        }
        Ok(found)
    }

    /// Runs of `model` alone, from the fields of the boxes.
    ///
    /// # Errors
    /// As [`Evaluator::long`].
    pub fn long_runs(&self, model: &Model, watch: &mut Watch) -> Result<Vec<LongRun>, EvaluationError> {
        let mut runs = Vec::new();
        for run in 0..self.plan.long.runs {
            let Some(start) = self.field(move |plan| plan.start(plan.long.grid, run), watch)? else { break };
            let mut run = self.run_alone(&mut *self.network(model, &start)?, watch)?;
            if run.end.change.is_some() {
                run.end.change_by_solver = self.change_by_solver(&run.end.field, watch)?;
            }
            let whole = run.diverged || run.end.change_by_solver.is_some();
            runs.extend((run.diverged || run.frames() > 0).then_some(run));
            if !whole {
                break;
            }
        }
        Ok(runs)
    }

    /// Runs of the reference solver, from the first of these fields.
    ///
    /// # Errors
    /// As [`Evaluator::long`].
    pub fn long_runs_of_solver(&self, watch: &mut Watch) -> Result<Vec<LongRun>, EvaluationError> {
        let mut runs = Vec::new();
        for run in 0..self.plan.long.runs_of_solver() {
            let Some(start) = self.field(move |plan| plan.start(plan.long.grid, run), watch)? else { break };
            let run = self.run_alone(&mut *self.solver(&start)?, watch)?;
            let whole = run.diverged || run.end.change.is_some();
            runs.extend((run.diverged || run.frames() > 0).then_some(run));
            if !whole {
                break;
            }
        }
        Ok(runs)
    }

    fn run_alone(&self, evolution: &mut dyn Evolution, watch: &mut Watch) -> Result<LongRun, EvaluationError> {
        let (frames, lag) = (self.plan.long.frames, self.plan.long.lag());
        let start = evolution.field()?;
        let (mut field, mut earlier) = (start.clone(), start.clone());
        let mut moments = vec![self.moment(0, &field, start.mean())?];
        let mut diverged = false;
        for frame in 1..=frames {
            if !is_made(evolution.advance(), watch)? {
                break;
            }
            let Some(next) = finite_field(evolution)? else {
                diverged = true;
                break;
            };
            field = next;
            moments.push(self.moment(frame, &field, start.mean())?);
            if frame + lag == frames {
                earlier = field.clone();
            }
            if watch(work(self.plan.long.grid)) == ControlFlow::Break(()) {
                break;
            }
        }
        let [field, earlier] = [&field, &earlier].map(|field| self.on_network_grid(field));
        let (field, earlier) = (field?.into_owned(), earlier?);
        let change = (moments.len() > frames).then(|| largest_difference(&field, &earlier));
        Ok(LongRun { moments, end: self.end_state(field, change), diverged })
    }

    /// `None` when the watch interrupts it.
    fn change_by_solver(&self, end: &Field, watch: &mut Watch) -> Result<Option<f64>, EvaluationError> {
        let mut solver = self.solver(&end.refined(self.plan.coarsening))?;
        let mut settled = None;
        for frame in 1..=self.plan.long.frames_after_handover() {
            if !is_made(solver.advance(), watch)? {
                return Ok(None);
            }
            if frame == self.plan.long.lag() {
                settled = finite_field(&mut *solver)?;
            }
            if watch(work(self.plan.long.grid)) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        let [Some(settled), Some(last)] = [settled, finite_field(&mut *solver)?] else {
            return Ok(Some(f64::INFINITY));
        };
        let [settled, last] = [settled, last].map(|field| field.coarsened(self.plan.coarsening));
        Ok(Some(largest_difference(&last?, &settled?)))
    }

    fn moment(&self, frame: usize, field: &Field, start_mean: f64) -> Result<Moment, EvaluationError> {
        Ok(Moment {
            frame,
            energy: self.coarse_energy(field)?,
            largest: field.largest(),
            mean_drift: (field.mean() - start_mean).abs(),
        })
    }

    fn end_state(&self, field: Field, change: Option<f64>) -> EndState {
        let surface = extract(&field, 0.0, Caps::Open);
        EndState {
            change,
            change_by_solver: None,
            euler: periodic_euler_number(&surface, &field.grid()),
            area: area(&surface),
            morphology: Morphology::of(&field),
            field,
        }
    }
}

impl LongRun {
    /// Frames reached.
    pub fn frames(&self) -> usize {
        self.moments.len() - 1
    }

    /// Largest |φ| after frame [`SETTLED`]; `None` of a shorter run.
    pub fn largest_settled(&self) -> Option<f64> {
        self.moments.iter().skip(SETTLED + 1).map(|moment| moment.largest).reduce(f64::max)
    }

    /// Largest rise of F from a frame to the next after frame [`MONOTONE`], as a share of F; 0 when it never rises.
    pub fn largest_rise(&self) -> Option<f64> {
        let pairs = self.moments.windows(2).skip(MONOTONE);
        pairs.map(|pair| (pair[1].energy / pair[0].energy - 1.0).max(0.0)).reduce(f64::max)
    }

    /// Largest distance of the mean of φ from that of the initial field.
    pub fn mean_drift(&self) -> f64 {
        self.moments.iter().map(|moment| moment.mean_drift).fold(0.0, f64::max)
    }

    /// The larger of the change at the end and that by the solver: a run has come to rest when neither changes
    /// anything; a network that merely stands still has not. `None` when the run was interrupted.
    pub fn restlessness(&self) -> Option<f64> {
        Some(self.end.change?.max(self.end.change_by_solver?))
    }

    /// F/V at the end.
    pub fn energy(&self) -> f64 {
        self.moments.last().map_or(f64::NAN, |moment| moment.energy)
    }
}

fn largest_difference(a: &Field, b: &Field) -> f64 {
    a.values().iter().zip(b.values()).map(|(&a, &b)| f64::from((a - b).abs())).fold(0.0, f64::max)
}
