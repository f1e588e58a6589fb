//! What it takes to draw one picture after the other of one evolution.

use super::{bodies::Bodies, picture::Picture};
use crate::{
    app::window::canvas::FORMAT,
    gpu::Gpu,
    view::{Palette, PlaneRenderer, Renderer, Scene, flat_axis},
};
use wgpu::{Extent3d, Texture, TextureUsages};

/// How a picture is used on the device that draws it.
pub const DRAWN: TextureUsages =
    TextureUsages::RENDER_ATTACHMENT.union(TextureUsages::TEXTURE_BINDING).union(TextureUsages::COPY_SRC);

/// The bodies of an evolution, and what draws them.
pub struct Easel {
    pub bodies: Bodies,
    renderer: Renderer,
}

impl Easel {
    /// With nothing on it.
    pub fn new(gpu: &Gpu) -> Self {
        Self { bodies: Bodies::default(), renderer: Renderer::new(gpu, FORMAT) }
    }

    /// Draws what was prepared for a picture.
    pub fn draw(&mut self, gpu: &Gpu, planes: &PlaneRenderer, picture: &Picture, palettes: [Palette; 2]) -> Texture {
        let Self { bodies, renderer } = self;
        let (size, camera, look) = (picture.drawn_size(), &picture.camera, &picture.look);
        let texture = canvas(gpu, size, DRAWN);
        let target = texture.create_view(&Default::default());
        let is_flat = bodies.field().is_some_and(|field| flat_axis(&field.grid).is_some());
        match look.flat(bodies, camera, palettes).filter(|_| is_flat) {
            Some(scene) => planes.draw(&target, size, &scene),
            None => {
                let scene = Scene::new(camera, picture.light());
                renderer.draw(&target, size, &look.scene(bodies, scene, palettes, picture.divisor));
            }
        }
        texture
    }
}

/// An empty picture of the window's format.
pub fn canvas(gpu: &Gpu, [width, height]: [u32; 2], usage: TextureUsages) -> Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("view"),
        size: Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage,
        view_formats: &[],
    })
}
