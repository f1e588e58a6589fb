//! Marching cubes on the GPU: from a buffer of φ to a list of triangles that is drawn where it lies.

mod field;
mod occupancy;
mod values;

pub use field::GpuField;
pub(crate) use field::WGSL as PROFILE;
pub use values::{Quantity, SurfaceProbe, VertexValues};

use super::{Caps, marching_cubes::profile_level};
use crate::{
    field::Field,
    gpu::{Gpu, GpuError, ReadBack},
    grid::{self, Grid},
};
use marching_cubes::tables::TRI_TABLE;
use occupancy::Occupancy;
use wgpu::{Buffer, BufferUsages, CommandEncoder, ComputePipeline};

/// Bytes of one triangle: three vertices of 16 bytes, see [`Vertex`].
const TRIANGLE_BYTES: u64 = 3 * VERTEX_BYTES;

/// Bytes of one vertex in [`GpuSurface::vertices`]: position (3 × f32) and octahedral normal (2 × snorm16).
pub const VERTEX_BYTES: u64 = 16;

/// Cells per workgroup along (z, y, x), as in the shader.
const WORKGROUP: [usize; 3] = [16, 4, 4];

/// A surface on the device. Cloning shares it.
#[derive(Debug, Clone)]
pub struct GpuSurface {
    /// Triangle list, [`VERTEX_BYTES`] per vertex; usable as vertex buffer. Only what `draw` names is valid.
    pub vertices: Buffer,
    /// Arguments of an indirect draw.
    pub draw: Buffer,
    /// How much of each neighbourhood the phase inside the surface fills (red channel), one octave per mip
    /// level, over the box.
    pub occupancy: wgpu::TextureView,
    /// The nodes that it was found between.
    pub grid: Grid,
}

/// A vertex read back from the device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vertex {
    /// In units of the distance of nodes, from 0 to their number along each axis.
    pub position: [f32; 3],
    /// Unit length, from φ > level to φ < level; on caps the face's outward normal.
    pub normal: [f32; 3],
}

impl GpuSurface {
    /// Number of triangles drawn, waiting for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub fn triangle_count(&self, gpu: &Gpu) -> Result<usize, GpuError> {
        Ok(gpu.read_u32(&self.draw, 1)?.iter().sum::<u32>() as usize / 3)
    }

    /// The triangles drawn, counter-clockwise seen from φ < level, waiting for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub fn triangles(&self, gpu: &Gpu) -> Result<Vec<[Vertex; 3]>, GpuError> {
        let count = self.triangle_count(gpu)?;
        let words = gpu.read_u32(&self.vertices, count * TRIANGLE_BYTES as usize / 4)?;
        let (vertices, _) = words.as_chunks::<4>();
        let (triangles, _) = vertices.as_chunks::<3>();
        Ok(triangles.iter().map(|corners| corners.map(decode)).collect())
    }
}

/// The inverse of `encode` in the shader.
fn decode([x, y, z, packed]: [u32; 4]) -> Vertex {
    let snorm = |bits: u32| f32::from(bits as u16 as i16) / 32767.0;
    let (u, v) = (snorm(packed), snorm(packed >> 16));
    let w = 1.0 - u.abs() - v.abs();
    let fold = (-w).max(0.0);
    let normal = [u - fold.copysign(u), v - fold.copysign(v), w];
    let length = normal.iter().map(|c| c * c).sum::<f32>().sqrt();
    Vertex { position: [x, y, z].map(f32::from_bits), normal: normal.map(|c| c / length) }
}

/// Extracts the surfaces of fields of one size, one after the other, into buffers that it keeps.
pub struct SurfaceExtractor {
    gpu: Gpu,
    grid: Grid,
    caps: Caps,
    count: ComputePipeline,
    emit: ComputePipeline,
    cases: Buffer,
    counters: Buffer,
    occupancy: Occupancy,
    surface: GpuSurface,
    /// Triangles that fit into the surface's vertex buffer.
    capacity: u64,
    /// For fields that come from the processor.
    field: Option<Buffer>,
}

impl SurfaceExtractor {
    /// For fields on `grid`.
    ///
    /// # Errors
    /// When the buffers are larger than the device allows.
    pub fn new(gpu: &Gpu, grid: Grid, caps: Caps) -> Result<Self, GpuError> {
        let module =
            gpu.shader("marching_cubes", &[grid::WGSL, include_str!("../../../shaders/marching_cubes.wgsl")].concat());
        // Enough for a body; more is made when a count asks for it.
        let capacity =
            (4 * (grid.len() as f64).powf(2.0 / 3.0) as u64).clamp(1 << 16, gpu.largest_binding() / TRIANGLE_BYTES);
        let occupancy = Occupancy::new(gpu, &grid);
        let surface = GpuSurface {
            vertices: vertex_buffer(gpu, capacity)?,
            draw: draw_arguments(gpu)?,
            occupancy: occupancy.view(),
            grid,
        };
        Ok(Self {
            gpu: gpu.clone(),
            grid,
            caps,
            count: gpu.kernel(&module, "count"),
            emit: gpu.kernel(&module, "emit"),
            cases: gpu.uniform("marching cubes cases", &packed_cases()),
            counters: gpu.storage("triangle counters", 8, BufferUsages::empty())?,
            occupancy,
            surface,
            capacity,
            field: None,
        })
    }

    /// Whether the next surfaces are closed at the faces of the box.
    pub fn set_caps(&mut self, caps: Caps) {
        self.caps = caps;
    }

