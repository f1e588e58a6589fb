//! The line along the bottom: what is going on, and on what it is drawn.

use crate::app::{session::Session, window::device::Screen};
use bevy_egui::egui::{Align, Label, Layout, RichText, Ui};

/// Draws the line.
pub fn show(ui: &mut Ui, session: &Session, screen: &Screen) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let device = format!("computed on {} · drawn by {}", session.engine(true), screen.0.description());
        ui.label(RichText::new(device).small().weak());
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            // What does not fit is shown under the pointer.
            ui.add(Label::new(doing(session).small()).truncate());
        });
    });
}

fn doing(session: &Session) -> RichText {
    let weak = |text: &str| RichText::new(text).weak();
    let Some(snapshot) = &session.snapshot else {
        return weak(if session.failed { "Nothing runs: choose another start" } else { "Reading the first run…" });
    };
    if let Some(task) = &snapshot.loading {
        return weak(&format!("{task}…"));
    }
    if let Some(note) = session.note() {
        return RichText::new(note).strong();
    }
    weak(if snapshot.reference.grid.is_flat() {
        "Drag: pan · wheel: zoom · double click: reset"
    } else {
        "Drag: orbit · right drag: pan · wheel: zoom · double click: reset"
    })
}
