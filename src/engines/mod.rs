//! The choice of an engine. It must compute rightly before it is trusted.

mod check;

pub use check::{check, compare};

use crate::gpu::{Engine, EngineChoice, Gpu, GpuError};

/// Resolves a choice, with the shared device. `Auto` takes the CPU where there is no adapter, or a software one, or one
/// that computes wrongly.
///
/// # Errors
/// When the GPU is asked for and there is none, or what was chosen computes wrongly.
pub fn choose(choice: EngineChoice) -> Result<Engine, GpuError> {
    resolve(choice, Gpu::open)
}

/// [`choose`] with a device of its own, for work that must not share a queue (training).
///
/// # Errors
/// As [`choose`].
pub fn choose_apart(choice: EngineChoice) -> Result<Engine, GpuError> {
    resolve(choice, Gpu::create)
}

fn resolve(choice: EngineChoice, open: fn() -> Result<Gpu, GpuError>) -> Result<Engine, GpuError> {
    match choice {
        EngineChoice::Cpu => checked(Engine::Cpu),
        EngineChoice::Gpu => {
            open().and_then(|gpu| checked(Engine::Gpu(gpu))).map_err(|error| GpuError::NotChosen(Box::new(error)))
        }
        EngineChoice::Auto => match open().map(|gpu| (!gpu.is_software()).then_some(gpu)) {
            Ok(None) => checked(Engine::Cpu),
            Ok(Some(gpu)) => checked(Engine::Gpu(gpu)).or_else(|error| {
                tracing::warn!("computing on the CPU: {error}");
                checked(Engine::Cpu)
            }),
            Err(error) => {
                match error {
                    GpuError::NoAdapter | GpuError::NoSuchAdapter { .. } => {
                        tracing::info!("computing on the CPU: {error}");
                    }
                    _ => tracing::warn!("computing on the CPU: {error}"),
                }
                checked(Engine::Cpu)
            }
        },
    }
}

fn checked(engine: Engine) -> Result<Engine, GpuError> {
    check(&engine)?;
    Ok(engine)
}
