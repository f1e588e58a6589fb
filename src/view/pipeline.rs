//! The render pipelines of a view, which differ in little, made when they are first needed.

use crate::{
    gpu::Gpu,
    grid,
    surface::gpu::{PROFILE, VERTEX_BYTES},
};
use std::collections::HashMap;
use wgpu::{
    BindGroupLayout, BindGroupLayoutEntry, BindingType, BlendState, BufferBindingType, CompareFunction, Face,
    PipelineCompilationOptions, PipelineLayout, RenderPipeline, SamplerBindingType, ShaderModule, ShaderStages,
    TextureFormat, TextureSampleType, TextureViewDimension, VertexAttribute, VertexBufferLayout, VertexFormat,
};

/// What the shaders of all views share, to be put before each.
pub(super) const BACKDROP: &str =
    concat!(include_str!("../../shaders/srgb.wgsl"), include_str!("../../shaders/backdrop.wgsl"));

/// The colours of surfaces and planes.
pub(super) const STYLE: &str = include_str!("../../shaders/style.wgsl");

/// The colours of a place on a plane, with all that it takes but [`BACKDROP`] and [`STYLE`].
pub(super) fn slice_source() -> String {
    [grid::WGSL, PROFILE, include_str!("../../shaders/slice.wgsl")].concat()
}

/// Samples per pixel.
pub(super) const SAMPLES: u32 = 4;

/// Reversed: 1 is near, 0 at infinity.
pub(super) const DEPTH: TextureFormat = TextureFormat::Depth32Float;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Background,
    /// The lines of the box.
    Lines,
    Cut,
    /// Coloured by values of its vertices or not, whole or with parts cut off.
    Surface {
        valued: bool,
        clipped: bool,
    },
}

/// How it is put over what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Layer {
    /// Behind everything.
    Behind,
    /// Opaque.
    Solid,
    /// Blended over what is behind, hidden by what is in front, hiding nothing.
    Over,
    /// The depth alone of the nearest faces, without those that are culled.
    Depth { culled: Face },
    /// Blended where `Depth` has found its faces to be the nearest.
    Nearest { culled: Face },
}

/// All pipelines of a renderer.
pub(super) struct Pipelines {
    gpu: Gpu,
    format: TextureFormat,
    /// Background, box and surfaces.
    view: (ShaderModule, PipelineLayout),
    /// Planes.
    cut: (ShaderModule, PipelineLayout),
    pub(super) view_bindings: BindGroupLayout,
    pub(super) cut_bindings: BindGroupLayout,
    made: HashMap<(Subject, Layer), RenderPipeline>,
}

