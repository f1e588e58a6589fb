//! Which solver, and how it steps.

use super::{
    adaptive::AdaptiveSolver,
    explicit::{cpu::ExplicitSolver, gpu::GpuExplicitSolver},
    spectral::SpectralSolver,
};
use crate::{
    equation::{ParameterError, Parameters},
    evolution::{Evolution, EvolutionError, Standby},
    field::Field,
    fourier::Symbol,
    gpu::Engine,
    grid::Grid,
    settings::TOLERANCE,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Explicit forward Euler, the paper's reference; runs on either engine.
    #[default]
    Explicit,
    /// Semi-implicit Fourier (Chen & Shen 1998) with equal steps, stable at larger ones; runs on the CPU.
    Spectral,
    /// Semi-implicit Fourier with steps that keep to a tolerance: the best conventional solver here; runs on the CPU.
    Adaptive,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Explicit => "explicit",
            Self::Spectral => "spectral",
            Self::Adaptive => "adaptive",
        })
    }
}

/// All that is needed to start a solver from a field.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SolverSpec {
    /// The scheme.
    pub method: Method,
    /// Equation and steps. Of the steps only the length of a frame matters to the adaptive scheme.
    pub parameters: Parameters,
    /// RMS error that the adaptive scheme allows a step, relative to the RMS of φ.
    pub tolerance: f64,
    /// What Fourier schemes take for −∇².
    pub symbol: Symbol,
}

impl Method {
    /// Bytes per node that a run takes with fields on their way, in round figures measured as the peak of `simulate` on
    /// 160³ nodes.
    pub fn bytes_per_node(self) -> u64 {
        match self {
            Self::Explicit => 44,
            Self::Spectral => 68,
            Self::Adaptive => 88,
        }
    }
}

impl Default for SolverSpec {
    fn default() -> Self {
        Self {
            method: Method::default(),
            parameters: Parameters::default(),
            tolerance: TOLERANCE.default,
            symbol: Symbol::default(),
        }
    }
}

impl SolverSpec {
    /// Checks the parameters for fields on `grid`.
    ///
    /// # Errors
    /// Names the value that is refused, or the stability limit.
    pub fn validate(&self, grid: &Grid) -> Result<(), ParameterError> {
        match self.method {
            Method::Explicit => self.parameters.validate_explicit(grid),
            Method::Spectral => self.parameters.validate(),
            Method::Adaptive => {
                TOLERANCE.check(self.tolerance)?;
                self.parameters.validate()
            }
        }
    }

    /// Starts the solver from `field`, on its nodes.
    ///
    /// # Errors
    /// When the parameters are refused or the device fails.
    pub fn start(&self, engine: &Engine, field: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
        Ok(match (self.method, engine) {
            (Method::Spectral, _) => Box::new(SpectralSolver::new(field, self.parameters, self.symbol)?),
            (Method::Adaptive, _) => {
                Box::new(AdaptiveSolver::new(field, self.parameters, self.tolerance, self.symbol)?)
            }
            (Method::Explicit, Engine::Cpu) => Box::new(ExplicitSolver::new(field, self.parameters)?),
            (Method::Explicit, Engine::Gpu(gpu)) => {
                let parameters = self.parameters;
                let solver = Box::new(GpuExplicitSolver::new(gpu, field, parameters)?);
                let start = move |field: &Field| Ok(Box::new(ExplicitSolver::new(field, parameters)?) as Box<_>);
                Box::new(Standby::new(solver, field, start))
            }
        })
    }

    /// Whether it runs on the graphics device where there is one.
    pub fn uses_device(&self) -> bool {
        self.method == Method::Explicit
    }
}
