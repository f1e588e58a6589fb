//! What is worth seeing at the vertices of a surface: its curvature, and how far another field's surface is from it.

use super::{GpuField, GpuSurface, field};
use crate::{
    gpu::{Gpu, GpuError},
    grid,
};
use wgpu::{Buffer, BufferUsages, ComputePipeline};

/// Vertices per workgroup, as in the shader.
const WORKGROUP: u32 = 64;

/// Most workgroups along one axis of a dispatch.
const MOST_GROUPS: u32 = 1 << 15;

/// Stands for a value that a vertex does not have, as in the shader.
const NO_VALUE: f32 = 3e38;

/// The share of the vertices whose values the range of a legend holds: a few, where bodies touch, are far beyond.
const SHOWN: f64 = 0.98;

/// What can be found at each vertex of the surface φ = level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// ∇·n with n from φ > level to φ < level, in 1/grid unit: 2/R on a sphere of φ > level. None on caps.
    MeanCurvature,
    /// |ψ−φ| with the other field ψ.
    Difference,
    /// From this surface to the one of the other field along the normal, in grid units: positive where the other's
    /// phase ψ > level reaches further. To first order, (artanh ψ − artanh φ) / |∇ artanh φ|; it does not grow beyond
    /// about 1.3 ε, where ψ has become its phase. None on caps.
    Distance,
    /// The other field itself, such as the spread of an ensemble; it is known within ±0.999.
    Other,
}

impl Quantity {
    /// Whether it has a sign.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::MeanCurvature | Self::Distance)
    }
}

/// One number per vertex of a surface, on the device. Cloning shares it.
#[derive(Debug, Clone)]
pub struct VertexValues {
    /// f32 in the order of [`GpuSurface::vertices`]; usable as vertex buffer.
    pub values: Buffer,
    pub quantity: Quantity,
    vertices: usize,
}

impl VertexValues {
    /// The values, waiting for the device; not finite where a vertex has none.
    ///
    /// # Errors
    /// When the device fails.
    pub fn read(&self, gpu: &Gpu) -> Result<Vec<f32>, GpuError> {
        let values = gpu.read_f32(&self.values, self.vertices)?;
        Ok(values.into_iter().map(|value| if value < NO_VALUE { value } else { f32::NAN }).collect())
    }

    /// A range for a legend that holds nearly all values, its ends round numbers: from 0, or symmetric about it for
    /// what has a sign. Waits for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub fn range(&self, gpu: &Gpu) -> Result<[f32; 2], GpuError> {
        let values = self.read(gpu)?;
        let mut sizes: Vec<_> = values.into_iter().map(f32::abs).filter(|size| size.is_finite()).collect();
        let at = ((sizes.len() as f64 * SHOWN) as usize).min(sizes.len().saturating_sub(1));
        let most = if sizes.is_empty() { 1.0 } else { *sizes.select_nth_unstable_by(at, f32::total_cmp).1 };
        let end = round_up(most);
        Ok([if self.quantity.is_signed() { -end } else { 0.0 }, end])
    }
}

/// The next larger of …, 0.1, 0.2, 0.5, 1, 2, 5, …
fn round_up(value: f32) -> f32 {
    let value = value.max(1e-4);
    let decade = 10f32.powf(value.log10().floor());
    [1.0, 2.0, 5.0].map(|step| step * decade).into_iter().find(|&end| end >= 0.999 * value).unwrap_or(10.0 * decade)
}

/// Finds quantities at the vertices of surfaces.
pub struct SurfaceProbe {
    gpu: Gpu,
    kernel: ComputePipeline,
}

impl SurfaceProbe {
    pub fn new(gpu: &Gpu) -> Self {
        let source = [grid::WGSL, field::WGSL, include_str!("../../../shaders/vertex_values.wgsl")].concat();
        let module = gpu.shader("vertex values", &source);
        Self { gpu: gpu.clone(), kernel: gpu.kernel(&module, "find") }
    }

    /// Finds `quantity` at each vertex of `surface`, which was found in `field`; without an `other` field, that is
    /// taken for it. Either may be on any grid over the same box. Waits for the number of vertices. The values count
    /// until the surface is extracted anew.
    ///
    /// # Errors
    /// When the device fails, or does not allow a buffer so large.
    pub fn find(
        &self,
        quantity: Quantity,
        surface: &GpuSurface,
        field: &GpuField,
        other: Option<&GpuField>,
    ) -> Result<VertexValues, GpuError> {
        let gpu = &self.gpu;
        let other = other.unwrap_or(field);
        let vertices = 3 * surface.triangle_count(gpu)?;
        let values = gpu.storage("values at vertices", 4 * vertices.max(1) as u64, BufferUsages::VERTEX)?;
        let parameters =
            gpu.uniform("vertex values parameters", &parameters(quantity, vertices, surface, field, other));
        let buffers = [&parameters, &field.profile, &other.profile, &surface.vertices, &values];
        let bindings: Vec<_> = (0..).zip(buffers.map(Buffer::as_entire_binding)).collect();
        let bindings = gpu.bind(&self.kernel.get_bind_group_layout(0), &bindings);
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.kernel);
        pass.set_bind_group(0, &bindings, &[]);
        let groups = (vertices as u32).div_ceil(WORKGROUP);
        pass.dispatch_workgroups(groups.min(MOST_GROUPS), groups.div_ceil(MOST_GROUPS), 1);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
        Ok(VertexValues { values, quantity, vertices })
    }
}

/// The fields of `Parameters` in the shader.
fn parameters(quantity: Quantity, vertices: usize, surface: &GpuSurface, own: &GpuField, other: &GpuField) -> Vec<u32> {
    let code = match quantity {
        Quantity::MeanCurvature => 0,
        Quantity::Difference => 1,
        Quantity::Distance => 2,
        Quantity::Other => 3,
    };
    let shape = |field: &GpuField| field.grid.shape.map(|side| side as u32);
    let nodes = surface.grid.shape.map(|side| (side as f32).to_bits());
    let rows = [(shape(own), (own.grid.spacing as f32).to_bits()), (shape(other), code), (nodes, vertices as u32)];
    rows.into_iter().flat_map(|([x, y, z], w)| [x, y, z, w]).collect()
}
