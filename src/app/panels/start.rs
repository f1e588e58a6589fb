//! The menu of initial conditions, with their parameters.

use super::setting::{drag, label, line, name};
use crate::{
    app::{labels, session::Session, theme},
    initial::{Initial, InitialOptions, NoiseGenerator, NoiseParameters},
    settings::{
        AMPLITUDE, CORRELATION_LENGTH, FLUCTUATION, HURST, LAYER, MARGIN, MEAN, OCTAVES, RADIUS, ROUGHNESS, THICKNESS,
        UNDULATION, VOLUME_FRACTION,
    },
};
use bevy_egui::egui::{DragValue, Grid, TextEdit, Ui};
use clap::ValueEnum;

/// The button that opens the menu, and the menu.
pub fn show(ui: &mut Ui, session: &mut Session) {
    let running = session.snapshot.as_ref().map_or(&session.draft.initial, |snapshot| &snapshot.setup.initial);
    let button = ui.button(format!("Start: {} ⏷", short_name(running))).on_hover_text("Where the run starts");
    theme::menu(&button, |ui| {
        ui.set_min_width(250.0);
        if let Some(preset) = presets(ui, session) {
            session.start_from(preset);
        }
        ui.separator();
        parameters(ui, session);
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if ui.button("Restart").on_hover_text("Restarts the run with these parameters").clicked() {
                session.restart();
            }
            let random = is_random(&session.draft.initial);
            if random && ui.button("New seed").on_hover_text("Restarts the run with the next seed").clicked() {
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

/// The initial fields to choose from; the one that was clicked, if any.
pub fn presets(ui: &mut Ui, session: &Session) -> Option<Initial> {
    let mut chosen = None;
    Grid::new("presets").num_columns(4).spacing([4.0, 4.0]).show(ui, |ui| {
        for (index, (name, preset)) in Initial::presets().into_iter().enumerate() {
            if ui.selectable_label(session.draft.initial == preset, name).clicked() {
                chosen = Some(preset);
            }
            if index % 4 == 3 {
                ui.end_row();
            }
        }
    });
    if let file @ (Initial::Mesh(path) | Initial::File(path)) = &session.draft.initial {
        ui.selectable_label(true, short_name(file)).on_hover_text(path.display().to_string());
    }
    chosen
}

/// Whether the seed matters.
pub fn is_random(initial: &Initial) -> bool {
    matches!(initial, Initial::Noise | Initial::WhiteNoise | Initial::Slice | Initial::Film)
}

/// The parameters that the chosen initial condition uses.
pub fn parameters(ui: &mut Ui, session: &mut Session) {
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
            line(ui, &CORRELATION_LENGTH, &mut noise.correlation_length);
            line(ui, &OCTAVES, &mut noise.octaves);
            generator(ui, noise);
        }
        if matches!(initial, Initial::Noise | Initial::Slice) {
            line(ui, &AMPLITUDE, &mut noise.amplitude);
        }
        if matches!(initial, Initial::Noise | Initial::WhiteNoise | Initial::Slice) {
            line(ui, &MEAN, &mut noise.mean);
        }
        if matches!(initial, Initial::WhiteNoise) {
            line(ui, &FLUCTUATION, &mut options.fluctuation);
        }
        shape(ui, &initial, options);
        volume_fraction(ui, options);
    });
}

fn generator(ui: &mut Ui, noise: &mut NoiseParameters) {
    label(ui, "Generator", "How the gradients of the noise are drawn.");
    ui.horizontal(|ui| {
        for &generator in NoiseGenerator::value_variants() {
            let (name, help) = labels::value(&generator);
            ui.selectable_value(&mut noise.generator, generator, name).on_hover_text(help);
        }
    });
    ui.end_row();
    if noise.generator == NoiseGenerator::Permutation {
        line(ui, &HURST, &mut noise.hurst);
    }
}

fn shape(ui: &mut Ui, initial: &Initial, options: &mut InitialOptions) {
    let (waves, periods) = (options.waves(), options.periods());
    let shape = &mut options.shape;
    match initial {
        Initial::Sphere | Initial::Droplets => line(ui, &RADIUS, &mut shape.radius),
        Initial::Column => {
            line(ui, &RADIUS, &mut shape.radius);
            line(ui, &UNDULATION, &mut shape.undulation);
            line(ui, &waves, &mut shape.waves);
        }
        Initial::Slab => {
            line(ui, &THICKNESS, &mut shape.thickness);
            line(ui, &UNDULATION, &mut shape.undulation);
            line(ui, &waves, &mut shape.waves);
        }
        Initial::Film => {
            line(ui, &THICKNESS, &mut shape.thickness);
            line(ui, &ROUGHNESS, &mut shape.roughness);
        }
        Initial::Slice => line(ui, &LAYER, &mut shape.layer),
        Initial::Gyroid => line(ui, &periods, &mut shape.periods),
        #[cfg(feature = "bunny")]
        Initial::Bunny => line(ui, &MARGIN, &mut options.margin),
        Initial::Mesh(_) => line(ui, &MARGIN, &mut options.margin),
        Initial::File(_) => {
            let meaning = "The file holds c = (φ + 1)/2 from 0 to 1 instead of φ from −1 to 1.";
            label(ui, "Concentrations", meaning);
            ui.checkbox(&mut options.concentration, "").on_hover_text(meaning);
            ui.end_row();
            let meaning = "Resamples the file onto the grid chosen in the menu.";
            label(ui, "Resample", meaning);
            ui.checkbox(&mut options.resample, "").on_hover_text(meaning);
            ui.end_row();
            crop(ui, options);
        }
        Initial::Noise | Initial::WhiteNoise | Initial::Pfhub1a => {}
    }
}

/// The part of a file to take, as it is written on the command line; red while it cannot be understood.
fn crop(ui: &mut Ui, options: &mut InitialOptions) {
    let meaning =
        "The part of the file to use: first nodes, counted from 0, and ends along x, y and z. Empty: all of it.";
    label(ui, "Crop", meaning);
    let id = ui.id().with("crop");
    let typed = ui.data(|data| data.get_temp(id));
    let mut text: String = typed.unwrap_or_else(|| options.crop.map(String::from).unwrap_or_default());
    let parse = |text: &str| if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) };
    let colour = parse(&text).is_err().then_some(theme::alert());
    let field = TextEdit::singleline(&mut text).hint_text("10:74,0:64,32:96").text_color_opt(colour);
    let field = ui.add(field.desired_width(130.0)).on_hover_text(meaning);
    if let (true, Ok(crop)) = (field.changed(), parse(&text)) {
        options.crop = crop;
    }
    // What is typed is kept while it is being typed.
    let kept = field.has_focus().then_some(text);
    ui.data_mut(|data| {
        if let Some(text) = kept {
            data.insert_temp(id, text);
        } else {
            data.remove::<String>(id);
        }
    });
    ui.end_row();
}

fn volume_fraction(ui: &mut Ui, options: &mut InitialOptions) {
    let mut chosen = options.volume_fraction.is_some();
    let mut fraction = options.volume_fraction.unwrap_or(VOLUME_FRACTION.default);
    ui.checkbox(&mut chosen, name(&VOLUME_FRACTION)).on_hover_text(VOLUME_FRACTION.about());
    ui.add_enabled_ui(chosen, |ui| drag(ui, &VOLUME_FRACTION, &mut fraction));
    ui.end_row();
    options.volume_fraction = chosen.then_some(fraction);
}
