//! The panel of a mesh that is being placed.

use super::{Purpose, Trial};
use crate::{
    app::{
        panels::setting::{drag, label, name},
        theme,
    },
    initial::Placement,
    settings::{CENTRE, MESH_SIZE, Setting, TURN},
};
use bevy_egui::egui::{Button, Context, Grid, Key, Modifiers, Pos2, RichText, Ui, Window};

/// What the user decided.
pub enum Action {
    Apply,
    Cancel,
}

/// Draws the panel and handles its keys.
pub fn show(ctx: &Context, trial: &mut Trial, corner: Pos2) -> Option<Action> {
    let mut action = None;
    if ctx.memory(|memory| memory.focused().is_none()) {
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::Enter) && can_apply(trial) {
            action = Some(Action::Apply);
        } else if pressed(Key::Escape) {
            action = Some(Action::Cancel);
        }
    }
    let file = trial.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let panel = Window::new(format!("Place {file}")).id("placing".into()).default_pos(corner);
    panel.collapsible(false).resizable(false).show(ctx, |ui| {
        purposes(ui, trial);
        ui.add_space(4.0);
        placement(ui, &mut trial.placement);
        ui.add_space(2.0);
        state(ui, trial);
        ui.add_space(4.0);
        action = buttons(ui, trial).or(action.take());
    });
    action
}

fn purposes(ui: &mut Ui, trial: &mut Trial) {
    ui.horizontal(|ui| {
        for (purpose, text, about) in [
            (Purpose::Start, "Start from it", "A new run starts from the mesh alone"),
            (
                Purpose::Add,
                "Add",
                "Fills it with the phase +1, in the reference and all candidates; one undo takes it back",
            ),
            (
                Purpose::CutOut,
                "Cut out",
                "Fills it with the phase −1, in the reference and all candidates; one undo takes it back",
            ),
        ] {
            ui.selectable_value(&mut trial.purpose, purpose, text).on_hover_text(about);
        }
    });
}

fn placement(ui: &mut Ui, placement: &mut Placement) {
    Grid::new("placement").num_columns(4).spacing([8.0, 4.0]).show(ui, |ui| {
        ui.label("");
        for axis in ["x", "y", "z"] {
            ui.weak(axis);
        }
        ui.end_row();
        triple(ui, &CENTRE, &mut placement.centre);
        triple(ui, &TURN, &mut placement.turn);
        label(ui, &name(&MESH_SIZE), &MESH_SIZE.about());
        drag(ui, &MESH_SIZE, &mut placement.size);
        let reset = Button::new("Reset");
        let reset = ui.add_enabled(*placement != Placement::default(), reset);
        if reset.on_hover_text("In the middle, as large as fits, as it lies in its file").clicked() {
            *placement = Placement::default();
        }
        ui.end_row();
    });
}

/// A line of the table: name, and the values along x, y and z.
fn triple(ui: &mut Ui, setting: &Setting<f64>, values: &mut [f64; 3]) {
    label(ui, &name(setting), &setting.about());
    for value in values {
        drag(ui, setting, value);
    }
    ui.end_row();
}

/// How much of the box it fills, or why it cannot be placed so.
fn state(ui: &mut Ui, trial: &Trial) {
    if let Some(reason) = trial.refusal() {
        theme::refusal(ui, reason);
    } else if let Some(body) = trial.body() {
        let share = (body.phi.mean() + 1.0) / 2.0;
        ui.weak(format!("It fills {:.1} % of the box.", 100.0 * share));
    } else {
        ui.weak("Reading…");
    }
}

fn can_apply(trial: &Trial) -> bool {
    !trial.applied && trial.refusal().is_none()
}

fn buttons(ui: &mut Ui, trial: &Trial) -> Option<Action> {
    let text = match trial.purpose {
        Purpose::Start => "Start the run",
        Purpose::Add => "Add it",
        Purpose::CutOut => "Cut it out",
    };
    ui.horizontal(|ui| {
        let button = Button::new(RichText::new(text).color(theme::on_accent())).fill(theme::accent());
        let apply = ui.add_enabled(can_apply(trial), button).on_hover_text("Enter").clicked();
        let cancel = ui.button("Cancel").on_hover_text("Changes nothing (Esc)").clicked();
        if trial.applied {
            ui.spinner();
        }
        apply.then_some(Action::Apply).or(cancel.then_some(Action::Cancel))
    })
    .inner
}
