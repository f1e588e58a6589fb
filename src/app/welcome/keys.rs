//! All keys in one table.

use super::frame;
use crate::app::theme;
use bevy_egui::egui::{Align2, Area, Context, Grid, Order, RichText, Ui, Vec2};

/// Every key of the window and what it does.
pub const KEYS: [(&str, &str); 14] = [
    ("Space", "Play or pause"),
    ("→", "One frame further"),
    ("←", "One frame back"),
    ("R, Home", "All cameras show the whole box"),
    ("F", "Swap reference and candidate, to see where they differ"),
    ("B", "Set or remove a bookmark at this frame"),
    ("1, 2, 3", "The layouts Compare, Train and Lecture"),
    ("F11", "Full screen"),
    ("Ctrl+O", "Open a file"),
    ("Ctrl+Q", "Quit"),
    ("Esc", "Close a dialog, or show all tiles again"),
    ("? or F1", "This table"),
    ("Drag, right drag, wheel", "Orbit, pan and zoom a view"),
    ("Double click", "On a view: the whole box. On a tile's title: this tile alone"),
];

/// What the user asks for.
pub enum Action {
    Stay,
    Close,
    Tour,
    Page,
}

/// Draws the table.
pub fn show(ctx: &Context) -> Action {
    let area = Area::new("keys".into()).anchor(Align2::CENTER_CENTER, Vec2::ZERO).order(Order::Foreground);
    area.show(ctx, |ui| frame().show(ui, contents).inner).inner
}

fn contents(ui: &mut Ui) -> Action {
    ui.heading("Keys");
    ui.add_space(4.0);
    Grid::new("keys").num_columns(2).spacing([18.0, 4.0]).show(ui, |ui| {
        for (key, action) in KEYS {
            ui.label(RichText::new(key).monospace().color(theme::accent()));
            ui.label(action);
            ui.end_row();
        }
    });
    ui.add_space(8.0);
    let row = |ui: &mut Ui| {
        let tour = ui.button("Take the tour").on_hover_text("Six steps through the window").clicked();
        let page = ui.button("Start page").clicked();
        let close = ui.button("Close").on_hover_text("Esc").clicked();
        [(tour, Action::Tour), (page, Action::Page), (close, Action::Close)]
            .into_iter()
            .find_map(|(clicked, action)| clicked.then_some(action))
    };
    ui.horizontal(row).inner.unwrap_or(Action::Stay)
}
