//! What a frame costs, and how exact it is, against the size of the box.

use super::{EvaluationError, Evaluator, Watch, finite_field, plan::work};
use crate::{
    evolution::{Evolution, EvolutionError},
    field::Field,
    fourier::Symbol,
    grid::Shape,
    metrics::compare,
    network,
    solver::spectral::SpectralSolver,
};
use serde::Serialize;
use std::{fmt, ops::ControlFlow, time::Instant};

/// Steps per frame at which the spectral solver is timed: 10 is 40 times the step of the explicit one, and about as exact
/// as a network.
const SPECTRAL_STEPS: [usize; 2] = [10, 40];

/// Ways to compute a frame that are timed.
pub const METHODS: usize = 4 + SPECTRAL_STEPS.len();

/// A way to compute a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The reference solver.
    Explicit,
    /// The semi-implicit Fourier solver, on the CPU, with so many steps per frame.
    Spectral { steps: usize },
    /// The explicit solver on the network's grid.
    Coarse,
    /// The spectral solver on the network's grid, on the CPU.
    CoarseSpectral,
    /// The model.
    Network,
}

impl Method {
    /// All that are timed, the reference first.
    pub fn all() -> impl Iterator<Item = Self> {
        let spectral = SPECTRAL_STEPS.map(|steps| Self::Spectral { steps });
        [Self::Explicit].into_iter().chain(spectral).chain([Self::Coarse, Self::CoarseSpectral, Self::Network])
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit => f.write_str("explicit solver"),
            Self::Spectral { steps } => write!(f, "spectral solver, {steps} steps a frame"),
            Self::Coarse => f.write_str("coarse solver"),
            Self::CoarseSpectral => f.write_str("coarse spectral"),
            Self::Network => f.write_str("network"),
        }
    }
}

/// One way on one box.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// The solver's grid.
    pub grid: Shape,
    /// How the frames were computed.
    pub method: Method,
    /// Wall-clock milliseconds per frame, its field read back: the median over all frames but the first.
    pub milliseconds: f64,
    /// RMSE of φ after the last frame against the explicit solver, on the network's grid.
    pub rmse: f64,
}

impl Evaluator<'_> {
    /// Times every way on every box, one after the other.
    ///
    /// # Errors
    /// When an initial field cannot be made or an evolution fails.
    pub fn costs(&self, watch: &mut Watch) -> Result<Vec<Cost>, EvaluationError> {
        let mut costs = Vec::new();
        for &grid in &self.plan.cost_grids {
            let start = self.plan.start(grid, 0)?;
            let mut truth = None;
            for method in Method::all() {
                let (milliseconds, end) = self.time(self.method(method, &start)?)?;
                let truth: &Field = match &truth {
                    Some(truth) => truth,
                    None => {
                        truth.insert(end.clone().ok_or(EvolutionError::NotFinite { frame: self.plan.cost_frames })?)
                    }
                };
                let rmse = end.map_or(Ok(f64::INFINITY), |end| self.distance(truth, &end))?;
                costs.push(Cost { grid, method, milliseconds, rmse });
                if watch(work(grid) * self.plan.cost_frames) == ControlFlow::Break(()) {
                    return Ok(costs);
                }
            }
        }
        Ok(costs)
    }

    fn method(&self, method: Method, start: &Field) -> Result<Box<dyn Evolution>, EvaluationError> {
        let coarse = || network::start(start, self.plan.coarsening);
        Ok(match method {
            Method::Explicit => self.solver(start)?,
            Method::Spectral { steps } => {
                let parameters = self.plan.equation.in_steps(steps);
                Box::new(SpectralSolver::new(start, parameters, Symbol::Difference)?)
            }
            Method::Coarse => self.coarse_solver(&coarse()?)?,
            Method::CoarseSpectral => self.coarse_spectral(&coarse()?)?,
            Method::Network => network::evolve(self.engine, self.model, &coarse()?)?,
        })
    }

    /// Milliseconds per frame, the median over all but the first, and the last field, if it is finite.
    fn time(&self, mut evolution: Box<dyn Evolution>) -> Result<(f64, Option<Field>), EvolutionError> {
        let (mut times, mut field) = (Vec::new(), None);
        for _ in 0..self.plan.cost_frames {
            let start = Instant::now();
            evolution.advance()?;
            field = finite_field(&mut *evolution)?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        Ok((median(&mut times[1..]), field))
    }

    /// RMSE on the network's grid of two fields that live on it or on the solver's.
    fn distance(&self, truth: &Field, field: &Field) -> Result<f64, EvaluationError> {
        Ok(compare(truth, &*self.on_network_grid(field)?, &self.plan.equation.equation)?.rmse)
    }
}

/// The middle one of some numbers, or the mean of the two in the middle: unlike the mean of all, it forgets the
/// frame during which the machine was busy with something else.
fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let (below, above) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    (below + above) / 2.0
}
