//! The line along the bottom: what is going on, and on what it is drawn.

use super::session::Session;
use bevy_egui::egui::{Align, Layout, RichText, Ui};

/// Draws the line.
pub fn show(ui: &mut Ui, session: &Session) {
    ui.horizontal_centered(|ui| {
        ui.label(RichText::new(doing(session)).small().weak());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let device = format!("computed on {} · drawn by {}", session.engine(), session.screen.description());
            ui.label(RichText::new(device).small().weak());
        });
    });
}

fn doing(session: &Session) -> String {
    let Some(snapshot) = &session.snapshot else {
        return if session.failed { "Nothing runs: choose another start" } else { "Reading the first run…" }.into();
    };
    if let Some(task) = &snapshot.loading {
        return format!("{task}…");
    }
    "Drag: orbit · right drag: pan · wheel: zoom · double click: reset".into()
}
