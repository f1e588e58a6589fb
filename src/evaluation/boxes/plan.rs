//! How many boxes of noise, and of which size.

use crate::{
    evaluation::work::work,
    grid::Shape,
    settings::{
        SettingError,
        evaluation::{BOX, BOXES_FRAMES, BOXES_RUNS, LARGE_BOX, LARGE_FRAMES, LARGE_RUNS},
    },
};
use serde::{Deserialize, Serialize};

/// Boxes of noise.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoxesPlan {
    /// Boxes of noise: the solver's grid
    #[arg(id = "boxes-grid", long = "grid", value_name = "N|NXxNYxNZ")]
    pub grid: Shape,
    /// See [`BOXES_RUNS`].
    #[arg(
        id = "boxes-runs",
        long = "runs",
        value_name = "K",
        help = BOXES_RUNS.about(),
        value_parser = BOXES_RUNS.parser()
    )]
    pub runs: usize,
    /// See [`BOXES_FRAMES`].
    #[arg(
        id = "boxes-frames",
        long = "frames",
        value_name = "K",
        help = BOXES_FRAMES.about(),
        value_parser = BOXES_FRAMES.parser()
    )]
    pub frames: usize,
}

impl Default for BoxesPlan {
    fn default() -> Self {
        Self { grid: BOX, runs: BOXES_RUNS.default, frames: BOXES_FRAMES.default }
    }
}

impl BoxesPlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(32), runs: 2, frames: 40 }
    }

    /// Checks every number.
    ///
    /// # Errors
    /// Names the one out of bounds.
    pub fn validate(&self) -> Result<(), SettingError> {
        BOXES_RUNS.check(self.runs)?;
        BOXES_FRAMES.check(self.frames).map(drop)
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
    /// Larger boxes: the solver's grid
    #[arg(id = "large-grid", long = "large-grid", value_name = "N|NXxNYxNZ")]
    pub grid: Shape,
    /// See [`LARGE_RUNS`].
    #[arg(
        id = "large-runs",
        long = "large-runs",
        value_name = "K",
        help = LARGE_RUNS.about(),
        value_parser = LARGE_RUNS.parser()
    )]
    pub runs: usize,
    /// See [`LARGE_FRAMES`].
    #[arg(
        id = "large-frames",
        long = "large-frames",
        value_name = "K",
        help = LARGE_FRAMES.about(),
        value_parser = LARGE_FRAMES.parser()
    )]
    pub frames: usize,
}

impl Default for LargePlan {
    fn default() -> Self {
        Self { grid: LARGE_BOX, runs: LARGE_RUNS.default, frames: LARGE_FRAMES.default }
    }
}

impl LargePlan {
    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(48), runs: 1, frames: 40 }
    }

    /// As [`BoxesPlan::validate`].
    ///
    /// # Errors
    /// As that.
    pub fn validate(&self) -> Result<(), SettingError> {
        LARGE_RUNS.check(self.runs)?;
        LARGE_FRAMES.check(self.frames).map(drop)
    }

    /// Work of the solver and the network.
    pub fn work(&self) -> usize {
        self.runs * self.frames * work(self.grid) * 2
    }
}
