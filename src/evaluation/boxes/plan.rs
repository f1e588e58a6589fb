//! How many boxes of noise, and of which size.

use crate::{evaluation::work::work, grid::Shape};
use serde::{Deserialize, Serialize};

/// Boxes of noise.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoxesPlan {
    /// Boxes of noise: nodes per side of the solver's grid
    #[arg(id = "boxes-grid", long = "grid", value_name = "N")]
    pub grid: Shape,
    /// Boxes of noise: runs, each from noise of its own
    #[arg(id = "boxes-runs", long = "runs", value_name = "K")]
    pub runs: usize,
    /// Boxes of noise: frames of each
    #[arg(id = "boxes-frames", long = "frames", value_name = "K")]
    pub frames: usize,
}

impl Default for BoxesPlan {
    fn default() -> Self {
        Self { grid: Shape::cube(64), runs: 16, frames: 300 }
    }
}

impl BoxesPlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(32), runs: 2, frames: 40 }
    }

    /// Work of the solver and `networks` networks.
    pub fn work(&self, networks: usize) -> usize {
        self.runs * self.frames * work(self.grid) * (1 + networks)
    }
}

/// The same in larger boxes.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LargePlan {
    /// Larger boxes: nodes per side
    #[arg(id = "large-grid", long = "large-grid", value_name = "N")]
    pub grid: Shape,
    /// Larger boxes: runs
    #[arg(id = "large-runs", long = "large-runs", value_name = "K")]
    pub runs: usize,
    /// Larger boxes: frames of each
    #[arg(id = "large-frames", long = "large-frames", value_name = "K")]
    pub frames: usize,
}

impl Default for LargePlan {
    fn default() -> Self {
        Self { grid: Shape::cube(128), runs: 3, frames: 300 }
    }
}

impl LargePlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(48), runs: 1, frames: 40 }
    }

    /// Work of the solver and the network.
    pub fn work(&self) -> usize {
        self.runs * self.frames * work(self.grid) * 2
    }
}
