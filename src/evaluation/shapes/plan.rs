//! The shapes that nobody trains on.

use crate::{
    evaluation::work::work,
    grid::Shape,
    initial::Initial,
    settings::{
        SettingError,
        evaluation::{BOX, SHAPES_FRAMES},
    },
};
use serde::{Deserialize, Serialize};

/// Bunny, where the program has it, and slice.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShapesPlan {
    /// Fields unlike the training data: the solver's grid
    #[arg(id = "shapes-grid", long = "shape-grid", value_name = "N|NXxNYxNZ")]
    pub grid: Shape,
    /// See [`SHAPES_FRAMES`].
    #[arg(
        id = "shapes-frames",
        long = "shape-frames",
        value_name = "K",
        help = SHAPES_FRAMES.about(),
        value_parser = SHAPES_FRAMES.parser()
    )]
    pub frames: usize,
}

impl Default for ShapesPlan {
    fn default() -> Self {
        Self { grid: BOX, frames: SHAPES_FRAMES.default }
    }
}

impl ShapesPlan {
    /// The fields, by name.
    pub const FIELDS: &[(&'static str, Initial)] = &[
        #[cfg(feature = "bunny")]
        ("bunny", Initial::Bunny),
        ("slice", Initial::Slice),
    ];

    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(32), frames: 20 }
    }

    /// Checks every number.
    ///
    /// # Errors
    /// Names the one out of bounds.
    pub fn validate(&self) -> Result<(), SettingError> {
        SHAPES_FRAMES.check(self.frames).map(drop)
    }

    /// Work of the solver and the network.
    pub fn work(&self) -> usize {
        Self::FIELDS.len() * self.frames * work(self.grid) * 2
    }
}