    /// The surface as it is now; empty before the first extraction.
    pub fn surface(&self) -> &GpuSurface {
        &self.surface
    }

    /// Extracts φ = `level` of a field on the grid, as [`extract`](super::extract) does; waits for the number of
    /// triangles and makes room for them.
    ///
    /// # Errors
    /// [`GpuError::SurfaceTooLarge`] when the device does not allow such a buffer, or when the device fails.
    pub fn extract(&mut self, field: &Field, level: f32) -> Result<&GpuSurface, GpuError> {
        let coarse = self.grid.spacing > 1.0;
        let (profile, level) = if coarse { (Some(field.profile()), profile_level(level)) } else { (None, level) };
        let values = profile.as_ref().unwrap_or(field).values();
        let buffer = match self.field.take() {
            Some(buffer) => {
                self.gpu.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(values));
                buffer
            }
            None => self.gpu.upload("the field to draw", values)?,
        };
        let extracted = self.extract_buffer(&buffer, level).map(drop);
        self.field = Some(buffer);
        extracted.map(|()| &self.surface)
    }

    /// Extracts the level `level` from a buffer of f32 (C order) as it is.
    ///
    /// # Errors
    /// As [`SurfaceExtractor::extract`].
    pub fn extract_buffer(&mut self, field: &Buffer, level: f32) -> Result<&GpuSurface, GpuError> {
        loop {
            let counts = self.submit(field, level)?.wait::<u32>()?;
            if !self.make_room(&counts)? {
                return Ok(&self.surface);
            }
        }
    }

    /// Replaces the vertex buffer if the counted triangles do not fit, and says whether it did.
    fn make_room(&mut self, counts: &[u32]) -> Result<bool, GpuError> {
        let needed = counts.first().copied().map_or(0, u64::from);
        if needed <= self.capacity {
            return Ok(false);
        }
        self.gpu.check_size("the surface", needed * TRIANGLE_BYTES).map_err(|error| match error {
            GpuError::TooLarge { needed, limit, .. } => GpuError::SurfaceTooLarge { needed, limit },
            other => other,
        })?;
        self.capacity = (needed + needed / 2).min(self.gpu.largest_binding() / TRIANGLE_BYTES);
        self.surface.vertices = vertex_buffer(&self.gpu, self.capacity)?;
        self.surface.draw = draw_arguments(&self.gpu)?;
        Ok(true)
    }

    /// Extracts as much as there is room for, and gives the count of all.
    fn submit(&self, field: &Buffer, level: f32) -> Result<ReadBack, GpuError> {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        encoder.clear_buffer(&self.counters, 0, None);
        self.march(&mut encoder, field, level);
        self.occupancy.fill(&self.gpu, &mut encoder, field, level);
        self.gpu.queue.submit([encoder.finish()]);
        self.gpu.start_reading(&self.counters, self.counters.size())
    }

    /// Counts, then emits: the order of dispatches in a pass is the order of their effects.
    fn march(&self, encoder: &mut CommandEncoder, field: &Buffer, level: f32) {
        let closed = u32::from(self.caps == Caps::Closed);
        let [nx, ny, nz] = self.grid.shape.map(|side| side as u32);
        let words = [nx, ny, nz, closed, level.to_bits(), self.capacity as u32, 0, 0];
        let parameters = self.gpu.uniform("marching cubes parameters", &words);
        let buffers = [&parameters, field, &self.cases, &self.counters, &self.surface.vertices, &self.surface.draw]
            .map(Buffer::as_entire_binding);
        let bindings: Vec<_> = (0..).zip(buffers).collect();

        // The fastest axis first, as in the shader.
        let groups = |axis: usize, side: usize| (self.grid.shape[axis] + 2 * closed as usize).div_ceil(side) as u32;
        let [x, y, z] = [groups(2, WORKGROUP[0]), groups(1, WORKGROUP[1]), groups(0, WORKGROUP[2])];
        let mut pass = encoder.begin_compute_pass(&Default::default());
        for (kernel, used) in [(&self.count, &bindings[..4]), (&self.emit, &bindings[..])] {
            pass.set_pipeline(kernel);
            pass.set_bind_group(0, &self.gpu.bind(&kernel.get_bind_group_layout(0), used), &[]);
            pass.dispatch_workgroups(x, y, z);
        }
    }
}

fn vertex_buffer(gpu: &Gpu, triangles: u64) -> Result<Buffer, GpuError> {
    gpu.storage("the surface", triangles * TRIANGLE_BYTES, BufferUsages::VERTEX)
}

/// Arguments that draw nothing yet: no vertices, one instance.
fn draw_arguments(gpu: &Gpu) -> Result<Buffer, GpuError> {
    let arguments = gpu.storage("draw arguments", 16, BufferUsages::INDIRECT)?;
    gpu.queue.write_buffer(&arguments, 0, bytemuck::cast_slice(&[0u32, 1, 0, 0]));
    Ok(arguments)
}

/// The case table, one byte per edge and the number of triangles in each case's last byte.
fn packed_cases() -> Vec<u32> {
    let pack = |row: &[i16; 16]| {
        let mut bytes = row.map(|edge| edge as u8);
        bytes[15] = row.iter().filter(|&&edge| edge >= 0).count() as u8 / 3;
        bytes
    };
    let bytes: Vec<u8> = TRI_TABLE.iter().flat_map(pack).collect();
    bytes.as_chunks::<4>().0.iter().map(|&word| u32::from_le_bytes(word)).collect()
}
