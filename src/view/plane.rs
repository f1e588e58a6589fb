//! Draws the field of a flat box, in which a surface would be a line.

use super::{
    Camera, Ground, LINE_WIDTH, Palette, Style, interface_lines,
    pipeline::{BACKDROP, STYLE, slice_source},
    scene::INTERFACE_WIDTH,
    uniforms::{self, Slice},
};
use crate::{gpu::Gpu, grid::Grid, surface::gpu::GpuField};
use wgpu::{Buffer, PipelineCompilationOptions, RenderPipeline, TextureFormat, TextureView};

/// Least height of a box with a single long side, as a share of that side: a line alone could not be seen.
const LEAST_SIDE: f32 = 0.1;

/// Most samples per pixel along each axis, where nodes are closer together than pixels.
const MOST_SAMPLES: f32 = 4.0;

/// The axis along which a flat box has one node: the last one, if there are two.
pub fn flat_axis(grid: &Grid) -> Option<usize> {
    grid.shape.iter().rposition(|&side| side == 1)
}

/// What a view of a flat box shows.
#[derive(Clone)]
pub struct FlatScene<'a> {
    /// Looks straight at it, see [`Camera::facing`]: only its target and what it sees count.
    pub camera: &'a Camera,
    pub field: &'a GpuField,
    /// A second field, for its line and for [`super::ColourBy::Difference`].
    pub other: Option<&'a GpuField>,
    pub style: Style,
    /// Linear RGB of the line φ = 0 of each field.
    pub lines: [[f32; 3]; 2],
    /// Width of these lines in pixels of the target, 0 for none.
    pub line_width: f32,
    /// Width of the outline of the box in pixels of the target.
    pub outline: f32,
    pub ground: Ground,
}

impl<'a> FlatScene<'a> {
    /// One field on dark ground, with the lines that suit the style.
    pub fn new(camera: &'a Camera, field: &'a GpuField, style: Style) -> Self {
        let lines = interface_lines(&style, &Palette::cool());
        Self {
            camera,
            field,
            other: None,
            style,
            lines,
            line_width: INTERFACE_WIDTH,
            outline: LINE_WIDTH,
            ground: Ground::Dark,
        }
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
        let source = [BACKDROP, STYLE, &slice_source(), include_str!("../../shaders/plane.wgsl")].concat();
        let module = gpu.shader("plane", &source);
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

    /// Draws `scene` into `target`, whose format is the renderer's and whose width and height in pixels are given, and
    /// submits.
    pub fn draw(&self, target: &TextureView, size: [u32; 2], scene: &FlatScene) {
        let FlatScene { field, other, lines, line_width, .. } = *scene;
        let axis = flat_axis(&field.grid).unwrap_or(2);
        let slice = Slice { field, other, lines, line_width, axis, position: 0.0 };
        let gpu = &self.gpu;
        let plane = gpu.uniform("plane", &plane_words(size.map(|side| side as f32), axis, scene));
        let style = gpu.uniform("style", &uniforms::style(&scene.style, &field.grid));
        let words = gpu.uniform("slice", &slice.words());
        let buffers = [&plane, &field.profile, &other.unwrap_or(field).profile, &style, &words];
        let buffers: Vec<_> = (0..).zip(buffers.map(Buffer::as_entire_binding)).collect();
        let bindings = gpu.bind(&self.pipeline.get_bind_group_layout(0), &buffers);
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
fn plane_words(size: [f32; 2], axis: usize, scene: &FlatScene) -> Vec<u32> {
    let (camera, grid) = (scene.camera, scene.field.grid);
    // The two axes of the picture: to the right and up.
    let axes: [usize; 2] = match axis {
        0 => [1, 2],
        1 => [0, 2],
        _ => [0, 1],
    };
    let nodes = axes.map(|axis| grid.shape[axis]);
    let sides = super::sides(&grid);
    let target = axes.map(|axis| camera.target[axis]);
    // The side that a box with a single long one is given lies about its middle, as the one it has.
    let extent = axes.map(|axis| sides[axis].max(LEAST_SIDE));
    let pixel = camera.visible() / size[0].min(size[1]);
    let step = extent.map(|extent| pixel / extent);
    let start = [0, 1].map(|i| 0.5 + (target[i] - sides[axes[i]] / 2.0) / extent[i] - step[i] * size[i] / 2.0);
    let samples = [0, 1].map(|i| step[i] * nodes[i] as f32).into_iter().fold(1.0, f32::max);
    let samples = samples.ceil().min(MOST_SAMPLES) as u32;
    let numbers = [start, step, size].concat().into_iter().map(f32::to_bits);
    let ground = uniforms::ground(scene.ground).map(f32::to_bits);
    numbers.chain([samples, scene.outline.to_bits()]).chain(ground).collect()
}
