//! Where exponents are fitted.

use crate::{evaluation::work::work, grid::Shape, settings::Span};
use serde::{Deserialize, Serialize};

/// Runs whose exponent is fitted.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExponentPlan {
    /// Exponent: nodes per side
    #[arg(id = "exponent-grid", long = "exponent-grid", value_name = "N")]
    pub grid: Shape,
    /// Exponent: runs of the network
    #[arg(id = "exponent-runs", long = "exponent-runs", value_name = "K")]
    pub runs: usize,
    /// Exponent: how many of these the solver makes too
    #[arg(id = "exponent-solver_runs", long = "exponent-solver-runs", value_name = "K")]
    pub solver_runs: usize,
    /// Exponent: correlation length of the initial noise, grid units
    #[arg(id = "exponent-correlation", long = "exponent-correlation", value_name = "LENGTH")]
    pub correlation: f64,
    /// Exponent: first and last frame of the fit
    #[arg(id = "exponent-window", long = "exponent-window", value_name = "FROM..TO")]
    pub window: Span,
}

impl Default for ExponentPlan {
    fn default() -> Self {
        Self { grid: Shape::cube(128), runs: 10, solver_runs: 2, correlation: 4.0, window: Span::new(100.0, 1000.0) }
    }
}

impl ExponentPlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(48), runs: 3, solver_runs: 1, window: Span::new(10.0, 60.0), ..Self::default() }
    }

    /// Frames of a run.
    pub fn frames(&self) -> usize {
        self.window.to as usize
    }

    /// Work of the network and the solver.
    pub fn work(&self) -> usize {
        (self.runs + self.solver_runs.min(self.runs)) * self.frames() * work(self.grid)
    }
}
