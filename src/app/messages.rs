//! What went wrong, said in the window until it is dismissed.

use super::theme;
use bevy_egui::egui::{self, Align2, Area, CornerRadius, Frame, Margin, RichText, Stroke, Vec2};

/// Most messages kept; the oldest gives way.
const CAPACITY: usize = 4;

/// Room for the button that dismisses a message, in points.
const BUTTON: f32 = 40.0;

/// Sentences for the user, oldest first.
#[derive(Default)]
pub struct Messages(Vec<String>);

impl Messages {
    /// Shows `text` until it is dismissed. Repeating a sentence that is still there does nothing.
    pub fn push(&mut self, text: impl Into<String>) {
        let text = text.into();
        if self.0.contains(&text) {
            return;
        }
        tracing::warn!("{text}");
        if self.0.len() == CAPACITY {
            self.0.remove(0);
        }
        self.0.push(text);
    }

    /// Draws them over the top of `area`, newest below.
    pub fn show(&mut self, ctx: &egui::Context, area: egui::Rect) {
        if self.0.is_empty() {
            return;
        }
        let width = (area.width() - 40.0).clamp(240.0, 620.0);
        Area::new("messages".into())
            .pivot(Align2::CENTER_TOP)
            .fixed_pos(area.center_top() + Vec2::new(0.0, 10.0))
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                ui.set_width(width);
                self.0.retain(|text| !banner(ui, text));
            });
    }
}

/// One message; true once it is dismissed.
fn banner(ui: &mut egui::Ui, text: &str) -> bool {
    let frame = Frame::new()
        .fill(egui::Color32::from_rgb(0x35, 0x1f, 0x22))
        .stroke(Stroke::new(1.0, theme::ALERT.gamma_multiply(0.6)))
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::symmetric(12, 8));
    let contents = |ui: &mut egui::Ui| {
        ui.label(RichText::new("⚠").color(theme::ALERT));
        let width = ui.available_width() - BUTTON;
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.label(text);
        });
        ui.button("✖").on_hover_text("Dismiss").clicked()
    };
    frame.show(ui, |ui| ui.horizontal_top(contents).inner).inner
}
