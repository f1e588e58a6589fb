//! The two textures that show the views, which egui draws as images.
//!
//! Bevy knows each by a handle without an image behind it; the render world is given the texture itself.

use bevy::{
    asset::{AssetId, Assets, Handle},
    ecs::world::FromWorld,
    image::Image,
    prelude::*,
    render::{
        Render, RenderApp, RenderSystems,
        extract_resource::{ExtractResource, ExtractResourcePlugin},
        render_asset::RenderAssets,
        render_resource::{Sampler, Texture, TextureView},
        texture::GpuImage,
    },
};
use bevy_egui::{EguiTextureHandle, EguiUserTextures, egui};

/// What the views are drawn in.
pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8UnormSrgb;

/// The image of one view.
#[derive(Clone)]
pub struct Canvas {
    handle: Handle<Image>,
    /// By what egui knows it.
    pub id: egui::TextureId,
    texture: Option<wgpu::Texture>,
}

impl Canvas {
    fn new(images: &Assets<Image>, textures: &mut EguiUserTextures) -> Self {
        let handle = images.reserve_handle();
        let id = textures.add_image(EguiTextureHandle::Weak(handle.id()));
        Self { handle, id, texture: None }
    }

    /// Shows `texture`, which lives on the window's device, from now on.
    pub fn show(&mut self, texture: wgpu::Texture) {
        self.texture = Some(texture);
    }
}

/// Solver's and network's canvas, in this order.
#[derive(Resource, Clone)]
pub struct Canvases(pub [Canvas; 2]);

impl FromWorld for Canvases {
    fn from_world(world: &mut World) -> Self {
        world.resource_scope(|world, mut textures: Mut<EguiUserTextures>| {
            let images = world.resource::<Assets<Image>>();
            Self([(); 2].map(|()| Canvas::new(images, &mut textures)))
        })
    }
}

impl ExtractResource for Canvases {
    type Source = Self;

    fn extract_resource(source: &Self) -> Self {
        source.clone()
    }
}

/// Brings the canvases to the render world.
pub struct CanvasPlugin;

impl Plugin for CanvasPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Canvases>().add_plugins(ExtractResourcePlugin::<Canvases>::default());
        if let Some(render) = app.get_sub_app_mut(RenderApp) {
            render.add_systems(Render, publish.in_set(RenderSystems::PrepareAssets));
        }
    }
}

/// Gives each handle the texture it stands for.
fn publish(
    canvases: Res<Canvases>,
    mut images: ResMut<RenderAssets<GpuImage>>,
    device: Res<bevy::render::renderer::RenderDevice>,
) {
    if !canvases.is_changed() {
        return;
    }
    for canvas in &canvases.0 {
        let Some(texture) = &canvas.texture else { continue };
        let sampler = device.wgpu_device().create_sampler(&wgpu::SamplerDescriptor {
            label: Some("view"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..default()
        });
        images.insert(
            AssetId::from(&canvas.handle),
            GpuImage {
                texture_view: TextureView::from(texture.create_view(&wgpu::TextureViewDescriptor::default())),
                texture: Texture::from(texture.clone()),
                sampler: Sampler::from(sampler),
                texture_descriptor: wgpu::TextureDescriptor {
                    label: Some("view"),
                    size: texture.size(),
                    mip_level_count: 1,
                    sample_count: 1,
                    dimension: wgpu::TextureDimension::D2,
                    format: FORMAT,
                    usage: texture.usage(),
                    view_formats: &[],
                },
                texture_view_descriptor: None,
                had_data: true,
            },
        );
    }
}
