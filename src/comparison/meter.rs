//! Measures both evolutions where their fields live.

use super::{ComparisonError, Side};
use crate::{
    equation::Parameters,
    evolution::EvolutionError,
    gpu::Engine,
    metrics::{self, gpu::GpuMetrics, series::FrameMetrics},
};

/// Compares fields on the device when both are there, on the CPU otherwise.
pub(super) struct Meter {
    gpu: Option<GpuMetrics>,
    parameters: Parameters,
}

impl Meter {
    pub fn new(
        engine: &Engine,
        solver: &Side,
        network: &Side,
        parameters: Parameters,
    ) -> Result<Self, ComparisonError> {
        let gpu = match engine {
            Engine::Cpu => None,
            Engine::Gpu(gpu) => Some(GpuMetrics::new(gpu, solver.grid(), network.grid(), &parameters.equation)?),
        };
        Ok(Self { gpu, parameters })
    }

    /// The figures of the present fields, which are those of frame `frame`.
    pub fn measure(
        &self,
        solver: &mut Side,
        network: &mut Side,
        frame: usize,
    ) -> Result<FrameMetrics, ComparisonError> {
        let metrics = match (&self.gpu, solver.buffer()?, network.buffer()?) {
            (Some(gpu), Some(solver), Some(network)) => gpu.compare(&solver, &network)?,
            _ => metrics::compare(&*solver.field()?, &*network.field()?, &self.parameters.equation)
                .map_err(EvolutionError::from)?,
        };
        if !metrics.rmse.is_finite() {
            return Err(EvolutionError::NotFinite { frame }.into());
        }
        Ok(FrameMetrics { frame, time: frame as f64 * self.parameters.frame_time(), metrics })
    }
}
