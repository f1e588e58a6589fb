//! How long a network is led.

use crate::{evaluation::work::work, grid::Shape, initial::Initial};
use serde::{Deserialize, Serialize};

/// Networks that follow the solver for some frames before they go alone.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LedPlan {
    /// Led networks: nodes per side
    #[arg(id = "led-grid", long = "led-grid", value_name = "N")]
    pub grid: Shape,
    /// Led networks: frames
    #[arg(id = "led-frames", long = "led-frames", value_name = "K")]
    pub frames: usize,
    /// Led networks: frames that each follows the solver before it goes alone
    #[arg(id = "led-leads", long = "led-leads", value_delimiter = ',', value_name = "K,K,…")]
    pub leads: Vec<usize>,
}

impl Default for LedPlan {
    fn default() -> Self {
        Self { grid: Shape::cube(64), frames: 50, leads: vec![0, 3, 5, 8] }
    }
}

impl LedPlan {
    /// The fields, by name: those that the networks lose their way on when they go alone from the start.
    pub const FIELDS: [(&'static str, Initial); 2] = [("slice", Initial::Slice), ("white-noise", Initial::WhiteNoise)];

    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(32), frames: 10, ..Self::default() }
    }

    /// Work of the solver and the networks.
    pub fn work(&self) -> usize {
        Self::FIELDS.len() * self.frames * work(self.grid) * (1 + self.leads.len())
    }
}
