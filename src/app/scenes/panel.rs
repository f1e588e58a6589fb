//! The scene panel: scenes to open, and all settings of the next run.

use super::{Scenes, save};
use crate::{
    app::{
        panels::{grids, solver, start},
        session::Session,
        theme,
        views::Sketches,
    },
    initial::Initial,
    scene::{Scene, SceneView},
};
use bevy_egui::egui::{self, Button, CollapsingHeader, Label, RichText, ScrollArea, TextEdit, Ui, Vec2};
use std::path::Path;

/// Side of the preview, in points.
const PREVIEW: f32 = 128.0;

/// Draws the panel. `view` is the present view of the run.
pub fn show(ui: &mut Ui, scenes: &mut Scenes, session: &mut Session, sketches: &mut Sketches, view: SceneView) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        part(ui, "Scenes", |ui| list(ui, scenes, session));
        part(ui, "Initial field", |ui| initial(ui, scenes, session, sketches));
        part(ui, "Box", |ui| shape(ui, scenes, session));
        part(ui, "Equation and solver", |ui| {
            solver::choices(ui, session);
            ui.add_space(4.0);
            solver::steps(ui, session);
        });
        begin(ui, session);
        part(ui, "Save", |ui| save::show(ui, scenes, session, view));
    });
}

fn part(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    CollapsingHeader::new(RichText::new(title).heading()).id_salt(title).default_open(true).show_unindented(ui, add);
    ui.add_space(4.0);
}

/// All scenes, each opened by one click.
fn list(ui: &mut Ui, scenes: &Scenes, session: &mut Session) {
    let mut chosen = None;
    for scene in &scenes.library {
        chosen = line(ui, scene, &scene.description).then_some(scene).or(chosen);
    }
    if !scenes.own.is_empty() {
        ui.add_space(4.0);
        ui.label(RichText::new("Your own").small().weak());
    }
    for (path, read) in &scenes.own {
        match read {
            Ok(scene) => {
                let about = format!("{}\n{}", scene.description, path.display());
                chosen = line(ui, scene, &about).then_some(scene).or(chosen);
            }
            Err(reason) => unreadable(ui, path, reason),
        }
    }
    if let Some(scene) = chosen {
        session.open_scene(scene.clone());
    }
}

/// Title and description; true when clicked.
fn line(ui: &mut Ui, scene: &Scene, about: &str) -> bool {
    let row = |ui: &mut Ui| {
        let clicked = ui.button(&scene.title).on_hover_text(about).clicked();
        ui.add(Label::new(RichText::new(&scene.description).small().weak()).truncate());
        clicked
    };
    ui.horizontal(row).inner
}

/// A file that holds no scene, and why not.
fn unreadable(ui: &mut Ui, path: &Path, reason: &str) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let row = |ui: &mut Ui| {
        ui.label(RichText::new(name).color(theme::alert()));
        ui.add(Label::new(RichText::new(reason).small().weak()).truncate()).on_hover_text(reason);
    };
    ui.horizontal(row);
}

/// Kinds of initial fields, their parameters and a preview.
fn initial(ui: &mut Ui, scenes: &mut Scenes, session: &mut Session, sketches: &mut Sketches) {
    if let Some(preset) = start::presets(ui, session) {
        session.draft_from(preset);
    }
    ui.add_space(4.0);
    ui.horizontal_top(|ui| {
        picture(ui, scenes, sketches);
        ui.vertical(|ui| {
            start::parameters(ui, session);
            let random = start::is_random(&session.draft.initial);
            let about = "The next seed: another field of the same kind";
            if random && ui.button("Next seed").on_hover_text(about).clicked() {
                session.draft.options.seed = session.draft.options.seed.wrapping_add(1);
            }
        });
    });
    if let Some(Err(reason)) = scenes.preview.field() {
        theme::refusal(ui, reason);
    }
}

fn picture(ui: &mut Ui, scenes: &mut Scenes, sketches: &mut Sketches) {
    match scenes.preview.field() {
        Some(Ok(field)) => {
            let text = format!("The initial field on {} nodes, with its mean at {:.3}", field.grid(), field.mean());
            sketches.show_after(ui, &mut scenes.drawn, field, PREVIEW).on_hover_text(text);
        }
        _ => {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(PREVIEW), egui::Sense::hover());
            ui.painter().rect_filled(rect, 4.0, theme::well());
        }
    }
}

/// Nodes along the sides of the box.
fn shape(ui: &mut Ui, scenes: &mut Scenes, session: &mut Session) {
    if matches!(session.draft.initial, Initial::File(_)) && !session.draft.options.resample {
        ui.weak("The field's file has a grid of its own.");
        return;
    }
    if let Some(shape) = grids::choices(ui, session.draft.options.grid) {
        session.change_grid(shape);
    }
    ui.horizontal(|ui| {
        ui.label(RichText::new("Other").weak());
        let field = TextEdit::singleline(&mut scenes.shape).hint_text("64 or 128x128x32").desired_width(120.0);
        let field = ui.add(field).on_hover_text("Nodes along x, y and z; one number for a cube, 1 for a flat side.");
        if field.lost_focus() && !scenes.shape.trim().is_empty() {
            scenes.refused = session.draft_grid(&scenes.shape).err();
        }
        ui.label(format!("now {}", session.draft.options.grid));
    });
    if let Some(reason) = &scenes.refused {
        theme::refusal(ui, reason);
    }
}

/// The button that starts the run; highlighted while its settings differ from those of the present run.
fn begin(ui: &mut Ui, session: &mut Session) {
    let changed = session.snapshot.as_ref().is_none_or(|snapshot| *snapshot.setup != session.draft);
    let text = RichText::new("Start this run");
    let size = Vec2::new(ui.available_width(), 28.0);
    let button = match changed {
        true => Button::new(text.strong().color(theme::on_accent())).fill(theme::accent()),
        false => Button::new(text),
    };
    let about = "Starts a new run with these settings. Until then the present run continues.";
    if ui.add(button.min_size(size)).on_hover_text(about).clicked() {
        session.restart();
    }
    ui.add_space(6.0);
}
