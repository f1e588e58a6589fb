//! Messages: failures, until they are dismissed, and notes on a run, while it lasts.

use crate::{app::theme, comparison::Event};
use bevy_egui::egui::{self, Align2, Area, CornerRadius, Frame, Margin, RichText, Stroke, Vec2};

/// Most messages of each kind that are kept; the oldest is dropped.
const CAPACITY: usize = 4;

/// Room for the button that dismisses a message, in points.
const BUTTON: f32 = 40.0;

/// Failures, oldest first, and notes on the present run.
#[derive(Default)]
pub struct Messages {
    failures: Vec<String>,
    notes: Vec<String>,
}

impl Messages {
    /// Adds the message of `event`.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Started => self.notes.clear(),
            Event::Doubtful(text) => self.remark(text),
            Event::Failed { action, message, .. } => self.push(format!("Could not {action}: {message}.")),
            Event::Stopped(message) => self.push(format!("{message}. Please restart the program.")),
        }
    }

    /// Shows the failure `text` until it is dismissed. Repeating a sentence that is still there does nothing.
    pub fn push(&mut self, text: impl Into<String>) {
        keep(&mut self.failures, text.into());
    }

    /// The failures that have not been dismissed.
    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// What is doubtful about the present run, in one line.
    pub fn note(&self) -> Option<String> {
        self.note_with([])
    }

    /// The same line with more notes on the present run.
    pub fn note_with(&self, more: impl IntoIterator<Item = String>) -> Option<String> {
        let notes: Vec<_> = self.notes.iter().cloned().chain(more).collect();
        (!notes.is_empty()).then(|| format!("Please note: {}.", notes.join("; ")))
    }

    /// Adds a note on the present run. Repeating one does nothing.
    pub fn remark(&mut self, text: impl Into<String>) {
        keep(&mut self.notes, text.into());
    }

    /// Draws the failures over the top of `area`, newest below.
    pub fn show(&mut self, ctx: &egui::Context, area: egui::Rect) {
        if self.failures.is_empty() {
            return;
        }
        let width = (area.width() - 40.0).clamp(240.0, 620.0);
        Area::new("messages".into())
            .pivot(Align2::CENTER_TOP)
            .fixed_pos(area.center_top() + Vec2::new(0.0, 10.0))
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                ui.set_width(width);
                self.failures.retain(|text| !banner(ui, text));
            });
    }
}

/// Adds a message to those before, unless it is among them.
fn keep(messages: &mut Vec<String>, text: String) {
    if messages.contains(&text) {
        return;
    }
    tracing::warn!("{text}");
    if messages.len() == CAPACITY {
        messages.remove(0);
    }
    messages.push(text);
}

/// One failure; true once it is dismissed.
fn banner(ui: &mut egui::Ui, text: &str) -> bool {
    let frame = Frame::new()
        .fill(theme::alert_ground())
        .stroke(Stroke::new(1.0, theme::alert().gamma_multiply(0.6)))
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::symmetric(12, 8));
    let contents = |ui: &mut egui::Ui| {
        ui.label(RichText::new("⚠").color(theme::alert()));
        let width = ui.available_width() - BUTTON;
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.label(text);
        });
        ui.button("✖").on_hover_text("Dismiss").clicked()
    };
    frame.show(ui, |ui| ui.horizontal_top(contents).inner).inner
}
