//! The menu of the reference: its equation, its scheme, its steps.

use super::{labels, session::Session, start};
use crate::equation::{Kinetics, Parameters};
use crate::solver::Method;
use bevy_egui::egui::{DragValue, Grid, Popup, PopupCloseBehavior, RichText, Ui};
use clap::ValueEnum;

/// The button that opens the menu, and the menu.
pub fn show(ui: &mut Ui, session: &mut Session) {
    let button = ui.button("Solver ⏷").on_hover_text("The equation, and how the reference solves it");
    let menu = Popup::from_toggle_button_response(&button).gap(4.0);
    menu.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_min_width(250.0);
        let before = session.draft.reference;
        choices(ui, session);
        if session.draft.reference != before {
            session.restart();
        }
        ui.separator();
        steps(ui, &mut session.draft.reference.parameters);
        ui.add_space(4.0);
        if ui.button("Start anew").on_hover_text("Starts the run with these parameters").clicked() {
            session.restart();
        }
    });
}

/// Equation and scheme, of which a click takes another at once.
fn choices(ui: &mut Ui, session: &mut Session) {
    let reference = &mut session.draft.reference;
    ui.label(RichText::new("Equation").weak());
    ui.horizontal(|ui| {
        for &kinetics in Kinetics::value_variants() {
            let chosen = &mut reference.parameters.equation.kinetics;
            ui.selectable_value(chosen, kinetics, labels::kinetics(kinetics)).on_hover_text(help(&kinetics));
        }
    });
    ui.label(RichText::new("Scheme").weak());
    ui.horizontal(|ui| {
        for &method in Method::value_variants() {
            ui.selectable_value(&mut reference.method, method, method.to_string()).on_hover_text(help(&method));
        }
    });
}

/// What the command line says about a value.
fn help(value: &impl ValueEnum) -> String {
    let help = value.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string));
    help.unwrap_or_default()
}

fn steps(ui: &mut Ui, parameters: &mut Parameters) {
    Grid::new("steps").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        let width = "Width of the interface in grid units. Networks know the one that they were trained on.";
        start::number(ui, "Interface width ε", width, &mut parameters.equation.epsilon, 0.5..=20.0, 0.05);
        start::label(
            ui,
            "Time step",
            "Of schemes with equal steps. The explicit one has a limit, which is told when it is exceeded.",
        );
        ui.add(DragValue::new(&mut parameters.time_step).range(1e-5..=1.0).speed(1e-4).max_decimals(6));
        ui.end_row();
        start::label(
            ui,
            "Steps per frame",
            "A frame is one step of the network: a network knows the time that it was trained on.",
        );
        ui.add(DragValue::new(&mut parameters.steps_per_frame).range(1..=100_000));
        ui.end_row();
        ui.label(RichText::new("Time per frame").weak());
        ui.label(format!("{:.4}", parameters.frame_time()));
        ui.end_row();
    });
}
