//! A finished model against fresh runs of the solver, which no training has seen.

use super::{
    overrides::ConfigError,
    recipe::{DatasetConfig, Recipe},
    validation::{QUOTED_FRAMES, mean_square},
};
use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    field::Field,
    gpu::Engine,
    initial::InitialError,
    metrics::compare,
    network::{self, Model, NetworkError},
    solver::explicit::ExplicitSolver,
};
use serde::Serialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a model could not be evaluated.
#[derive(Debug, Error)]
pub enum EvaluationError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Initial(#[from] InitialError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// What a model is measured on.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Nodes per side of the solver's boxes.
    pub grid: usize,
    /// Runs compared with the solver.
    pub runs: usize,
    /// Frames of each, beyond the initial one.
    pub frames: usize,
    /// Runs of the network alone.
    pub long_runs: usize,
    /// Frames of each, beyond the initial one.
    pub long_frames: usize,
    /// Seed of the initial fields: other than that of any dataset trained on.
    pub seed: u64,
    /// Every how many nodes of the solver the network has one.
    pub coarsening: usize,
    /// The equation and the solver's step.
    pub equation: Parameters,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            grid: 64,
            runs: 16,
            frames: 49,
            long_runs: 4,
            long_frames: 2000,
            seed: 271_828,
            coarsening: 2,
            equation: Parameters::default(),
        }
    }
}

/// Errors at one frame on the network's grid, over all runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct FrameErrors {
    /// Frame, the initial one being 0.
    pub frame: usize,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// The same for the initial field taken as the prediction.
    pub persistence: f64,
    /// Mean displacement δ of the interface, grid units.
    pub displacement: f64,
    /// Mean |ΔF|/F.
    pub energy_error: f64,
}

/// Frame from which [`LongRun::largest_settled`] counts.
pub const SETTLED: usize = 10;

/// A run of the network alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LongRun {
    /// Largest |φ| at any node and frame after the initial one.
    pub largest: f64,
    /// Largest |φ| from frame [`SETTLED`] on, when nothing is left of the initial field's own extremes.
    pub largest_settled: f64,
    /// Largest |φ| at the last frame.
    pub largest_at_end: f64,
    /// How far the mean of φ moved.
    pub mean_drift: f64,
    /// Frames reached; fewer than asked for when values ceased to be finite.
    pub frames: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Errors frame by frame.
    pub frames: Vec<FrameErrors>,
    /// Mean squared error over all runs and all frames after the initial one.
    pub mse: f64,
    /// The same for persistence.
    pub persistence: f64,
    /// Runs of the network alone.
    pub long_runs: Vec<LongRun>,
}

/// Measures `model` by `plan`. `progress` hears of each frame done, of [`Plan::total`].
///
/// # Errors
/// When the plan is refused, or an evolution fails.
pub fn evaluate(
    model: &Model,
    plan: &Plan,
    engine: &Engine,
    progress: &mut dyn FnMut(usize),
) -> Result<Evaluation, EvaluationError> {
    let config = plan.initial_fields();
    config.validate()?;
    let mut frames: Vec<_> = (1..=plan.frames).map(|frame| FrameErrors { frame, ..FrameErrors::default() }).collect();
    let mut done = 0;
    for run in 0..plan.runs {
        let start = Recipe::draw(&config, run).initial_field(&config)?;
        let coarse = start.coarsened(plan.coarsening).map_err(EvolutionError::from)?;
        let mut solver = ExplicitSolver::new(&start, plan.equation)?;
        let mut network = network::evolve(engine, model, &coarse)?;
        for errors in &mut frames {
            solver.advance()?;
            network.advance()?;
            errors.add(&solver.field()?, &network.field()?, &coarse, plan)?;
            done += 1;
            progress(done);
        }
    }
    let squares = |of: fn(&FrameErrors) -> f64| frames.iter().map(of).sum::<f64>() / (plan.runs * plan.frames) as f64;
    let (mse, persistence) = (squares(|errors| errors.rmse), squares(|errors| errors.persistence));
    frames.iter_mut().for_each(|errors| errors.finish(plan.runs as f64));
    let mut long_runs = Vec::new();
    for run in 0..plan.long_runs {
        let start = Recipe::draw(&config, run).initial_field(&config)?;
        let start = start.coarsened(plan.coarsening).map_err(EvolutionError::from)?;
        long_runs.push(run_alone(model, &start, plan.long_frames, engine, &mut || {
            done += 1;
            progress(done);
        })?);
    }
    Ok(Evaluation { frames, mse, persistence, long_runs })
}

