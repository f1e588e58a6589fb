//! What is timed.

use crate::{
    comparison::SolverCandidate,
    evaluation::{
        conventional::{adaptive, coarse_adaptive, coarse_explicit, coarse_spectral, spectral},
        work::work,
    },
    grid::Shape,
    settings::{
        ConfigError,
        evaluation::{BOX, COST_BOXES, COST_FRAMES, FRONT_FRAME, FRONT_FRAMES},
    },
};
use serde::{Deserialize, Serialize};

/// Costs of a frame: against the size of the box, and against the error.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CostPlan {
    /// Cost: the solver's grids, one for each box
    #[arg(id = "cost-grids", long = "cost-grids", value_delimiter = ',', value_name = "N|NXxNYxNZ,…")]
    pub grids: Vec<Shape>,
    /// See [`COST_FRAMES`].
    #[arg(
        id = "cost-frames",
        long = "cost-frames",
        value_name = "K",
        help = COST_FRAMES.about(),
        value_parser = COST_FRAMES.parser()
    )]
    pub frames: usize,
    /// Error against cost: the solver's grid
    #[arg(id = "cost-front_grid", long = "front-grid", value_name = "N|NXxNYxNZ")]
    pub front_grid: Shape,
    /// See [`FRONT_FRAME`].
    #[arg(
        id = "cost-front_frames",
        long = "front-frames",
        value_delimiter = ',',
        value_name = "K,K,…",
        help = FRONT_FRAME.about(),
        value_parser = FRONT_FRAME.parser()
    )]
    pub front_frames: Vec<usize>,
}

impl Default for CostPlan {
    fn default() -> Self {
        Self {
            grids: COST_BOXES.to_vec(),
            frames: COST_FRAMES.default,
            front_grid: BOX,
            front_frames: FRONT_FRAMES.to_vec(),
        }
    }
}

impl CostPlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self {
            grids: [16, 24, 32].map(Shape::cube).to_vec(),
            frames: 3,
            front_grid: Shape::cube(32),
            front_frames: vec![5, 10, 20],
        }
    }

    /// Checks every value.
    ///
    /// # Errors
    /// Names the value that is refused, and says why.
    pub fn validate(&self) -> Result<(), ConfigError> {
        COST_FRAMES.check(self.frames)?;
        if self.front_frames.is_empty() {
            return Err(ConfigError::value("front-frames", "must name at least one frame", "empty"));
        }
        self.front_frames.iter().try_for_each(|&frame| FRONT_FRAME.check(frame).map(drop))?;
        Ok(())
    }

    /// Frames of the run on which errors are set against costs.
    pub fn last_of_front(&self) -> usize {
        self.front_frames.iter().copied().max().unwrap_or(0)
    }

    /// Work of all that is timed.
    pub fn work(&self) -> usize {
        let [of_sizes, of_front] = [sizes(1, 1.0).len(), front(1, 1.0).len()].map(|solvers| 2 + solvers);
        let nodes: usize = self.grids.iter().map(|&grid| work(grid)).sum();
        of_sizes * self.frames * nodes + of_front * self.last_of_front() * work(self.front_grid)
    }
}

/// Conventional solvers that are timed in boxes of every size, beside a network on every `coarsening`-th node with
/// frames of `frame_time`. Spectral steps are fractions of a frame: a tenth is 40 times the reference's step, and about
/// as exact as a network.
pub fn sizes(coarsening: usize, frame_time: f64) -> Vec<SolverCandidate> {
    vec![
        spectral(frame_time / 10.0),
        spectral(frame_time / 40.0),
        coarse_explicit(coarsening),
        coarse_spectral(coarsening, frame_time / 10.0),
    ]
}

/// Conventional solvers whose errors are set against their costs.
pub fn front(coarsening: usize, frame_time: f64) -> Vec<SolverCandidate> {
    vec![
        spectral(frame_time / 4.0),
        spectral(frame_time / 10.0),
        spectral(frame_time / 40.0),
        coarse_explicit(coarsening),
        coarse_spectral(coarsening, frame_time / 4.0),
        coarse_spectral(coarsening, frame_time / 10.0),
        coarse_spectral(coarsening, frame_time / 40.0),
        adaptive(1e-3),
        adaptive(1e-2),
        adaptive(3e-2),
        coarse_adaptive(coarsening, 1e-2),
    ]
}
