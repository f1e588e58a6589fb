//! How long a network is led.

use crate::{
    evaluation::work::work,
    grid::Shape,
    initial::Initial,
    settings::{
        ConfigError,
        evaluation::{BOX, LED_FRAMES, LED_LEAD, LED_LEADS},
    },
};
use serde::{Deserialize, Serialize};

/// Networks that follow the solver for some frames before they run alone.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LedPlan {
    /// Led networks: the solver's grid
    #[arg(id = "led-grid", long = "led-grid", value_name = "N|NXxNYxNZ")]
    pub grid: Shape,
    /// See [`LED_FRAMES`].
    #[arg(
        id = "led-frames",
        long = "led-frames",
        value_name = "K",
        help = LED_FRAMES.about(),
        value_parser = LED_FRAMES.parser()
    )]
    pub frames: usize,
    /// See [`LED_LEAD`].
    #[arg(
        id = "led-leads",
        long = "led-leads",
        value_delimiter = ',',
        value_name = "K,K,…",
        help = LED_LEAD.about(),
        value_parser = LED_LEAD.parser()
    )]
    pub leads: Vec<usize>,
}

impl Default for LedPlan {
    fn default() -> Self {
        Self { grid: BOX, frames: LED_FRAMES.default, leads: LED_LEADS.to_vec() }
    }
}

impl LedPlan {
    /// The fields, by name: those on which a network that runs alone from the start soon departs from the solver.
    pub const FIELDS: [(&'static str, Initial); 2] = [("slice", Initial::Slice), ("white-noise", Initial::WhiteNoise)];

    /// Little of it.
    pub fn quick() -> Self {
        Self { grid: Shape::cube(32), frames: 10, ..Self::default() }
    }

    /// Checks every value.
    ///
    /// # Errors
    /// Names the value that is refused, and says why.
    pub fn validate(&self) -> Result<(), ConfigError> {
        LED_FRAMES.check(self.frames)?;
        if self.leads.is_empty() {
            return Err(ConfigError::value("led-leads", "must name at least one number of frames", "empty"));
        }
        self.leads.iter().try_for_each(|&lead| LED_LEAD.check(lead).map(drop))?;
        Ok(())
    }

    /// Work of the solver and the networks.
    pub fn work(&self) -> usize {
        Self::FIELDS.len() * self.frames * work(self.grid) * (1 + self.leads.len())
    }
}
