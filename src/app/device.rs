//! Bevy on the shared graphics device, and what happens when that device fails.

use super::session::Session;
use crate::gpu::Gpu;
use bevy::{
    prelude::*,
    render::{
        RenderPlugin,
        error_handler::{ErrorType, RenderError, RenderErrorHandler, RenderErrorPolicy},
        renderer::{RenderAdapter, RenderAdapterInfo, RenderDevice, RenderInstance, RenderQueue, WgpuWrapper},
        settings::RenderCreation,
    },
    window::PrimaryWindow,
};
use std::sync::Arc;

/// Has bevy render on `gpu` instead of a device of its own.
pub fn render_plugin(gpu: &Gpu) -> RenderPlugin {
    RenderPlugin {
        render_creation: RenderCreation::manual(
            RenderDevice::from(gpu.device.clone()),
            RenderQueue(Arc::new(WgpuWrapper::new(gpu.queue.clone()))),
            RenderAdapterInfo(WgpuWrapper::new(gpu.adapter.get_info())),
            RenderAdapter(Arc::new(WgpuWrapper::new(gpu.adapter.clone()))),
            RenderInstance(Arc::new(WgpuWrapper::new(gpu.instance.clone()))),
        ),
        ..default()
    }
}

/// Bevy's own answer to a rendering error is to end the program; ours is to say so and to go on while that can work.
pub fn error_handler() -> RenderErrorHandler {
    RenderErrorHandler(answer)
}

fn answer(error: &RenderError, window: &mut World, _: &mut World) -> RenderErrorPolicy {
    if !matches!(error.ty, ErrorType::DeviceLost) {
        say(window, format!("The graphics device reported an error: {}", error.description));
        return RenderErrorPolicy::Ignore;
    }
    // Nothing can be drawn any more, not even a message: the title is what is left.
    let text = "Spinodal — the graphics device was lost, please restart";
    let mut titles = window.query_filtered::<&mut Window, With<PrimaryWindow>>();
    if let Ok(mut window) = titles.single_mut(window) {
        window.title = text.into();
    }
    say(window, format!("The graphics device was lost: {}", error.description));
    RenderErrorPolicy::StopRendering
}

fn say(window: &mut World, text: String) {
    if let Some(mut session) = window.get_resource_mut::<Session>() {
        session.messages.push(text);
    }
}

/// Lets the shared device keep its errors again, which bevy's renderer took over when it started: so the simulation
/// learns of its own.
pub fn reclaim_errors(session: Res<Session>) {
    session.gpu.record_errors();
}
