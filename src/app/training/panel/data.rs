//! The first step: a dataset that is there, or a new one.

use crate::{
    app::{
        panels::setting::{interval, line, typed},
        theme,
        training::data::{self, Data, Job},
        views::Sketches,
    },
    grid::Shape,
    settings::{
        TOLERANCE,
        dataset::{
            AMPLITUDES, CORRELATION_LENGTHS, FILM_SHARE, FRAMES, LATE_FRAMES, LATE_SHARE, MEAN_DEVIATION, QUENCH_SHARE,
            SEQUENCES, SLICE_SHARE, VALIDATION_SHARE,
        },
    },
    solver::Method,
    training::{dataset_run::DatasetCommand, preset::DataPreset},
};
use bevy_egui::egui::{CollapsingHeader, DragValue, Grid, ProgressBar, RichText, TextEdit, Ui};
use std::path::Path;

/// Draws the step.
pub fn show(ui: &mut Ui, data: &mut Data, sketches: &mut Sketches) {
    found(ui, data);
    ui.add_space(4.0);
    CollapsingHeader::new("Make a dataset").default_open(data.found().is_empty()).show(ui, |ui| {
        presets(ui, data);
        important(ui, data);
        CollapsingHeader::new("More settings").show(ui, |ui| others(ui, data));
        make(ui, data);
    });
    if let Some(job) = data.job() {
        let command = progress(ui, job);
        command.into_iter().for_each(|command| data.tell(command));
    }
    sequences(ui, data, sketches);
    if let Some(reason) = &data.failure {
        theme::refusal(ui, reason);
    }
}

/// The datasets that are there, one of them chosen.
fn found(ui: &mut Ui, data: &mut Data) {
    let mut chosen = None;
    for summary in data.found() {
        let is_chosen = data.chosen() == Some(summary.folder.as_path());
        let state = match (summary.busy, summary.finished) {
            (true, _) => ", being made".to_owned(),
            (false, true) => String::new(),
            (false, false) => format!(", {} of {} made", summary.present.len(), summary.config.sequences),
        };
        let text = format!(
            "{} — {} sequences, {:.0} MB{state}",
            name(&summary.folder),
            summary.config.sequences,
            summary.bytes as f64 / 1e6
        );
        let about = format!(
            "{}\n{} to train on, {} to validate with, frames {}, boxes {}",
            summary.folder.display(),
            summary.training,
            summary.validation,
            summary.config.frames,
            summary.config.grids.iter().map(Shape::to_string).collect::<Vec<_>>().join(", ")
        );
        let line = ui.add_enabled_ui(summary.finished, |ui| ui.radio(is_chosen, text)).inner;
        if line.on_hover_text(about).on_disabled_hover_text("It is not finished: make the rest first.").clicked() {
            chosen = Some(summary.folder.clone());
        }
    }
    if data.found().is_empty() {
        ui.weak("No datasets yet.");
    }
    if let Some(folder) = chosen {
        data.choose(&folder);
    }
}

/// Small pictures of some sequences, each at its first and its last frame.
fn sequences(ui: &mut Ui, data: &Data, sketches: &mut Sketches) {
    if data.previews().is_empty() {
        return;
    }
    let columns = data::SHOWN / 2;
    let gap = ui.spacing().item_spacing.x;
    let side = ((ui.available_width() - gap * (columns - 1) as f32) / columns as f32).clamp(40.0, 96.0);
    for row in data.previews().chunks(columns) {
        for last in [false, true] {
            ui.horizontal(|ui| {
                for preview in row {
                    let (field, frame) = if last { (&preview.last, "last") } else { (&preview.first, "first") };
                    let grid = field.grid();
                    let text = format!("Sequence {}, {frame} frame, {grid}", preview.index);
                    sketches.show(ui, field, side).on_hover_text(text);
                }
            });
        }
        ui.add_space(4.0);
    }
}

/// A folder by its last name.
pub fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned()
}

fn presets(ui: &mut Ui, data: &mut Data) {
    ui.horizontal(|ui| {
        ui.label("Preset");
        for preset in DataPreset::ALL {
            let chosen = data.preset == Some(preset);
            if ui.selectable_label(chosen, preset.name()).on_hover_text(preset.about()).clicked() {
                data.take(preset);
            }
        }
    });
}

