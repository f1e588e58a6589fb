//! What it takes to draw one picture after the other of one evolution.

use super::{bodies::Bodies, picture::Picture};
use crate::{
    app::window::canvas::FORMAT,
    gpu::Gpu,
    view::{Palette, PlaneRenderer, Renderer, Scene, canvas, flat_axis},
};
use wgpu::{Texture, TextureUsages};

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
        let texture = canvas(gpu, size, FORMAT, DRAWN);
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
