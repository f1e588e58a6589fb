//! Draws a surface in its box.

use super::{
    Camera, Palette,
    pipeline::{BACKDROP, DEPTH, Layer, PipelineMaker, SAMPLES},
};
use crate::{
    gpu::Gpu,
    grid::Grid,
    surface::gpu::{GpuSurface, VERTEX_BYTES},
};
use bevy::math::Vec3;
use wgpu::{
    BindGroup, BindingResource, CommandEncoder, RenderPipeline, TextureFormat, TextureUsages, TextureView,
    VertexAttribute, VertexBufferLayout, VertexFormat,
};

/// What one view shows, in a box whose longest side is 1.
pub struct Scene<'a> {
    pub camera: &'a Camera,
    pub palette: &'a Palette,
    /// The box by its nodes. Those of the surface may be finer; by these, hollows and shadows are looked for.
    pub grid: Grid,
    /// Nothing but the box is drawn without one. A surface of any grid (the network's is coarser) fills the box.
    pub surface: Option<&'a GpuSurface>,
}

/// Draws scenes into textures of one format, with four samples per pixel.
///
/// Intermediate targets are kept for the size last drawn: views of different sizes want a renderer each.
pub struct Renderer {
    gpu: Gpu,
    format: TextureFormat,
    background: RenderPipeline,
    lines: RenderPipeline,
    surface: RenderPipeline,
    sampler: wgpu::Sampler,
    /// Stands in for a surface's occupancy when there is no surface.
    nothing: TextureView,
    targets: Option<Targets>,
}

/// Multisampled colour, and depth.
struct Targets {
    size: [u32; 2],
    colour: TextureView,
    depth: TextureView,
}

impl Renderer {
    /// For targets of `format`. Other than an sRGB format is taken to be shown as it is, and gets encoded colours.
    pub fn new(gpu: &Gpu, format: TextureFormat) -> Self {
        let module = gpu.shader("view", &[BACKDROP, include_str!("../../shaders/view.wgsl")].concat());
        let maker = PipelineMaker::new(gpu, &module, format);
        let position = VertexAttribute { format: VertexFormat::Float32x3, offset: 0, shader_location: 0 };
        let normal = VertexAttribute { format: VertexFormat::Snorm16x2, offset: 12, shader_location: 1 };
        let vertex = VertexBufferLayout {
            array_stride: VERTEX_BYTES,
            step_mode: wgpu::VertexStepMode::Vertex,
            attributes: &[position, normal],
        };
        let linear = wgpu::SamplerDescriptor {
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        };
        let cube = texture(gpu, [1, 1], 1, TextureFormat::Rgba8Unorm, wgpu::TextureDimension::D3);
        Self {
            gpu: gpu.clone(),
            format,
            background: maker.pipeline("background", &[], Layer::Background),
            lines: maker.pipeline("box", &[], Layer::Lines),
            surface: maker.pipeline("surface", &[vertex], Layer::Solid),
            sampler: gpu.device.create_sampler(&linear),
            nothing: cube,
            targets: None,
        }
    }

    /// Draws `scene` into `target`, whose format is the renderer's and whose size in pixels is given, and submits.
    pub fn draw(&mut self, target: &TextureView, width: u32, height: u32, scene: &Scene) {
        let bindings = self.bind(scene, [width as f32, height as f32]);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.encode(&mut encoder, target, [width, height], scene, &bindings);
        self.gpu.queue.submit([encoder.finish()]);
    }

    fn encode(
        &mut self,
        encoder: &mut CommandEncoder,
        target: &TextureView,
        size: [u32; 2],
        scene: &Scene,
        bindings: &BindGroup,
    ) {
        let (gpu, format) = (&self.gpu, self.format);
        if self.targets.as_ref().is_some_and(|targets| targets.size != size) {
            self.targets = None;
        }
        let targets = self.targets.get_or_insert_with(|| Targets::new(gpu, format, size));
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("view"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &targets.colour,
                depth_slice: None,
                resolve_target: Some(target),
                ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Discard },
            })],
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &targets.depth,
                depth_ops: Some(wgpu::Operations { load: wgpu::LoadOp::Clear(0.0), store: wgpu::StoreOp::Discard }),
                stencil_ops: None,
            }),
            ..Default::default()
        });
        pass.set_bind_group(0, bindings, &[]);
        pass.set_pipeline(&self.background);
        pass.draw(0..3, 0..1);
        if let Some(surface) = scene.surface {
            pass.set_pipeline(&self.surface);
            pass.set_vertex_buffer(0, surface.vertices.slice(..));
            pass.draw_indirect(&surface.draw, 0);
        }
        pass.set_pipeline(&self.lines);
        pass.draw(0..6, 0..12);
    }

    fn bind(&self, scene: &Scene, size: [f32; 2]) -> BindGroup {
        let uniform = self.gpu.uniform("view", &uniform_words(scene, size));
        let occupancy = scene.surface.map_or(&self.nothing, |surface| &surface.occupancy);
        self.gpu.bind(
            &self.surface.get_bind_group_layout(0),
            &[
                (0, uniform.as_entire_binding()),
                (1, BindingResource::TextureView(occupancy)),
                (2, BindingResource::Sampler(&self.sampler)),
            ],
        )
    }
}

/// The sides of a box, the longest being 1: how boxes are drawn.
pub fn sides(grid: &Grid) -> Vec3 {
    let sides = Vec3::from(grid.shape.map(|side| side as f32));
    sides / sides.max_element()
}

/// The fields of `View` in the shader.
fn uniform_words(scene: &Scene, [width, height]: [f32; 2]) -> Vec<u32> {
    let camera = scene.camera;
    let axes = camera.axes();
    let sides = sides(&scene.grid);
    let distance = (camera.eye() - sides / 2.0).dot(axes.z_axis);
    let longest = |grid: &Grid| grid.shape.into_iter().max().unwrap_or(1) as f32;
    let nodes = scene.surface.map_or(scene.grid, |surface| surface.grid);
    let palette = scene.palette;
    let rows: [([f32; 3], f32); 8] = [
        (camera.eye().into(), 1.0 / longest(&scene.grid)),
        (axes.x_axis.into(), width),
        (axes.y_axis.into(), height),
        (axes.z_axis.into(), distance),
        (palette.outside, 1.0 / longest(&nodes)),
        (palette.inside, 0.0),
        (palette.cap, 0.0),
        (nodes.shape.map(|side| side as f32), 0.0),
    ];
    let clip = camera.view_projection(width / height).to_cols_array();
    let rows = rows.into_iter().flat_map(|([x, y, z], w)| [x, y, z, w]);
    clip.into_iter().chain(rows).map(f32::to_bits).collect()
}

impl Targets {
    fn new(gpu: &Gpu, format: TextureFormat, size: [u32; 2]) -> Self {
        let make = |format| texture(gpu, size, SAMPLES, format, wgpu::TextureDimension::D2);
        Self { size, colour: make(format), depth: make(DEPTH) }
    }
}

fn texture(
    gpu: &Gpu,
    [width, height]: [u32; 2],
    samples: u32,
    format: TextureFormat,
    dimension: wgpu::TextureDimension,
) -> TextureView {
    let usage = match samples {
        1 => TextureUsages::TEXTURE_BINDING,
        _ => TextureUsages::RENDER_ATTACHMENT,
    };
    let descriptor = wgpu::TextureDescriptor {
        label: Some("view"),
        size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: samples,
        dimension,
        format,
        usage,
        view_formats: &[],
    };
    gpu.device.create_texture(&descriptor).create_view(&Default::default())
}
