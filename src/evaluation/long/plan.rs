//! How long the long runs are.

use crate::{evaluation::work::work, grid::Shape};
use serde::{Deserialize, Serialize};

/// Frames before the end of a long run with which its end is compared.
pub const LAG: usize = 100;

/// Long runs of networks and solver, each alone.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LongPlan {
    /// Long runs: nodes per side
    #[arg(id = "long-grid", long = "long-grid", value_name = "N")]
    pub grid: Shape,
    /// Long runs: how many of the network
    #[arg(id = "long-runs", long = "long-runs", value_name = "K")]
    pub runs: usize,
    /// Long runs: frames of each
    #[arg(id = "long-frames", long = "long-frames", value_name = "K")]
    pub frames: usize,
    /// Long runs: how many of these the solver makes too
    #[arg(id = "long-solver_runs", long = "long-solver-runs", value_name = "K")]
    pub solver_runs: usize,
}

impl Default for LongPlan {
    fn default() -> Self {
        Self { grid: Shape::cube(64), runs: 4, frames: 10_000, solver_runs: 4 }
    }
}

impl LongPlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(32), runs: 2, frames: 300, solver_runs: 1 }
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
