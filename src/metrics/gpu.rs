//! The figures of [`super::compare`] for fields that live on the GPU, without copying them out.

use super::{PairMetrics, pair::ratio};
use crate::{
    field::FieldError,
    gpu::{Gpu, GpuError},
};
use std::array;
use thiserror::Error;
use wgpu::{Buffer, BufferUsages, ComputePipeline};

/// Workgroups of the reduction, enough to fill a graphics card.
const GROUPS: usize = 256;

/// Sums per workgroup (`Sums` in the shader).
const SUMS: usize = 7;

/// Why two fields on the GPU cannot be compared.
#[derive(Debug, Error)]
pub enum GpuMetricsError {
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
}

/// Compares fields of two given sizes, again and again (`shaders/pair_metrics.wgsl`).
pub struct GpuMetrics {
    gpu: Gpu,
    size: usize,
    coarse_size: usize,
    kernel: ComputePipeline,
    parameters: Buffer,
    shares: Buffer,
}

impl GpuMetrics {
    /// For a solver's field of `size`³ and a network's of `coarse_size`³ nodes; ε in grid units of the solver.
    ///
    /// # Errors
    /// When the solver's grid is not a whole multiple of the network's.
    pub fn new(gpu: &Gpu, size: usize, coarse_size: usize, epsilon: f64) -> Result<Self, GpuMetricsError> {
        if coarse_size == 0 || !size.is_multiple_of(coarse_size) {
            return Err(FieldError::Unrelated { size, other: coarse_size }.into());
        }
        let step = (size / coarse_size) as f64;
        let [gradient, potential] =
            [epsilon / (8.0 * step * step), 9.0 / (8.0 * epsilon)].map(|value| (value as f32).to_bits());
        let module = gpu.shader("pair_metrics", include_str!("../../shaders/pair_metrics.wgsl"));
        Ok(Self {
            gpu: gpu.clone(),
            size,
            coarse_size,
            kernel: gpu.kernel(&module, "add_up"),
            parameters: gpu.uniform("metrics parameters", &[size as u32, coarse_size as u32, gradient, potential]),
            shares: gpu.storage("sums of the metrics", (4 * SUMS * GROUPS) as u64, BufferUsages::empty())?,
        })
    }

    /// Compares the buffers of both evolutions (f32, C order), waiting for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub fn compare(&self, solver: &Buffer, network: &Buffer) -> Result<PairMetrics, GpuError> {
        let buffers = [&self.parameters, solver, network, &self.shares].map(Buffer::as_entire_binding);
        let bindings: Vec<_> = (0..).zip(buffers).collect();
        let bindings = self.gpu.bind(&self.kernel.get_bind_group_layout(0), &bindings);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.kernel);
        pass.set_bind_group(0, &bindings, &[]);
        pass.dispatch_workgroups(GROUPS as u32, 1, 1);
        drop(pass);
        self.gpu.queue.submit([encoder.finish()]);
        Ok(self.metrics(&self.gpu.read_f32(&self.shares, SUMS * GROUPS)?))
    }

    /// Adds the workgroups' shares and divides.
    fn metrics(&self, shares: &[f32]) -> PairMetrics {
        let sum = |which: usize| shares.iter().skip(which).step_by(SUMS).map(|&share| f64::from(share)).sum();
        let [distance, gradient, solver, coarse_distance, energy_solver, energy_network, network]: [f64; SUMS] =
            array::from_fn(sum);
        let [nodes, coarse_nodes] = [self.size, self.coarse_size].map(|side| side.pow(3) as f64);
        let (square, square_coarse, gradient) = (distance / nodes, coarse_distance / coarse_nodes, gradient / nodes);
        PairMetrics {
            rmse: square.sqrt(),
            rmse_coarse: square_coarse.sqrt(),
            displacement: ratio(square, gradient).sqrt(),
            displacement_coarse: ratio(square_coarse, gradient).sqrt(),
            energy_solver: energy_solver / coarse_nodes,
            energy_network: energy_network / coarse_nodes,
            energy_error: ratio((energy_network - energy_solver).abs(), energy_solver),
            mean_solver: solver / nodes,
            mean_network: network / coarse_nodes,
        }
    }
}
