//! Where a run is computed.

use super::{Gpu, GpuError};
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
    /// Resolves a choice. `Auto` never fails: without an adapter, or with a software one, it takes the CPU.
    ///
    /// # Errors
    /// When the GPU is asked for and there is none.
    pub fn choose(choice: EngineChoice) -> Result<Self, GpuError> {
        Self::resolve(choice, Gpu::open)
    }

    /// [`Engine::choose`] with a device of its own, for work that must not share a queue (training).
    ///
    /// # Errors
    /// As [`Engine::choose`].
    pub fn choose_apart(choice: EngineChoice) -> Result<Self, GpuError> {
        Self::resolve(choice, Gpu::create)
    }

    fn resolve(choice: EngineChoice, open: fn() -> Result<Gpu, GpuError>) -> Result<Self, GpuError> {
        match choice {
            EngineChoice::Cpu => Ok(Self::Cpu),
            EngineChoice::Gpu => open().map(Self::Gpu).map_err(|error| GpuError::NotChosen(Box::new(error))),
            EngineChoice::Auto => Ok(match open() {
                Ok(gpu) if !gpu.is_software() => Self::Gpu(gpu),
                Ok(_) => Self::Cpu,
                Err(error) => {
                    tracing::info!("computing on the CPU: {error}");
                    Self::Cpu
                }
            }),
        }
    }

    /// What computes, for the user.
    pub fn description(&self) -> String {
        match self {
            Self::Cpu => "CPU".into(),
            Self::Gpu(gpu) => gpu.description(),
        }
    }
}
