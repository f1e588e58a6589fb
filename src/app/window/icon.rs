//! The program's picture in the bar of tasks. On Wayland the desktop file names it.

use bevy::{ecs::system::NonSendMarker, prelude::*, window::PrimaryWindow, winit::WINIT_WINDOWS};
use winit::window::Icon;

/// Gives the window its icon. To be called on the main thread, once the window is there.
pub fn set(window: Single<Entity, With<PrimaryWindow>>, _main_thread: NonSendMarker) {
    let icon =
        image::load_from_memory(include_bytes!("../../../assets/desktop/spinodal.png")).map_err(|e| e.to_string());
    let icon = icon.map(|image| image.into_rgba8()).and_then(|image| {
        let (width, height) = image.dimensions();
        Icon::from_rgba(image.into_raw(), width, height).map_err(|error| error.to_string())
    });
    match icon {
        Ok(icon) => WINIT_WINDOWS.with_borrow(|windows| {
            if let Some(window) = windows.get_window(*window) {
                window.set_window_icon(Some(icon));
            }
        }),
        Err(reason) => tracing::warn!("the window has no icon: {reason}"),
    }
}
