//! The menu of what can be saved.

use super::{
    OutputSpec, Outputs,
    film::{LEAST_PIXELS, MOST_PIXELS},
    source::Source,
    spec::Kind,
};
use crate::{
    app::{
        labels,
        session::Session,
        theme,
        views::{ViewGroup, Views},
    },
    settings::view::RATE,
    view::Ground,
};
use bevy_egui::egui::{Button, DragValue, Grid, ProgressBar, RichText, TextEdit, Ui};
use clap::ValueEnum;
use std::path::PathBuf;

/// The button that opens the menu, and the menu.
pub fn show(ui: &mut Ui, outputs: &mut Outputs, session: &mut Session, views: &Views) {
    if let Some(failure) = outputs.refresh(ui.ctx()) {
        session.messages.push(failure);
    }
    let text = if outputs.progress().is_some() { "Saving… ⏷" } else { "Save ⏷" };
    let button = ui.button(text).on_hover_text("Pictures, films, surfaces, fields, tables, reports");
    theme::menu(&button, |ui| {
        ui.set_width(360.0);
        choose(ui, &mut outputs.spec);
        settings(ui, &mut outputs.spec);
        ui.add_space(4.0);
        match outputs.progress() {
            Some(share) => {
                ui.add(ProgressBar::new(share).show_percentage());
                if ui.button("Stop").on_hover_text("Keeps what is finished.").clicked() {
                    outputs.stop();
                }
            }
            None => begin(ui, outputs, session, views),
        }
        outcome(ui, outputs);
    });
}

fn choose(ui: &mut Ui, spec: &mut OutputSpec) {
    ui.horizontal_wrapped(|ui| {
        for kind in Kind::ALL {
            if ui.selectable_label(spec.kind == kind, kind.name()).on_hover_text(kind.about()).clicked() {
                spec.take(kind);
            }
        }
    });
    ui.weak(spec.kind.about());
    ui.add_space(4.0);
    let endings = spec.kind.endings();
    if endings.len() > 1 {
        ui.horizontal(|ui| {
            ui.label("As");
            let present = spec.path.extension().unwrap_or_default().to_string_lossy().into_owned();
            for &ending in endings {
                let name = if ending.is_empty() { "folder of .png".to_owned() } else { format!(".{ending}") };
                if ui.selectable_label(present == ending, name).clicked() {
                    spec.rename(ending);
                }
            }
        });
    }
    ui.horizontal(|ui| {
        ui.label("To");
        let mut text = spec.path.display().to_string();
        if ui.add(TextEdit::singleline(&mut text).desired_width(f32::INFINITY)).changed() {
            spec.path = PathBuf::from(text);
        }
    });
}

fn settings(ui: &mut Ui, spec: &mut OutputSpec) {
    let is_drawn = matches!(spec.kind, Kind::Picture | Kind::Film);
    let is_long = matches!(spec.kind, Kind::Film | Kind::Series);
    if !is_drawn && !is_long {
        return;
    }
    Grid::new("output").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        if is_drawn {
            drawing(ui, spec);
        }
        if is_long {
            ui.label("Every").on_hover_text("One of so many recorded frames");
            ui.add(DragValue::new(&mut spec.every).range(1..=1000).suffix(" frames"));
            ui.end_row();
        }
        if spec.kind == Kind::Film {
            ui.label("Pictures per second");
            ui.add(DragValue::new(&mut spec.rate).range(RATE.least..=RATE.most));
            ui.end_row();
            ui.label("Turntable")
                .on_hover_text("Pictures per turn of the camera around the box; 0 keeps the camera still");
            ui.add(DragValue::new(&mut spec.turntable).range(0..=3600).suffix(" pictures"));
            ui.end_row();
        }
    });
}

/// Size and background of a picture.
fn drawing(ui: &mut Ui, spec: &mut OutputSpec) {
    ui.label("Size").on_hover_text("Width and height in pixels");
    ui.horizontal(|ui| {
        for side in &mut spec.size {
            ui.add(DragValue::new(side).range(LEAST_PIXELS..=MOST_PIXELS));
        }
    });
    ui.end_row();
    ui.label("Background").on_hover_text("What is behind everything");
    ui.horizontal_wrapped(|ui| {
        ui.selectable_value(&mut spec.ground, None, "as shown");
        for &ground in Ground::value_variants() {
            let (name, about) = labels::value(&ground);
            ui.selectable_value(&mut spec.ground, Some(ground), name).on_hover_text(about);
        }
    });
    ui.end_row();
}

fn begin(ui: &mut Ui, outputs: &mut Outputs, session: &Session, views: &Views) {
    let named = outputs.spec.path.file_name().is_some();
    let button = ui.add_enabled(session.snapshot.is_some() && named, Button::new("Save"));
    let source = button.clicked().then(|| Source::of(session, views.camera(ViewGroup::Comparison), views.look));
    if let Some(source) = source.flatten() {
        outputs.begin(source);
    }
}

fn outcome(ui: &mut Ui, outputs: &mut Outputs) {
    match &outputs.outcome {
        Some(Ok(written)) => {
            let missing = written.missing.as_ref().map_or(String::new(), |missing| format!(", {missing}"));
            ui.label(RichText::new(format!("Saved: {}{missing}", written.path.display())).weak());
        }
        Some(Err(reason)) => {
            theme::refusal(ui, reason);
        }
        None => {}
    }
}
