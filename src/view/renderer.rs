//! Draws scenes: surfaces and planes in their box.

use super::{
    Scene, Surface,
    pipeline::{DEPTH, Layer, Pipelines, SAMPLES, Subject},
    uniforms::{self, Slice, Tile},
};
use crate::gpu::Gpu;
use wgpu::{
    AddressMode, BindGroup, BindingResource, Buffer, BufferUsages, CommandEncoder, Face, RenderPass, TextureFormat,
    TextureUsages, TextureView,
};

/// Vertices and instances of the lines of a box.
const EDGES: [u32; 2] = [6, 12];

/// Draws scenes into textures of one format, with four samples per pixel.
///
/// Intermediate targets are kept for the size last drawn: views of different sizes want a renderer each.
pub struct Renderer {
    gpu: Gpu,
    format: TextureFormat,
    pipelines: Pipelines,
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

/// What it takes to draw one surface.
struct Body<'a> {
    surface: &'a Surface<'a>,
    bindings: BindGroup,
    /// Its indirect draw, one instance per box.
    draw: Buffer,
    subject: Subject,
}

impl Renderer {
    /// For targets of `format`. Other than an sRGB format is taken to be shown as it is, and gets encoded colours.
    pub fn new(gpu: &Gpu, format: TextureFormat) -> Self {
        let nothing = texture(gpu, [1, 1], 1, TextureFormat::Rgba8Unorm, wgpu::TextureDimension::D3);
        Self { gpu: gpu.clone(), format, pipelines: Pipelines::new(gpu, format), nothing, targets: None }
    }

    /// Draws `scene` into `target`, whose format is the renderer's and whose width and height in pixels are given, and
    /// submits.
    pub fn draw(&mut self, target: &TextureView, size: [u32; 2], scene: &Scene) {
        self.draw_tile(target, &Tile::whole(size), scene);
    }

