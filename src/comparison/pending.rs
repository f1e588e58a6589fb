//! Names of types that other parts provide.

pub use crate::{
    gpu::{EngineChoice, Gpu},
    initial::{Initial, InitialOptions},
    metrics::series::FrameMetrics,
    surface::{Caps, gpu::GpuSurface},
};
