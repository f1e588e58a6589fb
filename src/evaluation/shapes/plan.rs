//! The shapes that nobody trains on.

use crate::{evaluation::work::work, grid::Shape, initial::Initial};
use serde::{Deserialize, Serialize};

/// Bunny and slice.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShapesPlan {
    /// Bunny and slice: nodes per side
    #[arg(id = "shapes-grid", long = "shape-grid", value_name = "N")]
    pub grid: Shape,
    /// Bunny and slice: frames
    #[arg(id = "shapes-frames", long = "shape-frames", value_name = "K")]
    pub frames: usize,
}

impl Default for ShapesPlan {
    fn default() -> Self {
        Self { grid: Shape::cube(64), frames: 100 }
    }
}

impl ShapesPlan {
    /// The fields, by name.
    pub const FIELDS: [(&'static str, Initial); 2] = [("bunny", Initial::Bunny), ("slice", Initial::Slice)];

    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(32), frames: 20 }
    }

    /// Work of the solver and the network.
    pub fn work(&self) -> usize {
        Self::FIELDS.len() * self.frames * work(self.grid) * 2
    }
}
