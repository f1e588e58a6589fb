//! Where the views are shown: the painter's pictures are copied into the window's, under all that egui draws.
//!
//! Pictures come in the size and with the bytes with which they are shown, so that a copy is all it takes. As images of
//! egui, each pixel would be sampled and blended.

use crate::app::views::ViewId;
use bevy::{
    core_pipeline::{Core2d, Core2dSystems, upscaling::upscaling},
    prelude::*,
    render::{
        RenderApp,
        extract_resource::{ExtractResource, ExtractResourcePlugin},
        render_resource::RenderPassDescriptor,
        renderer::{RenderContext, ViewQuery},
        view::ViewTarget,
    },
};
use bevy_egui::render::egui_pass;
use std::collections::BTreeMap;

/// What the views are drawn in: the bytes are those of the window's picture.
pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8UnormSrgb;

/// The place of one view.
#[derive(Clone, Default)]
pub struct Canvas {
    picture: Option<wgpu::Texture>,
    corner: [u32; 2],
    size: [u32; 2],
}

impl Canvas {
    /// Shows `picture`, which lives on the window's device, from now on.
    pub fn show(&mut self, picture: wgpu::Texture) {
        self.picture = Some(picture);
    }

    /// Whether the upper left corner and the size are these, in pixels.
    pub fn is_at(&self, corner: [u32; 2], size: [u32; 2]) -> bool {
        self.corner == corner && self.size == size
    }

    /// Moves it there.
    pub fn place(&mut self, corner: [u32; 2], size: [u32; 2]) {
        (self.corner, self.size) = (corner, size);
    }

    /// What of a picture of such a size is seen in a window of such a size.
    fn visible(&self, picture: wgpu::Extent3d, window: wgpu::Extent3d) -> wgpu::Extent3d {
        let ([left, top], [width, height]) = (self.corner, self.size);
        wgpu::Extent3d {
            width: picture.width.min(width).min(window.width.saturating_sub(left)),
            height: picture.height.min(height).min(window.height.saturating_sub(top)),
            depth_or_array_layers: 1,
        }
    }
}

/// The canvases of all views that are open.
#[derive(Resource, Clone, Default)]
pub struct Canvases(pub BTreeMap<ViewId, Canvas>);

impl ExtractResource for Canvases {
    type Source = Self;

    fn extract_resource(source: &Self) -> Self {
        source.clone()
    }
}

/// Brings the canvases to the render world, and their pictures into the window.
pub struct CanvasPlugin;

impl Plugin for CanvasPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Canvases>().add_plugins(ExtractResourcePlugin::<Canvases>::default());
        if let Some(render) = app.get_sub_app_mut(RenderApp) {
            render.add_systems(Core2d, hang.after(Core2dSystems::MainPass).before(egui_pass).before(upscaling));
        }
    }
}

/// Copies the pictures to their places.
fn hang(view: ViewQuery<&ViewTarget>, canvases: Res<Canvases>, mut context: RenderContext) {
    let target = view.into_inner();
    // Whatever is drawn first into the window's picture clears it: this is to come before the copies.
    context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("clear"),
        color_attachments: &[Some(target.get_unsampled_color_attachment())],
        ..default()
    });
    let window = target.main_texture();
    for canvas in canvases.0.values() {
        let Some(picture) = &canvas.picture else { continue };
        let visible = canvas.visible(picture.size(), window.size());
        if visible.width == 0 || visible.height == 0 {
            continue;
        }
        let [x, y] = canvas.corner;
        let place = wgpu::TexelCopyTextureInfo { origin: wgpu::Origin3d { x, y, z: 0 }, ..window.as_image_copy() };
        context.command_encoder().copy_texture_to_texture(picture.as_image_copy(), place, visible);
    }
}