impl Pipelines {
    pub(super) fn new(gpu: &Gpu, format: TextureFormat) -> Self {
        let view = include_str!("../../shaders/view.wgsl");
        let surfaces =
            gpu.shader("view", &[BACKDROP, view, STYLE, include_str!("../../shaders/surface.wgsl")].concat());
        let cut = include_str!("../../shaders/cut.wgsl");
        let cuts = gpu.shader("cut", &[BACKDROP, view, STYLE, &slice_source(), cut].concat());
        let buffer = |ty| BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None };
        let uniform = buffer(BufferBindingType::Uniform);
        let storage = buffer(BufferBindingType::Storage { read_only: true });
        let volume = BindingType::Texture {
            sample_type: TextureSampleType::Float { filterable: true },
            view_dimension: TextureViewDimension::D3,
            multisampled: false,
        };
        let view_bindings =
            bindings(gpu, &[uniform, volume, BindingType::Sampler(SamplerBindingType::Filtering), uniform]);
        let cut_bindings = bindings(gpu, &[uniform, storage, storage, uniform, uniform]);
        Self {
            gpu: gpu.clone(),
            format,
            view: (surfaces, layout(gpu, &view_bindings)),
            cut: (cuts, layout(gpu, &cut_bindings)),
            view_bindings,
            cut_bindings,
            made: HashMap::new(),
        }
    }

    /// The pipeline that draws `subject` as `layer`.
    pub(super) fn get(&mut self, subject: Subject, layer: Layer) -> RenderPipeline {
        if let Some(made) = self.made.get(&(subject, layer)) {
            return made.clone();
        }
        let made = self.make(subject, layer);
        self.made.insert((subject, layer), made.clone());
        made
    }

    fn make(&self, subject: Subject, layer: Layer) -> RenderPipeline {
        let (vertex, fragment) = match subject {
            Subject::Background => ("background_vertex", "background_fragment"),
            Subject::Lines => ("box_vertex", "box_fragment"),
            Subject::Cut => ("cut_vertex", "cut_fragment"),
            Subject::Surface { valued, clipped } => (
                if valued { "valued_vertex" } else { "surface_vertex" },
                if clipped { "clipped_fragment" } else { "surface_fragment" },
            ),
        };
        let (module, layout) = if subject == Subject::Cut { &self.cut } else { &self.view };
        let flag = |set: bool| if set { 1.0 } else { 0.0 };
        let mut constants = vec![("ENCODE", flag(!self.format.is_srgb()))];
        let mut buffers = Vec::new();
        if let Subject::Surface { valued, clipped } = subject {
            constants.extend([("VALUED", flag(valued)), ("CLIPPED", flag(clipped))]);
            buffers.push(vertex_buffer(VERTEX_BYTES, &CORNER));
            buffers.extend(valued.then(|| vertex_buffer(size_of::<f32>() as u64, &VALUE)));
        }
        let options = PipelineCompilationOptions { constants: &constants, ..PipelineCompilationOptions::default() };
        let depth_alone = matches!(layer, Layer::Depth { .. });
        let (depth_compare, cull_mode) = match layer {
            Layer::Behind => (CompareFunction::Always, None),
            Layer::Solid | Layer::Over => (CompareFunction::GreaterEqual, None),
            Layer::Depth { culled } => (CompareFunction::GreaterEqual, Some(culled)),
            Layer::Nearest { culled } => (CompareFunction::Equal, Some(culled)),
        };
        let blended = matches!(layer, Layer::Over | Layer::Nearest { .. });
        self.gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(fragment),
            layout: Some(layout),
            vertex: wgpu::VertexState {
                module,
                entry_point: Some(vertex),
                compilation_options: options.clone(),
                buffers: &buffers,
            },
            primitive: wgpu::PrimitiveState { cull_mode, ..Default::default() },
            depth_stencil: Some(wgpu::DepthStencilState {
                format: DEPTH,
                depth_write_enabled: Some(layer == Layer::Solid || depth_alone),
                depth_compare: Some(depth_compare),
                stencil: Default::default(),
                bias: Default::default(),
            }),
            multisample: wgpu::MultisampleState { count: SAMPLES, ..Default::default() },
            fragment: Some(wgpu::FragmentState {
                module,
                entry_point: Some(if depth_alone { "depth_fragment" } else { fragment }),
                compilation_options: options,
                targets: &[Some(wgpu::ColorTargetState {
                    format: self.format,
                    blend: blended.then_some(BlendState::ALPHA_BLENDING),
                    write_mask: if depth_alone { wgpu::ColorWrites::empty() } else { wgpu::ColorWrites::ALL },
                })],
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

/// Position and normal, as [`crate::surface::gpu::GpuSurface::vertices`] has them.
const CORNER: [VertexAttribute; 2] = [
    VertexAttribute { format: VertexFormat::Float32x3, offset: 0, shader_location: 0 },
    VertexAttribute { format: VertexFormat::Snorm16x2, offset: 12, shader_location: 1 },
];

/// A value of its own, in a buffer of its own.
const VALUE: [VertexAttribute; 1] = [VertexAttribute { format: VertexFormat::Float32, offset: 0, shader_location: 2 }];

fn vertex_buffer(array_stride: u64, attributes: &[VertexAttribute]) -> VertexBufferLayout<'_> {
    VertexBufferLayout { array_stride, step_mode: wgpu::VertexStepMode::Vertex, attributes }
}

/// Bindings of these types, numbered from 0.
fn bindings(gpu: &Gpu, types: &[BindingType]) -> BindGroupLayout {
    let numbered = (0..).zip(types);
    let entries: Vec<_> = numbered
        .map(|(binding, ty)| BindGroupLayoutEntry {
            binding,
            visibility: ShaderStages::VERTEX_FRAGMENT,
            ty: *ty,
            count: None,
        })
        .collect();
    gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries })
}

fn layout(gpu: &Gpu, bindings: &BindGroupLayout) -> PipelineLayout {
    gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(bindings)],
        immediate_size: 0,
    })
}
