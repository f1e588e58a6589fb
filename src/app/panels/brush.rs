//! The menu of the brush.

use super::setting::{drag, name};
use crate::{
    app::{brush::BrushTool, session::Session, theme},
    settings::view::BRUSH,
};
use bevy_egui::egui::{Button, Ui};

/// The button of the brush, and its menu.
pub fn show(ui: &mut Ui, tool: &mut BrushTool, session: &mut Session) {
    let about =
        "Paint one phase into the other, in all evolutions at once (P). Drag over a surface, a plane or a flat box.";
    if ui.add(Button::new("Paint").selected(tool.active)).on_hover_text(about).clicked() {
        tool.active ^= true;
    }
    if !tool.active {
        return;
    }
    let button = ui.small_button("⏷").on_hover_text("Phase, radius, undo");
    theme::menu(&button, |ui| {
        ui.set_min_width(220.0);
        ui.horizontal(|ui| {
            ui.selectable_value(&mut tool.erases, false, "Add φ = +1").on_hover_text("Alt paints the other phase");
            ui.selectable_value(&mut tool.erases, true, "Remove");
        });
        ui.horizontal(|ui| {
            ui.label(name(&BRUSH)).on_hover_text("Keys [ and ]");
            drag(ui, &BRUSH, &mut tool.radius);
        });
        let painting = session.snapshot.as_ref().map(|snapshot| snapshot.painting).unwrap_or_default();
        ui.horizontal(|ui| {
            let undo = ui.add_enabled(painting.undo > 0, Button::new(format!("Undo ({})", painting.undo)));
            if undo.on_hover_text("Takes back the latest stroke (Ctrl+Z)").clicked() {
                session.undo();
            }
            let redo = ui.add_enabled(painting.redo > 0, Button::new(format!("Redo ({})", painting.redo)));
            if redo.on_hover_text("Repeats the stroke (Ctrl+Shift+Z)").clicked() {
                session.redo();
            }
        });
        if let Some(change) = painting.mean_change {
            let text = format!("The latest stroke changed the mean of φ by {}.", theme::readout(change));
            ui.weak(text);
        }
    });
}
