//! A blurred picture of which phase fills which part of the box, for the renderer's ambient occlusion.

use crate::{
    gpu::Gpu,
    grid::{self, Grid},
};
use wgpu::{Buffer, CommandEncoder, ComputePipeline, Texture, TextureFormat, TextureUsages, TextureView};

/// Octaves of blur: blocks of 2, 4 and 8 nodes.
const LEVELS: u32 = 3;

/// Texels per workgroup along each axis, as in the shader.
const WORKGROUP: u32 = 4;

pub(super) struct Occupancy {
    shape: [u32; 3],
    kernel: ComputePipeline,
    texture: Texture,
}

impl Occupancy {
    pub(super) fn new(gpu: &Gpu, grid: &Grid) -> Self {
        let module = gpu.shader("occupancy", &[grid::WGSL, include_str!("../../../shaders/occupancy.wgsl")].concat());
        // The axes of a texture are x, y, z; those of the box keep their names.
        let shape = grid.shape.map(|side| side as u32);
        let [width, height, depth] = shape.map(|side| side.div_ceil(2).max(1));
        let longest = width.max(height).max(depth);
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("occupancy"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: depth },
            mip_level_count: LEVELS.min(longest.ilog2() + 1),
            sample_count: 1,
            dimension: wgpu::TextureDimension::D3,
            format: TextureFormat::Rgba8Unorm,
            usage: TextureUsages::STORAGE_BINDING | TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        });
        Self { shape, kernel: gpu.kernel(&module, "fill"), texture }
    }

    /// All levels, to sample from.
    pub(super) fn view(&self) -> TextureView {
        self.texture.create_view(&Default::default())
    }

    pub(super) fn fill(&self, gpu: &Gpu, encoder: &mut CommandEncoder, field: &Buffer, level: f32) {
        let parameters = gpu.uniform("occupancy parameters", &[&self.shape[..], &[level.to_bits()]].concat());
        let layout = self.kernel.get_bind_group_layout(0);
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.kernel);
        for base_mip_level in 0..self.texture.mip_level_count() {
            let only = wgpu::TextureViewDescriptor { base_mip_level, mip_level_count: Some(1), ..Default::default() };
            let target = self.texture.create_view(&only);
            let bindings = gpu.bind(
                &layout,
                &[
                    (0, parameters.as_entire_binding()),
                    (1, field.as_entire_binding()),
                    (2, wgpu::BindingResource::TextureView(&target)),
                ],
            );
            pass.set_bind_group(0, &bindings, &[]);
            let groups = |texels: u32| (texels >> base_mip_level).max(1).div_ceil(WORKGROUP);
            let size = self.texture.size();
            pass.dispatch_workgroups(groups(size.width), groups(size.height), groups(size.depth_or_array_layers));
        }
    }
}
