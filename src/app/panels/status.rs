//! The status line: what is running, and on which device.

use crate::app::{session::Session, window::device::Screen};
use bevy_egui::egui::{Align, Label, Layout, ProgressBar, RichText, Ui};
use std::time::Duration;

/// How often the progress of a slow frame is drawn.
const TICK: Duration = Duration::from_millis(200);

/// Draws the line.
pub fn show(ui: &mut Ui, session: &mut Session, screen: &Screen) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let software = if screen.0.is_software() { " (software: views are drawn slowly)" } else { "" };
        let device = format!("computed on {} · drawn by {}{software}", session.engine(true), screen.0.description());
        ui.label(RichText::new(device).small().weak());
        if let Some(rate) = session.frame_rate() {
            ui.separator();
            ui.label(RichText::new(format!("{rate:.1} frames/s")).small().weak())
                .on_hover_text("Frames per second, all evolutions together");
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            if let Some((name, share)) = session.progress().filter(|_| session.playing) {
                ui.add(ProgressBar::new(share).desired_width(90.0).desired_height(8.0));
                ui.label(RichText::new(name).small().weak());
                ui.ctx().request_repaint_after(TICK);
            }
            // A tooltip shows what does not fit.
            ui.add(Label::new(doing(session).small()).truncate());
        });
    });
}

fn doing(session: &Session) -> RichText {
    let weak = |text: &str| RichText::new(text).weak();
    let Some(snapshot) = &session.snapshot else {
        return weak(if session.failed { "No run: choose another start" } else { "Loading the first run…" });
    };
    if let Some(task) = &snapshot.loading {
        return weak(&format!("{task}…"));
    }
    if let Some(frame) = snapshot.catching_up {
        return weak(&format!("recomputing up to frame {}, now at {frame}…", snapshot.number()));
    }
    if let Some(note) = session.note() {
        return RichText::new(note).strong();
    }
    weak(if snapshot.reference.grid.is_flat() {
        "Drag: pan · wheel: zoom · double click: reset · F1: all keys"
    } else {
        "Drag: orbit · right drag: pan · wheel: zoom · double click: reset · F1: all keys"
    })
}
