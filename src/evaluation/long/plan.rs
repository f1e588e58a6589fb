//! How long the long runs are.

use crate::{
    evaluation::work::work,
    grid::Shape,
    settings::{
        SettingError,
        evaluation::{BOX, LONG_FRAMES, LONG_RUNS, LONG_SOLVER_RUNS},
    },
};
use serde::{Deserialize, Serialize};

/// Frames before the end of a long run with which its end is compared.
pub const LAG: usize = 100;

/// Long runs of networks and solver, each alone.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LongPlan {
    /// Long runs: the solver's grid
    #[arg(id = "long-grid", long = "long-grid", value_name = "N|NXxNYxNZ")]
    pub grid: Shape,
    /// See [`LONG_RUNS`].
    #[arg(
        id = "long-runs",
        long = "long-runs",
        value_name = "K",
        help = LONG_RUNS.about(),
        value_parser = LONG_RUNS.parser()
    )]
    pub runs: usize,
    /// See [`LONG_FRAMES`].
    #[arg(
        id = "long-frames",
        long = "long-frames",
        value_name = "K",
        help = LONG_FRAMES.about(),
        value_parser = LONG_FRAMES.parser()
    )]
    pub frames: usize,
    /// See [`LONG_SOLVER_RUNS`].
    #[arg(
        id = "long-solver_runs",
        long = "long-solver-runs",
        value_name = "K",
        help = LONG_SOLVER_RUNS.about(),
        value_parser = LONG_SOLVER_RUNS.parser()
    )]
    pub solver_runs: usize,
}

impl Default for LongPlan {
    fn default() -> Self {
        Self { grid: BOX, runs: LONG_RUNS.default, frames: LONG_FRAMES.default, solver_runs: LONG_SOLVER_RUNS.default }
    }
}

impl LongPlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(32), runs: 2, frames: 300, solver_runs: 1 }
    }

    /// Checks every number.
    ///
    /// # Errors
    /// Names the one out of bounds.
    pub fn validate(&self) -> Result<(), SettingError> {
        LONG_RUNS.check(self.runs)?;
        LONG_FRAMES.check(self.frames)?;
        LONG_SOLVER_RUNS.check(self.solver_runs).map(drop)
    }

    /// Frames over which the change at the end is measured.
    pub fn lag(&self) -> usize {
        LAG.min(self.frames)
    }

    /// Frames of the solver that takes over from the network at the end.
    pub fn frames_after_handover(&self) -> usize {
        2 * self.lag()
    }

    /// Runs that the solver makes.
    pub fn runs_of_solver(&self) -> usize {
        self.solver_runs.min(self.runs)
    }

    /// Work of `networks` networks and the solver.
    pub fn work(&self, networks: usize) -> usize {
        let of_networks = self.runs * (self.frames + self.frames_after_handover()) * networks;
        (of_networks + self.runs_of_solver() * self.frames) * work(self.grid)
    }
}
