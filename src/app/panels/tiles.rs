//! The menu of tiles: which are open, whether their cameras are linked, and how the window looks.

use super::setting::name;
use crate::{
    app::{
        memory::Appearance,
        session::Session,
        theme,
        tiles::{Layout, Pane, Ready},
        views::{ViewId, Views},
    },
    settings::view::SCALE,
};
use bevy_egui::egui::{DragValue, RichText, Ui};

/// The button that opens the menu of tiles, and the menu.
pub fn show(ui: &mut Ui, session: &Session, views: &mut Views, layout: &mut Layout, appearance: &mut Appearance) {
    let button = ui.button("Tiles ⏷").on_hover_text("What is shown, and where");
    theme::menu(&button, |ui| {
        ui.set_min_width(230.0);
        layouts(ui, session, layout);
        ui.separator();
        tiles(ui, session, layout);
        ui.separator();
        cameras(ui, views);
        ui.separator();
        look(ui, appearance);
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

fn look(ui: &mut Ui, appearance: &mut Appearance) {
    ui.horizontal(|ui| {
        ui.selectable_value(&mut appearance.light, false, "Dark");
        ui.selectable_value(&mut appearance.light, true, "Light").on_hover_text("For bright rooms, and for print");
        ui.label(name(&SCALE));
        // Taken up when it is let go: the control under the pointer must not grow meanwhile.
        let id = ui.id().with("scale");
        let mut scale = ui.data(|data| data.get_temp(id)).unwrap_or(appearance.scale);
        let dragged = ui.add(DragValue::new(&mut scale).range(SCALE.least..=SCALE.most).speed(0.01));
        let dragged = dragged.on_hover_text(SCALE.about());
        if dragged.dragged() || dragged.has_focus() {
            ui.data_mut(|data| data.insert_temp(id, scale));
        } else {
            ui.data_mut(|data| data.remove::<f32>(id));
            if appearance.scale != scale {
                appearance.scale = scale;
            }
        }
    });
}
