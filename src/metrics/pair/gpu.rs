//! The figures of [`super::compare`] for fields on a graphics device, without copying them out.

use super::{PairMetrics, Sums};
use crate::{
    equation::{self, Equation},
    gpu::{Gpu, GpuError},
    grid::{self, Grid, GridError},
};
use std::array;
use thiserror::Error;
use wgpu::{Buffer, BufferUsages, ComputePipeline};

/// Workgroups of the reduction, enough to fill a graphics card.
const GROUPS: usize = 256;

/// Sums per workgroup (`Sums` in the shader).
const SUMS: usize = 9;

/// Why two fields on a device cannot be compared.
#[derive(Debug, Clone, Error, PartialEq)]
pub enum GpuMetricsError {
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
}

/// Compares fields on two given grids, again and again (`shaders/pair_metrics.wgsl`).
pub struct GpuMetrics {
    gpu: Gpu,
    fine: Grid,
    coarse: Grid,
    kernel: ComputePipeline,
    parameters: Buffer,
    shares: Buffer,
}

impl GpuMetrics {
    /// For a reference's field on the grid `fine` and a candidate's on `coarse`.
    ///
    /// # Errors
    /// When the candidate's nodes are not among the reference's.
    pub fn new(gpu: &Gpu, fine: Grid, coarse: Grid, equation: &Equation) -> Result<Self, GpuMetricsError> {
        fine.step_to(&coarse)?;
        let part = |grid: &Grid| {
            let [x, y, z] = grid.shape.map(|side| side as u32);
            let [a, b, c, d] = equation.in_units_of(grid.spacing).coefficients().map(f32::to_bits);
            [x, y, z, 0, a, b, c, d]
        };
        let sums = include_str!("../../../shaders/pair_metrics.wgsl");
        let module = gpu.shader("pair_metrics", &[grid::WGSL, equation::WGSL, sums].concat());
        Ok(Self {
            gpu: gpu.clone(),
            fine,
            coarse,
            kernel: gpu.kernel(&module, "add_up"),
            parameters: gpu.uniform("metrics parameters", &[part(&fine), part(&coarse)].concat()),
            shares: gpu.storage("sums of the metrics", (4 * SUMS * GROUPS) as u64, BufferUsages::empty())?,
        })
    }

    /// Compares the buffers of both evolutions (f32, C order), waiting for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub fn compare(&self, reference: &Buffer, candidate: &Buffer) -> Result<PairMetrics, GpuError> {
        let buffers = [&self.parameters, reference, candidate, &self.shares].map(Buffer::as_entire_binding);
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
        let [fine, floor, slope, energy, mean, coarse, energy_sampled, energy_candidate, mean_candidate]: [f64; SUMS] =
            array::from_fn(sum);
        let [of_fine, of_coarse] = [self.fine, self.coarse].map(|grid| grid.len() as f64);
        // Energies come in units of each grid's spacing, slopes in those of the finer one.
        let [fine_unit, coarse_unit] = [self.fine, self.coarse].map(|grid| grid.spacing);
        Sums {
            square: coarse / of_coarse,
            square_fine: fine / of_fine,
            square_floor: floor / of_fine,
            slope: slope / of_fine / fine_unit.powi(2),
            energy_reference: energy / of_fine / fine_unit,
            energy_sampled: energy_sampled / of_coarse / coarse_unit,
            energy_candidate: energy_candidate / of_coarse / coarse_unit,
            mean_reference: mean / of_fine,
            mean_candidate: mean_candidate / of_coarse,
        }
        .into()
    }
}
