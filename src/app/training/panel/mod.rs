//! The panel of a training: three steps, one below the other, and the present run below them.

mod data;
mod present;
mod recipe;
mod run;

use super::{Phase, Training};
use crate::app::{session::Session, theme, views::Sketches};
use bevy_egui::egui::{Button, CollapsingHeader, Frame, Margin, Panel, RichText, ScrollArea, Ui, Vec2};

/// Draws the panel.
pub fn show(ui: &mut Ui, training: &mut Training, session: &mut Session, sketches: &mut Sketches) {
    if *training.run.phase() != Phase::None {
        // In sight wherever the steps are scrolled to.
        let frame = Frame::new().inner_margin(Margin { top: 6, ..Margin::ZERO });
        let panel = Panel::bottom("present run").resizable(false).frame(frame);
        panel.show(ui, |ui| present::show(ui, &mut training.run, session));
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        small(ui, training);
        step(ui, "1  Data", true, |ui| data::show(ui, &mut training.data, sketches));
        step(ui, "2  Recipe", true, |ui| recipe::show(ui, &mut training.recipe));
        step(ui, "3  Run", true, |ui| run::show(ui, training));
    });
}

fn step(ui: &mut Ui, title: &str, open: bool, add: impl FnOnce(&mut Ui)) {
    CollapsingHeader::new(RichText::new(title).heading()).id_salt(title).default_open(open).show_unindented(ui, add);
    ui.add_space(4.0);
}

/// The one button that does it all.
fn small(ui: &mut Ui, training: &mut Training) {
    let busy = training.is_engaged() || training.data.job().is_some();
    let text = RichText::new("Train a small network now").strong().color(theme::on_accent());
    let size = Vec2::new(ui.available_width(), 30.0);
    let button = Button::new(text).fill(theme::accent());
    let about = "Makes a small dataset, then trains a network of 10,959 weights on it. On two cores the whole takes a few \
        minutes; the views show from the first seconds how the network learns.";
    let button = ui.add_enabled_ui(!busy, |ui| ui.add_sized(size, button)).inner.on_hover_text(about);
    if button.on_disabled_hover_text("A dataset or a network is being made already.").clicked() {
        training.train_small();
    }
    ui.add_space(6.0);
}
