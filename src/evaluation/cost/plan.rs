//! What is timed.

use crate::{
    comparison::SolverCandidate,
    evaluation::{
        conventional::{adaptive, coarse_adaptive, coarse_explicit, coarse_spectral, spectral},
        work::work,
    },
    grid::Shape,
};
use serde::{Deserialize, Serialize};

/// Costs of a frame: against the size of the box, and against the error.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CostPlan {
    /// Cost: nodes per side of each box
    #[arg(id = "cost-grids", long = "cost-grids", value_delimiter = ',', value_name = "N,N,…")]
    pub grids: Vec<Shape>,
    /// Cost: frames of each, the first of which is not timed
    #[arg(id = "cost-frames", long = "cost-frames", value_name = "K")]
    pub frames: usize,
    /// Error against cost: nodes per side
    #[arg(id = "cost-front_grid", long = "front-grid", value_name = "N")]
    pub front_grid: Shape,
    /// Error against cost: frames at which both are taken
    #[arg(id = "cost-front_frames", long = "front-frames", value_delimiter = ',', value_name = "K,K,…")]
    pub front_frames: Vec<usize>,
}

impl Default for CostPlan {
    fn default() -> Self {
        Self {
            grids: [32, 48, 64, 96, 128].map(Shape::cube).to_vec(),
            frames: 6,
            front_grid: Shape::cube(64),
            front_frames: vec![10, 50, 100, 300, 1000],
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

/// Conventional solvers that are timed in boxes of every size, beside a network on every `coarsening`-th node with frames
/// of `frame_time`. Spectral steps are fractions of a frame: a tenth is 40 times the reference's step, and about as exact
/// as a network.
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
