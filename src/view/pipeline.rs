//! The three render pipelines of a view, which differ in little.

use crate::gpu::Gpu;
use wgpu::{
    BindGroupLayoutEntry, BindingType, BlendState, CompareFunction, PipelineCompilationOptions, RenderPipeline,
    SamplerBindingType, ShaderModule, ShaderStages, TextureFormat, TextureSampleType, TextureViewDimension,
    VertexBufferLayout,
};

/// What the shaders of all views share, to be put before each.
pub(super) const BACKDROP: &str = include_str!("../../shaders/backdrop.wgsl");

/// Samples per pixel.
pub(super) const SAMPLES: u32 = 4;

/// Reversed: 1 is near, 0 at infinity.
pub(super) const DEPTH: TextureFormat = TextureFormat::Depth32Float;

/// How a pipeline treats what is behind and what is in front of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// Behind everything.
    Background,
    /// Opaque.
    Solid,
    /// Blended over what is behind, hidden by what is in front.
    Lines,
}

/// What the pipelines of one renderer have in common.
pub(super) struct PipelineMaker<'a> {
    gpu: &'a Gpu,
    module: &'a ShaderModule,
    format: TextureFormat,
    layout: wgpu::PipelineLayout,
}

impl<'a> PipelineMaker<'a> {
    pub(super) fn new(gpu: &'a Gpu, module: &'a ShaderModule, format: TextureFormat) -> Self {
        let uniform = BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        };
        let volume = BindingType::Texture {
            sample_type: TextureSampleType::Float { filterable: true },
            view_dimension: TextureViewDimension::D3,
            multisampled: false,
        };
        let types = [uniform, volume, BindingType::Sampler(SamplerBindingType::Filtering)];
        let numbered = (0..).zip(types);
        let entries: Vec<_> = numbered
            .map(|(binding, ty)| BindGroupLayoutEntry {
                binding,
                visibility: ShaderStages::VERTEX_FRAGMENT,
                ty,
                count: None,
            })
            .collect();
        let bindings =
            gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
        let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&bindings)],
            immediate_size: 0,
        });
        Self { gpu, module, format, layout }
    }

    /// The pipeline of the entry points `{name}_vertex` and `{name}_fragment`.
    pub(super) fn pipeline(&self, name: &str, buffers: &[VertexBufferLayout], layer: Layer) -> RenderPipeline {
        let encode = if self.format.is_srgb() { 0.0 } else { 1.0 };
        let options =
            PipelineCompilationOptions { constants: &[("ENCODE", encode)], ..PipelineCompilationOptions::default() };
        let depth_compare = match layer {
            Layer::Background => CompareFunction::Always,
            Layer::Solid | Layer::Lines => CompareFunction::GreaterEqual,
        };
        self.gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(name),
            layout: Some(&self.layout),
            vertex: wgpu::VertexState {
                module: self.module,
                entry_point: Some(&format!("{name}_vertex")),
                compilation_options: options.clone(),
                buffers,
            },
            primitive: Default::default(),
            depth_stencil: Some(wgpu::DepthStencilState {
                format: DEPTH,
                depth_write_enabled: Some(layer == Layer::Solid),
                depth_compare: Some(depth_compare),
                stencil: Default::default(),
                bias: Default::default(),
            }),
            multisample: wgpu::MultisampleState { count: SAMPLES, ..Default::default() },
            fragment: Some(wgpu::FragmentState {
                module: self.module,
                entry_point: Some(&format!("{name}_fragment")),
                compilation_options: options,
                targets: &[Some(wgpu::ColorTargetState {
                    format: self.format,
                    blend: (layer == Layer::Lines).then_some(BlendState::ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}
