//! How the pointer moves the camera: the point under it stays under it.

use crate::view::Camera;
use bevy::math::Vec2;
use bevy_egui::egui::{PointerButton, Response};

/// Radians per point dragged.
const ORBIT: f32 = 0.008;

/// Natural logarithm of the zoom per point scrolled.
const ZOOM: f32 = 0.0025;

/// Handles the pointer over one view: drag to orbit; with shift or another button, or where the box is `flat`, to pan;
/// wheel or pinch to zoom; a double click to see the `whole` box again. Where the primary button has another use,
/// `taken`, the secondary one orbits.
pub fn steer(camera: &mut Camera, response: &Response, whole: Camera, flat: bool, taken: bool) {
    let (shift, scroll, pinch) =
        response.ctx.input(|input| (input.modifiers.shift, input.smooth_scroll_delta().y, input.zoom_delta()));
    let side = response.rect.size().min_elem().max(1.0);
    let drag = response.drag_delta();
    let orbits = if taken { PointerButton::Secondary } else { PointerButton::Primary };
    if response.dragged_by(orbits) && !shift && !flat {
        camera.orbit(-ORBIT * drag.x, ORBIT * drag.y);
    } else if response.dragged() && !(taken && response.dragged_by(PointerButton::Primary)) {
        camera.pan(Vec2::new(-drag.x, drag.y) / side);
    }
    if let Some(pointer) = response.hover_pos() {
        let factor = (-scroll * ZOOM).exp() / pinch;
        if factor != 1.0 {
            let offset = pointer - response.rect.center();
            zoom(camera, factor, Vec2::new(offset.x, -offset.y) / side);
        }
    }
    if response.double_clicked() && !taken {
        *camera = whole;
    }
}

/// Zooms about the point of the target's plane that lies at `pointer`, in shorter sides of the view from the centre.
fn zoom(camera: &mut Camera, factor: f32, pointer: Vec2) {
    let before = camera.visible();
    camera.zoom(factor);
    // A pan is measured in what is seen now, the pointer's way in what was seen before.
    camera.pan(pointer * (before / camera.visible() - 1.0));
}
