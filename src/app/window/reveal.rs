//! Shows the window once it has something to show.
//!
//! The first pictures take longer than any later one, for pipelines and glyphs are made at their first
//! use. So no window opens empty.

use super::wake::Patience;
use bevy::{prelude::*, window::PrimaryWindow};
use std::time::Duration;

/// Pictures drawn before: the first with all panels, the second with their glyphs, one more with both in use.
const UNSEEN: u32 = 3;

/// Counts the pictures and shows the window, which was made invisible.
pub fn show_once_drawn(
    mut window: Single<&mut Window, With<PrimaryWindow>>,
    camera: Single<&Camera>,
    patience: Res<Patience>,
    mut drawn: Local<u32>,
) {
    if *drawn < UNSEEN {
        // Of the update before.
        *drawn += u32::from(camera.is_active);
        patience.wait_at_most(Duration::ZERO);
    } else if !window.visible {
        window.visible = true;
    }
}