    /// Draws a part of a picture.
    pub(super) fn draw_tile(&mut self, target: &TextureView, tile: &Tile, scene: &Scene) {
        let view = self.gpu.uniform("view", &uniforms::view(scene, tile));
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let bodies: Vec<_> =
            scene.surfaces.iter().map(|surface| self.body(&mut encoder, scene, surface, &view)).collect();
        let cuts = scene.cuts.iter().filter(|cut| scene.clip.holds(cut.axis, cut.position));
        let cuts: Vec<_> = cuts.map(|cut| (self.bind_cut(scene, cut, &view), cut.style.opacity)).collect();
        let ground = self.bind_surface(scene, None, &view);
        let mut pass = self.begin(&mut encoder, target, tile.size);
        self.fill(&mut pass, scene, &ground, &bodies, &cuts);
        drop(pass);
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// Draws all there is, from the back to the front of the layers.
    fn fill(
        &mut self,
        pass: &mut RenderPass,
        scene: &Scene,
        ground: &BindGroup,
        bodies: &[Body],
        cuts: &[(BindGroup, f32)],
    ) {
        pass.set_bind_group(0, ground, &[]);
        pass.set_pipeline(&self.pipelines.get(Subject::Background, Layer::Behind));
        pass.draw(0..3, 0..1);
        let (opaque, translucent): (Vec<_>, Vec<_>) = bodies.iter().partition(|body| body.surface.style.opacity >= 1.0);
        for body in opaque {
            self.draw_body(pass, body, Layer::Solid);
        }
        let (solid, faint): (Vec<_>, Vec<_>) = cuts.iter().partition(|(_, opacity)| *opacity >= 1.0);
        self.draw_cuts(pass, &solid, Layer::Solid);
        self.draw_lines(pass, scene, ground);
        self.draw_cuts(pass, &faint, Layer::Over);
        // The nearest back faces, then the nearest front faces, each found by its depth: what is seen does not depend
        // on the order of triangles.
        for body in &translucent {
            for culled in [Face::Front, Face::Back] {
                self.draw_body(pass, body, Layer::Depth { culled });
                self.draw_body(pass, body, Layer::Nearest { culled });
            }
        }
        if !translucent.is_empty() {
            // Those in front of what is translucent.
            self.draw_lines(pass, scene, ground);
        }
    }

    fn draw_body(&mut self, pass: &mut RenderPass, body: &Body, layer: Layer) {
        pass.set_pipeline(&self.pipelines.get(body.subject, layer));
        pass.set_bind_group(0, &body.bindings, &[]);
        pass.set_vertex_buffer(0, body.surface.body.vertices.slice(..));
        if let (Subject::Surface { valued: true, .. }, Some(values)) = (body.subject, body.surface.values) {
            pass.set_vertex_buffer(1, values.values.slice(..));
        }
        pass.draw_indirect(&body.draw, 0);
    }

    fn draw_cuts(&mut self, pass: &mut RenderPass, cuts: &[&(BindGroup, f32)], layer: Layer) {
        if !cuts.is_empty() {
            pass.set_pipeline(&self.pipelines.get(Subject::Cut, layer));
        }
        for (bindings, _) in cuts {
            pass.set_bind_group(0, bindings, &[]);
            pass.draw(0..6, 0..1);
        }
    }

    fn draw_lines(&mut self, pass: &mut RenderPass, scene: &Scene, ground: &BindGroup) {
        if scene.line_width <= 0.0 {
            return;
        }
        let [vertices, edges] = EDGES;
        let boxes = if scene.clip.is_whole() { 1 } else { 2 };
        pass.set_pipeline(&self.pipelines.get(Subject::Lines, Layer::Over));
        pass.set_bind_group(0, ground, &[]);
        pass.draw(0..vertices, 0..boxes * edges);
    }

    fn begin<'e>(&mut self, encoder: &'e mut CommandEncoder, target: &TextureView, size: [u32; 2]) -> RenderPass<'e> {
        let (gpu, format) = (&self.gpu, self.format);
        if self.targets.as_ref().is_some_and(|targets| targets.size != size) {
            self.targets = None;
        }
        let targets = self.targets.get_or_insert_with(|| Targets::new(gpu, format, size));
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
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
        })
    }

    fn body<'a>(
        &self,
        encoder: &mut CommandEncoder,
        scene: &Scene,
        surface: &'a Surface<'a>,
        view: &Buffer,
    ) -> Body<'a> {
        // The number of vertices comes from the surface, that of instances from the scene.
        let instances: u32 = scene.repeats().iter().product();
        let draw = self.gpu.words("draw arguments", &[0, instances, 0, 0], BufferUsages::INDIRECT);
        encoder.copy_buffer_to_buffer(&surface.body.draw, 0, &draw, 0, 4);
        let asked = surface.style.colour_by.quantity();
        let valued = surface.values.is_some_and(|values| Some(values.quantity) == asked);
        let subject = Subject::Surface { valued, clipped: !scene.clip.is_whole() };
        Body { surface, bindings: self.bind_surface(scene, Some(surface), view), draw, subject }
    }

    fn bind_surface(&self, scene: &Scene, surface: Option<&Surface>, view: &Buffer) -> BindGroup {
        let empty = super::Style::by(super::ColourBy::Phase);
        let (style, nodes) = surface.map_or((&empty, &scene.grid), |surface| (&surface.style, &surface.body.grid));
        let style = self.gpu.uniform("style", &uniforms::style(style, nodes));
        let occupancy = surface.map_or(&self.nothing, |surface| &surface.body.occupancy);
        let [u, v, w] = scene.repeats().map(|times| match times {
            1 => AddressMode::ClampToEdge,
            _ => AddressMode::Repeat,
        });
        let sampler = self.gpu.device.create_sampler(&wgpu::SamplerDescriptor {
            address_mode_u: u,
            address_mode_v: v,
            address_mode_w: w,
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        });
        self.gpu.bind(
            &self.pipelines.view_bindings,
            &[
                (0, view.as_entire_binding()),
                (1, BindingResource::TextureView(occupancy)),
                (2, BindingResource::Sampler(&sampler)),
                (3, style.as_entire_binding()),
            ],
        )
    }

    fn bind_cut(&self, scene: &Scene, cut: &super::CutPlane, view: &Buffer) -> BindGroup {
        let slice = Slice::of(cut, scene.extent());
        let other = cut.other.unwrap_or(cut.field);
        let style = self.gpu.uniform("style", &uniforms::style(&cut.style, &scene.grid));
        let words = self.gpu.uniform("cut plane", &slice.words());
        let buffers = [view, &cut.field.profile, &other.profile, &style, &words];
        let bindings: Vec<_> = (0..).zip(buffers.map(Buffer::as_entire_binding)).collect();
        self.gpu.bind(&self.pipelines.cut_bindings, &bindings)
    }
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
