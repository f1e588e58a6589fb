//! The menu of how fields are drawn.

use super::setting::{drag, name};
use crate::{
    app::{
        labels,
        session::Session,
        theme,
        views::{Look, Views},
    },
    settings::view::{CUT, LEVEL, OPACITY, REPEAT},
    surface::Caps,
    view::{ClipBox, ColourBy, ColourMap, Ground},
};
use bevy_egui::egui::{Checkbox, ComboBox, DragValue, Grid, RichText, Slider, Ui};
use clap::ValueEnum;

/// Names of the axes.
const AXES: [&str; 3] = ["x", "y", "z"];

/// The button that opens the menu, and the menu.
pub fn show(ui: &mut Ui, session: &Session, views: &mut Views) {
    let button = ui.button("Look ⏷").on_hover_text("How surfaces and fields are drawn");
    let flat = session.snapshot.as_ref().is_some_and(|snapshot| snapshot.reference.grid.is_flat());
    theme::menu(&button, |ui| {
        ui.set_min_width(270.0);
        let look = &mut views.look;
        colours(ui, look);
        ui.separator();
        ui.add_enabled_ui(!flat, |ui| {
            surface(ui, look);
            ui.separator();
            cut(ui, look);
            clip(ui, look);
            repeat(ui, look);
        });
        ground(ui, look);
        ui.add_space(4.0);
        if ui.button("Reset").on_hover_text("Draws everything as at the start").clicked() {
            *look = Look::default();
        }
    });
}

fn colours(ui: &mut Ui, look: &mut Look) {
    ui.label(RichText::new("Colour by").weak());
    ui.horizontal_wrapped(|ui| {
        // The spread is that of a view of its own.
        for by in ColourBy::ALL.into_iter().filter(|by| *by != ColourBy::Spread) {
            let (text, about) = colour_words(by);
            if ui.selectable_label(look.colour_by == by, text).on_hover_text(about).clicked() {
                (look.colour_by, look.map, look.range) = (by, None, None);
            }
        }
    });
    if look.colour_by == ColourBy::Phase {
        return;
    }
    ui.horizontal(|ui| {
        let mut map = look.map();
        ComboBox::from_id_salt("map").width(80.0).selected_text(map.name()).show_ui(ui, |ui| {
            for choice in ColourMap::ALL {
                ui.selectable_value(&mut map, choice, choice.name());
            }
        });
        if map != look.map() {
            look.map = Some(map);
        }
        let mut automatic = look.range.is_none();
        let about = "The ends of the map are such that nearly all values lie between them.";
        if ui.checkbox(&mut automatic, "Automatic range").on_hover_text(about).changed() {
            look.range = (!automatic).then(|| look.colour_by.range());
        }
        if let Some([low, high]) = &mut look.range {
            ui.add(DragValue::new(low).speed(0.01));
            ui.add(DragValue::new(high).speed(0.01));
        }
    });
}

/// Name and meaning of a way of colouring.
fn colour_words(by: ColourBy) -> (&'static str, &'static str) {
    match by {
        ColourBy::Phase => ("Evolution", "Each evolution has its colours: outside, inside, and faces of the box."),
        ColourBy::Field => ("Field", "φ itself: on planes through the box, and in flat boxes."),
        ColourBy::Curvature => ("Curvature", "Mean curvature of the surface, in 1/grid unit: what drives the motion."),
        ColourBy::Spread => ("Spread", "Standard deviation of several networks."),
        ColourBy::Difference => ("|ψ − φ|", "How far candidate and reference differ at each point."),
        ColourBy::Distance => (
            "Distance",
            "How far the other interface lies from this one along its normal, in grid units, with its sign.",
        ),
    }
}

fn surface(ui: &mut Ui, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.checkbox(&mut look.surface, "Surface").on_hover_text("Draw the surface; without it a plane is seen whole.");
        let mut closed = look.caps == Caps::Closed;
        let about = "Close the surfaces at the faces of the box, so that the phase φ > 0 is drawn as a solid body.";
        if ui.add(Checkbox::new(&mut closed, "Caps")).on_hover_text(about).changed() {
            look.caps = if closed { Caps::Closed } else { Caps::Open };
        }
        let about = "Draws the other evolution's surface over this one, translucent. F swaps the two views.";
        ui.checkbox(&mut look.ghost, "Both").on_hover_text(about);
    });
    Grid::new("surface").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        for (setting, value) in [(&LEVEL, &mut look.level), (&OPACITY, &mut look.opacity)] {
            ui.label(name(setting)).on_hover_text(setting.about());
            ui.add(Slider::new(value, setting.least..=setting.most)).on_hover_text(setting.about());
            ui.end_row();
        }
    });
}

fn cut(ui: &mut Ui, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.label("Plane").on_hover_text("A plane through the box that shows the field, and the interfaces as lines");
        if ui.selectable_label(look.cut.is_none(), "none").clicked() {
            look.cut = None;
        }
        for (axis, text) in AXES.into_iter().enumerate() {
            let chosen = look.cut.is_some_and(|(present, _)| present == axis);
            if ui.selectable_label(chosen, text).on_hover_text(format!("Across the {text} axis")).clicked() {
                look.cut = Some((axis, look.cut.map_or(CUT.default, |(_, position)| position)));
            }
        }
        if let Some((_, position)) = &mut look.cut {
            ui.add(Slider::new(position, CUT.least..=CUT.most).show_value(false)).on_hover_text(CUT.about());
        }
    });
}

fn clip(ui: &mut Ui, look: &mut Look) {
    let mut clipped = !look.clip.is_whole();
    let about = "Draws only what lies in a part of the box.";
    if ui.checkbox(&mut clipped, "Clip").on_hover_text(about).changed() {
        look.clip = if clipped { ClipBox { min: [0.0; 3], max: [0.5, 1.0, 1.0] } } else { ClipBox::WHOLE };
    }
    if look.clip.is_whole() {
        return;
    }
    Grid::new("clip").num_columns(3).show(ui, |ui| {
        for (axis, text) in AXES.into_iter().enumerate() {
            let (min, max) = (&mut look.clip.min[axis], &mut look.clip.max[axis]);
            ui.label(text);
            ui.add(Slider::new(min, 0.0..=(*max - 0.01).max(0.0)).show_value(false));
            ui.add(Slider::new(max, (*min + 0.01).min(1.0)..=1.0).show_value(false));
            ui.end_row();
        }
    });
}

fn repeat(ui: &mut Ui, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.label("Repeat").on_hover_text("Periodic images of the box side by side");
        for (axis, text) in AXES.into_iter().enumerate() {
            ui.label(RichText::new(text).weak());
            drag(ui, &REPEAT, &mut look.repeat[axis]);
        }
    });
}

fn ground(ui: &mut Ui, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.label("Ground").on_hover_text("What is behind everything");
        for &ground in Ground::value_variants().iter().filter(|ground| **ground != Ground::Transparent) {
            let (text, about) = labels::value(&ground);
            ui.selectable_value(&mut look.ground, ground, text).on_hover_text(about);
        }
    });
}
