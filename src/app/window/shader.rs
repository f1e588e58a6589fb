//! The shader that draws the panels.
//!
//! bevy_egui's own takes six powers for every pixel, which are slow where the processor draws; ours makes do without,
//! see `shaders/srgb.wgsl`.

use bevy::{prelude::*, shader::Shader};
use bevy_egui::render::EGUI_SHADER_HANDLE;

/// Replaces the shader of bevy_egui's plugin, which must come first.
pub struct ShaderPlugin;

impl Plugin for ShaderPlugin {
    fn build(&self, app: &mut App) {
        let source = concat!(include_str!("../../../shaders/srgb.wgsl"), include_str!("../../../shaders/panels.wgsl"));
        let shader = Shader::from_wgsl(source, "shaders/panels.wgsl");
        if let Err(error) = app.world_mut().resource_mut::<Assets<Shader>>().insert(&EGUI_SHADER_HANDLE, shader) {
            tracing::error!("the panels are drawn by another shader: {error}");
        }
    }
}
