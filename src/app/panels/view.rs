//! The menu of views: which tiles are open, and how fields are drawn.

use crate::{
    app::{
        session::Session,
        tiles::{Layout, Pane, Ready},
        views::{ViewId, Views},
    },
    surface::Caps,
};
use bevy_egui::egui::{Checkbox, Popup, PopupCloseBehavior, RichText, Ui};

/// The button that opens the menu, and the menu.
pub fn show(ui: &mut Ui, session: &Session, views: &mut Views, layout: &mut Layout) {
    let button = ui.button("View ⏷").on_hover_text("What is shown, and how");
    let menu = Popup::from_toggle_button_response(&button).gap(4.0);
    menu.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_min_width(230.0);
        layouts(ui, session, layout);
        ui.separator();
        tiles(ui, session, layout);
        ui.separator();
        cameras(ui, views);
        close_surfaces(ui, session, &mut views.caps);
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

fn close_surfaces(ui: &mut Ui, session: &Session, caps: &mut Caps) {
    let mut closed = *caps == Caps::Closed;
    let about = "Close the surfaces at the faces of the box, so that the phase φ > 0 is drawn as a solid body.";
    let flat = session.snapshot.as_ref().is_some_and(|snapshot| snapshot.reference.grid.is_flat());
    let checkbox = ui.add_enabled(!flat, Checkbox::new(&mut closed, "Caps"));
    if checkbox.on_hover_text(about).on_disabled_hover_text("A flat box has no surfaces.").changed() {
        *caps = if closed { Caps::Closed } else { Caps::Open };
    }
}
