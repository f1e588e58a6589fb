//! The menu of initial conditions, with their parameters.

use super::session::Session;
use crate::initial::{Initial, InitialOptions};
use bevy_egui::egui::{DragValue, Grid, Popup, PopupCloseBehavior, Ui};
use std::ops::RangeInclusive;

/// The button that opens the menu, and the menu.
pub fn show(ui: &mut Ui, session: &mut Session) {
    let running = session.snapshot.as_ref().map_or(&session.draft.initial, |snapshot| &snapshot.setup.initial);
    let button = ui.button(format!("Start: {} ⏷", short_name(running))).on_hover_text("Where the run starts");
    let menu = Popup::from_toggle_button_response(&button).gap(4.0);
    menu.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_min_width(250.0);
        presets(ui, session);
        ui.separator();
        parameters(ui, session);
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if ui.button("Start anew").on_hover_text("Starts a run with these parameters").clicked() {
                session.restart();
            }
            let random = is_random(&session.draft.initial);
            if random && ui.button("New seed").on_hover_text("Starts a run with the next seed").clicked() {
                session.draft.options.seed = session.draft.options.seed.wrapping_add(1);
                session.restart();
            }
        });
    });
}

/// A file by its name alone.
pub fn short_name(initial: &Initial) -> String {
    match initial {
        Initial::Mesh(path) | Initial::File(path) => {
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
        }
        preset => preset.to_string(),
    }
}

fn presets(ui: &mut Ui, session: &mut Session) {
    Grid::new("presets").num_columns(4).spacing([4.0, 4.0]).show(ui, |ui| {
        for (index, (name, preset)) in Initial::presets().into_iter().enumerate() {
            if ui.selectable_label(session.draft.initial == preset, name).clicked() {
                session.start_from(preset);
            }
            if index % 4 == 3 {
                ui.end_row();
            }
        }
    });
    if let file @ (Initial::Mesh(path) | Initial::File(path)) = &session.draft.initial {
        ui.selectable_label(true, short_name(file)).on_hover_text(path.display().to_string());
    }
}

/// Whether the seed matters.
fn is_random(initial: &Initial) -> bool {
    matches!(initial, Initial::Noise | Initial::WhiteNoise | Initial::Slice | Initial::Film)
}

/// The parameters that the chosen initial condition uses.
fn parameters(ui: &mut Ui, session: &mut Session) {
    let initial = session.draft.initial.clone();
    let options = &mut session.draft.options;
    Grid::new("parameters").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        if is_random(&initial) {
            label(ui, "Seed", "The same seed gives the same field.");
            ui.add(DragValue::new(&mut options.seed));
            ui.end_row();
        }
        let noise = &mut options.noise;
        if matches!(initial, Initial::Noise | Initial::Slice | Initial::Film) {
            let length = "Size of the structures in grid units; rounded so that the noise stays periodic.";
            number(ui, "Correlation length", length, &mut noise.correlation_length, 2.0..=64.0, 0.1);
        }
        if matches!(initial, Initial::Noise | Initial::Slice) {
            number(ui, "Amplitude", "Largest deviation of φ from its mean.", &mut noise.amplitude, 0.0..=2.0, 0.01);
        }
        if matches!(initial, Initial::Noise | Initial::WhiteNoise | Initial::Slice) {
            number(ui, "Mean of φ", "−1 and +1 are the pure phases.", &mut noise.mean, -1.0..=1.0, 0.01);
        }
        if matches!(initial, Initial::WhiteNoise) {
            let meaning = "Largest deviation from the mean, evenly distributed.";
            number(ui, "Fluctuation", meaning, &mut options.fluctuation, 0.0..=2.0, 0.01);
        }
        shape(ui, &initial, options);
        volume_fraction(ui, options);
    });
}

fn shape(ui: &mut Ui, initial: &Initial, options: &mut InitialOptions) {
    const SIDES: &str = "As a fraction of the box's side.";
    let shape = &mut options.shape;
    match initial {
        Initial::Sphere => number(ui, "Radius", SIDES, &mut shape.radius, 0.05..=0.5, 0.005),
        Initial::Slab => {
            number(ui, "Thickness", SIDES, &mut shape.thickness, 0.05..=0.95, 0.005);
            number(ui, "Undulation", SIDES, &mut shape.undulation, 0.0..=0.5, 0.005);
        }
        Initial::Film => {
            number(ui, "Thickness", SIDES, &mut shape.thickness, 0.05..=0.95, 0.005);
            number(ui, "Roughness", SIDES, &mut shape.roughness, 0.0..=0.5, 0.005);
        }
        Initial::Slice => number(ui, "Layer", SIDES, &mut shape.layer, 0.01..=1.0, 0.005),
        Initial::Gyroid => {
            label(ui, "Periods", "Unit cells per side of the box.");
            ui.add(DragValue::new(&mut shape.periods).range(1..=8));
            ui.end_row();
        }
        Initial::Bunny | Initial::Mesh(_) => number(ui, "Margin", SIDES, &mut options.margin, 0.0..=0.45, 0.005),
        Initial::File(_) => {
            let meaning = "The file holds c = (φ + 1)/2 from 0 to 1 instead of φ from −1 to 1.";
            label(ui, "Concentrations", meaning);
            ui.checkbox(&mut options.concentration, "").on_hover_text(meaning);
            ui.end_row();
        }
        Initial::Noise | Initial::WhiteNoise | Initial::Pfhub1a => {}
    }
}

fn volume_fraction(ui: &mut Ui, options: &mut InitialOptions) {
    let mut chosen = options.volume_fraction.is_some();
    let mut fraction = options.volume_fraction.unwrap_or(0.5);
    ui.checkbox(&mut chosen, "Volume fraction").on_hover_text(
        "Share of the box that the phase φ = 1 has once the phases have parted: the mean of c = (φ + 1)/2. Shapes grow \
             or shrink to it, other fields are shifted.",
    );
    ui.add_enabled(chosen, DragValue::new(&mut fraction).range(0.001..=0.999).speed(0.005));
    ui.end_row();
    options.volume_fraction = chosen.then_some(fraction);
}

/// A line of a table of parameters.
pub fn number(ui: &mut Ui, name: &str, meaning: &str, value: &mut f64, range: RangeInclusive<f64>, speed: f64) {
    label(ui, name, meaning);
    ui.add(DragValue::new(value).range(range).speed(speed).max_decimals(3));
    ui.end_row();
}

/// The name of a parameter.
pub fn label(ui: &mut Ui, name: &str, meaning: &str) {
    ui.label(name).on_hover_text(meaning);
}
