//! Where a run is computed.

use super::Gpu;
use serde::{Deserialize, Serialize};

/// What the user asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum EngineChoice {
    /// The graphics card if there is one, the processor otherwise.
    #[default]
    Auto,
    /// The processor, all cores.
    Cpu,
    /// The graphics device, even if it is a software one.
    Gpu,
}

/// What a run gets.
#[derive(Debug, Clone)]
pub enum Engine {
    Cpu,
    Gpu(Gpu),
}

impl Engine {
    /// What computes, for the user.
    pub fn description(&self) -> String {
        match self {
            Self::Cpu => "CPU".into(),
            Self::Gpu(gpu) => gpu.description(),
        }
    }
}
