//! Where exponents are fitted.

use crate::{
    evaluation::work::work,
    grid::Shape,
    settings::{
        ConfigError, Span,
        evaluation::{EXPONENT_CORRELATION, EXPONENT_RUNS, EXPONENT_SOLVER_RUNS, EXPONENT_WINDOW, LARGE_BOX},
    },
};
use serde::{Deserialize, Serialize};

/// Runs whose exponent is fitted.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExponentPlan {
    /// Exponent: the solver's grid
    #[arg(id = "exponent-grid", long = "exponent-grid", value_name = "N|NXxNYxNZ")]
    pub grid: Shape,
    /// See [`EXPONENT_RUNS`].
    #[arg(
        id = "exponent-runs",
        long = "exponent-runs",
        value_name = "K",
        help = EXPONENT_RUNS.about(),
        value_parser = EXPONENT_RUNS.parser()
    )]
    pub runs: usize,
    /// See [`EXPONENT_SOLVER_RUNS`].
    #[arg(
        id = "exponent-solver_runs",
        long = "exponent-solver-runs",
        value_name = "K",
        help = EXPONENT_SOLVER_RUNS.about(),
        value_parser = EXPONENT_SOLVER_RUNS.parser()
    )]
    pub solver_runs: usize,
    /// See [`EXPONENT_CORRELATION`].
    #[arg(
        id = "exponent-correlation",
        long = "exponent-correlation",
        value_name = "LENGTH",
        help = EXPONENT_CORRELATION.about(),
        value_parser = EXPONENT_CORRELATION.parser()
    )]
    pub correlation: f64,
    /// See [`EXPONENT_WINDOW`].
    #[arg(
        id = "exponent-window",
        long = "exponent-window",
        value_name = "FROM..TO",
        help = EXPONENT_WINDOW.about(),
        value_parser = EXPONENT_WINDOW.parser()
    )]
    pub window: Span,
}

impl Default for ExponentPlan {
    fn default() -> Self {
        Self {
            grid: LARGE_BOX,
            runs: EXPONENT_RUNS.default,
            solver_runs: EXPONENT_SOLVER_RUNS.default,
            correlation: EXPONENT_CORRELATION.default,
            window: EXPONENT_WINDOW.default,
        }
    }
}

impl ExponentPlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(48), runs: 3, solver_runs: 1, window: Span::new(10.0, 60.0), ..Self::default() }
    }

    /// Checks every value.
    ///
    /// # Errors
    /// Names the value that is refused, and says why.
    pub fn validate(&self) -> Result<(), ConfigError> {
        EXPONENT_RUNS.check(self.runs)?;
        EXPONENT_SOLVER_RUNS.check(self.solver_runs)?;
        EXPONENT_CORRELATION.check(self.correlation)?;
        let window = EXPONENT_WINDOW.check(self.window)?;
        if window.to < window.from + 2.0 {
            return Err(ConfigError::value("exponent-window", "must end at least 2 frames after it begins", window));
        }
        Ok(())
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
