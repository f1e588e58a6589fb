//! How egui's panels are blended: in the sRGB encoding of colours, as egui means it.
//!
//! bevy_egui has the driver decode every texel to light and encode every pixel again, and its shader undoes both. Where
//! the processor draws, that took a fifth of a picture's time. Here texels, products and the window's picture stay
//! encoded, until bevy's last pass copies the picture to the window's surface, which encodes what it gets.

use bevy::{
    asset::uuid_handle,
    core_pipeline::blit::{BlitPipeline, init_blit_pipeline},
    prelude::*,
    render::{
        Render, RenderApp, RenderStartup, RenderSystems,
        render_resource::{PipelineCache, SpecializedRenderPipelines},
    },
    shader::Shader,
};
use bevy_egui::{
    EguiManagedTextures, EguiPostUpdateSet,
    render::{
        EGUI_SHADER_HANDLE, EguiPipeline, EguiPipelineKey,
        systems::{EguiPipelines, queue_pipelines_system},
    },
    update_egui_textures_system,
};
use wgpu::{TextureFormat, TextureViewDescriptor};

/// In what all is kept. The camera needs bevy's `CompositingSpace::Srgb` for it.
const ENCODED: TextureFormat = TextureFormat::Rgba8Unorm;

/// The shader of bevy's last pass.
const SCREEN_SHADER: Handle<Shader> = uuid_handle!("7c1f5a52-5c0c-4f0e-9a55-0d5a4f6b8e21");

/// Has egui's panels blended so, in a plugin after bevy_egui's.
pub struct BlendingPlugin;

impl Plugin for BlendingPlugin {
    fn build(&self, app: &mut App) {
        let screen = concat!(include_str!("../../../shaders/srgb.wgsl"), include_str!("../../../shaders/screen.wgsl"));
        let panels = include_str!("../../../shaders/panels.wgsl");
        let shaders = [
            (EGUI_SHADER_HANDLE, Shader::from_wgsl(panels, "shaders/panels.wgsl")),
            (SCREEN_SHADER, Shader::from_wgsl(screen, "shaders/screen.wgsl")),
        ];
        for (handle, shader) in shaders {
            if let Err(error) = app.world_mut().resource_mut::<Assets<Shader>>().insert(&handle, shader) {
                tracing::error!("the panels are drawn by another shader: {error}");
            }
        }
        let views = view_encoded.after(update_egui_textures_system).in_set(EguiPostUpdateSet::PostProcessOutput);
        app.add_systems(PostUpdate, views);
        if let Some(render) = app.get_sub_app_mut(RenderApp) {
            render
                .add_systems(RenderStartup, decode_last.after(init_blit_pipeline))
                .add_systems(Render, draw_encoded.after(queue_pipelines_system).in_set(RenderSystems::Queue));
        }
    }
}

/// Has new textures read as they are stored.
fn view_encoded(textures: Res<EguiManagedTextures>, mut images: ResMut<Assets<Image>>) {
    for texture in textures.values() {
        let is_new = images.get(&texture.handle).is_some_and(|image| image.texture_view_descriptor.is_none());
        if is_new && let Some(mut image) = images.get_mut(&texture.handle) {
            image.texture_descriptor.view_formats = &[ENCODED];
            image.texture_view_descriptor = Some(TextureViewDescriptor { format: Some(ENCODED), ..default() });
        }
    }
}

/// Has the panels drawn into a picture that stores what it is given.
fn draw_encoded(
    mut pipelines: ResMut<EguiPipelines>,
    mut specialized: ResMut<SpecializedRenderPipelines<EguiPipeline>>,
    cache: Res<PipelineCache>,
    pipeline: Res<EguiPipeline>,
) {
    for id in pipelines.0.values_mut() {
        *id = specialized.specialize(&cache, &pipeline, EguiPipelineKey { target_format: ENCODED });
    }
}

/// Replaces the shader of bevy's last pass, which would take a power for every pixel.
fn decode_last(mut pipeline: ResMut<BlitPipeline>) {
    pipeline.fragment_shader = SCREEN_SHADER;
}
