//! Draws the field of a flat box, in which a surface would be a line.

use super::{Camera, Palette, pipeline::BACKDROP};
use crate::{
    field::Field,
    gpu::{Gpu, GpuError},
    grid::Grid,
};
use wgpu::{Buffer, PipelineCompilationOptions, RenderPipeline, TextureFormat, TextureView};

/// Least height of a box with a single long side, as a share of that side: a line alone could not be seen.
const LEAST_SIDE: f32 = 0.1;

/// Most samples per pixel along each axis, where nodes are closer together than pixels.
const MOST_SAMPLES: f32 = 4.0;

/// The axis along which a flat box has one node: the last one, if there are two.
pub fn flat_axis(grid: &Grid) -> Option<usize> {
    grid.shape.iter().rposition(|&side| side == 1)
}

/// A flat field on the device.
pub struct FlatField {
    profile: Buffer,
    grid: Grid,
}

impl FlatField {
    /// Brings a field to the device; `None` if its box is not flat.
    ///
    /// # Errors
    /// When it is larger than the device allows.
    pub fn upload(gpu: &Gpu, field: &Field) -> Result<Option<Self>, GpuError> {
        if flat_axis(&field.grid()).is_none() {
            return Ok(None);
        }
        let profile = gpu.upload("the field to draw", field.profile().values())?;
        Ok(Some(Self { profile, grid: field.grid() }))
    }
}

/// Draws flat fields into textures of one format.
pub struct PlaneRenderer {
    gpu: Gpu,
    pipeline: RenderPipeline,
}

impl PlaneRenderer {
    /// For targets of `format`, as [`super::Renderer::new`].
    pub fn new(gpu: &Gpu, format: TextureFormat) -> Self {
        let module = gpu.shader("plane", &[BACKDROP, include_str!("../../shaders/plane.wgsl")].concat());
        let encode = if format.is_srgb() { 0.0 } else { 1.0 };
        let options =
            PipelineCompilationOptions { constants: &[("ENCODE", encode)], ..PipelineCompilationOptions::default() };
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("plane"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("background_vertex"),
                compilation_options: options.clone(),
                buffers: &[],
            },
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("plane_fragment"),
                compilation_options: options,
                targets: &[Some(format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        Self { gpu: gpu.clone(), pipeline }
    }

    /// Draws `field` into `target`, whose format is the renderer's and whose size in pixels is given, and submits. The
    /// camera looks straight at it, see [`Camera::facing`]: only its target and its distance count.
    pub fn draw(
        &self,
        target: &TextureView,
        [width, height]: [u32; 2],
        camera: &Camera,
        palette: &Palette,
        field: &FlatField,
    ) {
        let words = uniform_words([width as f32, height as f32], camera, palette, &field.grid);
        let uniform = self.gpu.uniform("plane", &words);
        let buffers = [(0, uniform.as_entire_binding()), (1, field.profile.as_entire_binding())];
        let bindings = self.gpu.bind(&self.pipeline.get_bind_group_layout(0), &buffers);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("plane"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: target,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store },
            })],
            ..Default::default()
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &bindings, &[]);
        pass.draw(0..3, 0..1);
        drop(pass);
        self.gpu.queue.submit([encoder.finish()]);
    }
}

/// The fields of `Plane` in the shader.
fn uniform_words(size: [f32; 2], camera: &Camera, palette: &Palette, grid: &Grid) -> Vec<u32> {
    // The two axes of the picture: to the right and up.
    let axes: [usize; 2] = match flat_axis(grid) {
        Some(0) => [1, 2],
        Some(1) => [0, 2],
        _ => [0, 1],
    };
    let [_, ny, nz] = grid.shape;
    let strides = [ny * nz, nz, 1];
    let nodes = axes.map(|axis| grid.shape[axis] as u32);
    let sides = super::sides(grid);
    let target = axes.map(|axis| camera.target[axis]);
    // The side that a box with a single long one is given lies about its middle, as the one it has.
    let extent = axes.map(|axis| sides[axis].max(LEAST_SIDE));
    let pixel = camera.visible() / size[0].min(size[1]);
    let step = extent.map(|extent| pixel / extent);
    let start = [0, 1].map(|i| 0.5 + (target[i] - sides[axes[i]] / 2.0) / extent[i] - step[i] * size[i] / 2.0);
    let samples = [0, 1].map(|i| step[i] * nodes[i] as f32).into_iter().fold(1.0, f32::max);
    let samples = samples.ceil().min(MOST_SAMPLES) as u32;
    let dark = palette.inside.map(|channel| 0.22 * channel);
    let numbers = [start, step, size].concat().into_iter().map(f32::to_bits);
    let counts = [nodes, axes.map(|axis| strides[axis] as u32), [samples, 0]].concat();
    let colours = [dark, palette.cap, palette.outside].into_iter().flat_map(|[r, g, b]| [r, g, b, 0.0]);
    numbers.chain(counts).chain(colours.map(f32::to_bits)).collect()
}
