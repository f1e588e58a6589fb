//! The start page: four tiles over the running view.

use super::{Choice, frame};
use crate::app::theme;
use bevy_egui::egui::{
    Align, Align2, Area, Button, Color32, Context, FontId, Grid, Layout, Order, RichText, TextFormat, Ui, Vec2,
    text::LayoutJob,
};

/// Size of a tile, in points.
const TILE: Vec2 = Vec2::new(250.0, 104.0);

/// What the user asks for.
pub enum Action {
    Stay,
    Close,
    Tour,
    Choose(Choice),
}

/// Draws the page.
pub fn show(ctx: &Context) -> Action {
    let area = Area::new("start page".into()).anchor(Align2::CENTER_CENTER, Vec2::ZERO).order(Order::Foreground);
    let shown = area.show(ctx, |ui| frame().show(ui, contents).inner);
    // The click also reaches what lies below.
    match shown.inner {
        Action::Stay if shown.response.clicked_elsewhere() => Action::Close,
        action => action,
    }
}

fn contents(ui: &mut Ui) -> Action {
    let mut action = Action::Stay;
    ui.label(RichText::new("Spinodal").size(22.0).strong());
    ui.weak("Phase separation in three dimensions: a solver and a neural network, side by side.");
    ui.add_space(8.0);
    Grid::new("start").num_columns(2).spacing([10.0, 10.0]).show(ui, |ui| {
        for (index, choice) in Choice::ALL.iter().copied().enumerate() {
            if tile(ui, choice) {
                action = Action::Choose(choice);
            }
            if index % 2 == 1 {
                ui.end_row();
            }
        }
    });
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Take the tour").on_hover_text("Six steps through the window").clicked() {
            action = Action::Tour;
        }
        if ui.button("Close").on_hover_text("Esc, or a click elsewhere").clicked() {
            action = Action::Close;
        }
    });
    action
}

fn tile(ui: &mut Ui, choice: Choice) -> bool {
    let format =
        |size: f32, color: Color32| TextFormat { font_id: FontId::proportional(size), color, ..Default::default() };
    let mut text = LayoutJob::default();
    text.append(&format!("{}\n", choice.title()), 0.0, format(17.0, theme::accent()));
    text.append(choice.about(), 0.0, format(12.5, ui.visuals().text_color()));
    let tile = Button::new(text).wrap().min_size(TILE);
    // Text keeps to the left where the layout does.
    let left = Layout::top_down(Align::LEFT);
    ui.allocate_ui_with_layout(TILE, left, |ui| ui.add(tile)).inner.clicked()
}