fn important(ui: &mut Ui, data: &mut Data) {
    let before = data.draft.clone();
    Grid::new("data").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        ui.label("Name").on_hover_text("Name of the dataset's folder");
        ui.add(TextEdit::singleline(&mut data.name).desired_width(140.0));
        ui.end_row();
        line(ui, &SEQUENCES, &mut data.draft.sequences);
        interval(ui, &FRAMES, &mut data.draft.frames);
        boxes(ui, &mut data.draft.grids);
    });
    if data.draft != before {
        data.preset = None;
    }
}

/// The boxes that sequences are made in, as they are written on the command line; red while they are not understood.
fn boxes(ui: &mut Ui, grids: &mut Vec<Shape>) {
    let about = "Grids of the solver's boxes, such as 32 or 64x64x32, drawn from this list: repeat one to favour it.";
    ui.label("Boxes").on_hover_text(about);
    let written = grids.iter().map(|shape| shape.option()).collect::<Vec<_>>().join(", ");
    let parse = |text: &str| text.split(',').map(|grid| grid.trim().parse::<Shape>().ok()).collect::<Option<Vec<_>>>();
    typed(ui, about, written, |text| match parse(text) {
        Some(parsed) => {
            *grids = parsed;
            true
        }
        None => false,
    });
    ui.end_row();
}

fn others(ui: &mut Ui, data: &mut Data) {
    let before = data.draft.clone();
    let draft = &mut data.draft;
    Grid::new("more data").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        ui.label("Seed").on_hover_text("Seed of everything drawn");
        ui.add(DragValue::new(&mut draft.seed));
        ui.end_row();
        interval(ui, &CORRELATION_LENGTHS, &mut draft.correlation_length);
        interval(ui, &AMPLITUDES, &mut draft.amplitude);
        line(ui, &MEAN_DEVIATION, &mut draft.mean_deviation);
        line(ui, &LATE_SHARE, &mut draft.late_share);
        interval(ui, &LATE_FRAMES, &mut draft.late_frames);
        line(ui, &FILM_SHARE, &mut draft.film_share);
        line(ui, &SLICE_SHARE, &mut draft.slice_share);
        line(ui, &QUENCH_SHARE, &mut draft.quench_share);
        line(ui, &VALIDATION_SHARE, &mut draft.validation_share);
        if draft.method == Method::Adaptive {
            line(ui, &TOLERANCE, &mut draft.tolerance);
        }
    });
    if data.draft != before {
        data.preset = None;
    }
}

/// The cost of the dataset, and the button that makes it.
fn make(ui: &mut Ui, data: &mut Data) {
    data.ask_plan();
    let refused = match data.plan() {
        Some(Ok(plan)) => {
            let there = if plan.present > 0 { format!(", {} are there", plan.present) } else { String::new() };
            let text = format!("about {} and {:.0} MB{there}", duration(plan.seconds), plan.bytes as f64 / 1e6);
            ui.label(RichText::new(text).weak());
            false
        }
        Some(Err(reason)) => {
            theme::refusal(ui, reason);
            true
        }
        None => {
            ui.weak("estimating the time…");
            false
        }
    };
    let ready = !refused && data.job().is_none() && !data.name.trim().is_empty();
    if ui.add_enabled_ui(ready, |ui| ui.button("Make the dataset")).inner.clicked() {
        data.make();
    }
}

/// The progress of the work, and its controls.
fn progress(ui: &mut Ui, job: &Job) -> Option<DatasetCommand> {
    let share = job.made as f32 / job.total.max(1) as f32;
    let left = job.seconds_left.filter(|_| job.made < job.total).map(|seconds| format!(", {} left", duration(seconds)));
    let text = format!("{} of {} sequences{}", job.made, job.total, left.unwrap_or_default());
    ui.add(ProgressBar::new(share).text(text));
    let mut command = None;
    ui.horizontal(|ui| {
        if job.stopping {
            ui.weak("stopping…");
            return;
        }
        let (text, toggle) =
            if job.paused { ("Continue", DatasetCommand::Resume) } else { ("Pause", DatasetCommand::Pause) };
        if ui.button(text).clicked() {
            command = Some(toggle);
        }
        if ui.button("Stop").on_hover_text("Finished sequences stay; the rest can be made later.").clicked() {
            command = Some(DatasetCommand::Stop);
        }
    });
    command
}

/// A duration in words.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}