impl Evaluation {
    /// The figures that belong on a model's card, by name.
    pub fn summary(&self) -> BTreeMap<String, f64> {
        let quoted = self.frames.iter().filter(|errors| QUOTED_FRAMES.contains(&errors.frame));
        let mut summary: BTreeMap<_, _> = quoted
            .flat_map(|e| {
                let figures = [("rmse", e.rmse), ("displacement", e.displacement), ("energy_error", e.energy_error)];
                figures.map(|(name, value)| (format!("{name}_{}", e.frame), value))
            })
            .collect();
        summary.insert("mse".to_owned(), self.mse);
        summary.insert("mse_of_persistence".to_owned(), self.persistence);
        if let Some(largest) = self.long_runs.iter().map(|run| run.largest_settled).reduce(f64::max) {
            summary.insert(format!("largest_value_alone_from_{SETTLED}"), largest);
        }
        summary
    }
}

impl Plan {
    /// Frames that [`evaluate`] goes through.
    pub fn total(&self) -> usize {
        self.runs * self.frames + self.long_runs * self.long_frames
    }

    /// The distribution that the initial fields are drawn from: a dataset's, but from noise alone.
    fn initial_fields(&self) -> DatasetConfig {
        DatasetConfig {
            sequences: self.runs.max(self.long_runs),
            grids: vec![self.grid],
            coarsening: self.coarsening,
            seed: self.seed,
            late_share: 0.0,
            equation: self.equation,
            ..DatasetConfig::default()
        }
    }
}

impl FrameErrors {
    /// Adds the errors of one run: squares here, roots in [`FrameErrors::finish`].
    fn add(&mut self, solver: &Field, network: &Field, start: &Field, plan: &Plan) -> Result<(), EvaluationError> {
        let metrics = compare(solver, network, plan.equation.epsilon).map_err(EvolutionError::from)?;
        let sampled = solver.coarsened(plan.coarsening).map_err(EvolutionError::from)?;
        self.rmse += mean_square(network.values(), sampled.values());
        self.persistence += mean_square(start.values(), sampled.values());
        self.displacement += metrics.displacement_coarse;
        self.energy_error += metrics.energy_error;
        Ok(())
    }

    fn finish(&mut self, runs: f64) {
        self.rmse = (self.rmse / runs).sqrt();
        self.persistence = (self.persistence / runs).sqrt();
        self.displacement /= runs;
        self.energy_error /= runs;
    }
}

/// Runs the network by itself and watches its bounds.
fn run_alone(
    model: &Model,
    start: &Field,
    frames: usize,
    engine: &Engine,
    progress: &mut dyn FnMut(),
) -> Result<LongRun, EvaluationError> {
    let mut network = network::evolve(engine, model, start)?;
    let mut run = LongRun { largest: 0.0, largest_settled: 0.0, largest_at_end: 0.0, mean_drift: 0.0, frames: 0 };
    for frame in 1..=frames {
        network.advance()?;
        let field = match network.field() {
            Err(EvolutionError::NotFinite { .. } | EvolutionError::Field(_)) => return Ok(run),
            other => other?,
        };
        let (low, high) = field.range();
        run.largest_at_end = f64::from(high.max(-low));
        run.largest = run.largest.max(run.largest_at_end);
        if frame >= SETTLED {
            run.largest_settled = run.largest_settled.max(run.largest_at_end);
        }
        run.mean_drift = (field.mean() - start.mean()).abs();
        run.frames = frame;
        progress();
    }
    Ok(run)
}
