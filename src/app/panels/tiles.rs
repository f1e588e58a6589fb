//! The menu of tiles: which are open, and whether their cameras are linked.

use crate::app::{
    session::Session,
    tiles::{Layout, Pane, Ready},
    views::{ViewId, Views},
};
use bevy_egui::egui::{Popup, PopupCloseBehavior, RichText, Ui};

/// The button that opens the menu of tiles, and the menu.
pub fn show(ui: &mut Ui, session: &Session, views: &mut Views, layout: &mut Layout) {
    let button = ui.button("Tiles ⏷").on_hover_text("What is shown, and where");
    let menu = Popup::from_toggle_button_response(&button).gap(4.0);
    menu.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_min_width(230.0);
        layouts(ui, session, layout);
        ui.separator();
        tiles(ui, session, layout);
        ui.separator();
        cameras(ui, views);
    });
}

fn candidates(session: &Session) -> usize {
    session.snapshot.as_ref().map_or(1, |snapshot| snapshot.candidates.len())
}

fn layouts(ui: &mut Ui, session: &Session, layout: &mut Layout) {
    ui.label(RichText::new("Layout").weak());
    ui.horizontal(|ui| {
        for ready in Ready::ALL {
            if ui.button(ready.name()).on_hover_text(ready.about()).clicked() {
                *layout = Layout::ready(ready, candidates(session));
            }
        }
    });
}

fn tiles(ui: &mut Ui, session: &Session, layout: &mut Layout) {
    ui.label(RichText::new("Tiles").weak());
    let candidates = (0..candidates(session)).map(|number| Pane::View(ViewId::Candidate(number)));
    for pane in Pane::FIXED.into_iter().chain(candidates) {
        let name = match pane {
            Pane::View(view @ ViewId::Candidate(_)) => session.view_name(view),
            other => other.name(),
        };
        let mut open = layout.is_open(pane);
        if ui.checkbox(&mut open, name).on_hover_text(pane.about()).changed() {
            if open { layout.open(pane) } else { layout.close(pane) }
        }
    }
}

fn cameras(ui: &mut Ui, views: &mut Views) {
    let mut linked = views.are_linked();
    let about = "All views turn together. Without it, each has a camera of its own.";
    if ui.checkbox(&mut linked, "Linked cameras").on_hover_text(about).changed() {
        views.link(linked);
    }
}
