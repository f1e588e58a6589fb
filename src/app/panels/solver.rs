//! The menu of the reference: its equation, its scheme, its steps, and where all is computed.

use super::setting::line;
use crate::{
    app::{labels, session::Session, theme},
    equation::{Kinetics, Parameters},
    gpu::EngineChoice,
    grid::Grid as Nodes,
    settings::{EPSILON, MOBILITY, STEPS_PER_FRAME, TIME_STEP, TOLERANCE},
    solver::Method,
};
use bevy_egui::egui::{Grid, RichText, Ui};
use clap::ValueEnum;

/// The button that opens the menu, and the menu.
pub fn show(ui: &mut Ui, session: &mut Session) {
    let button = ui.button("Solver ⏷").on_hover_text("The equation, and how the reference solves it");
    theme::menu(&button, |ui| {
        ui.set_min_width(250.0);
        let before = (session.draft.reference, session.draft.engine);
        choices(ui, session);
        if (session.draft.reference, session.draft.engine) != before {
            session.restart();
        }
        ui.separator();
        steps(ui, session);
        ui.add_space(4.0);
        if ui.button("Restart").on_hover_text("Restarts the run with these parameters").clicked() {
            session.restart();
        }
    });
}

/// Equation, scheme and engine.
pub fn choices(ui: &mut Ui, session: &mut Session) {
    let reference = &mut session.draft.reference;
    ui.label(RichText::new("Equation").weak());
    ui.horizontal(|ui| {
        for &kinetics in Kinetics::value_variants() {
            let chosen = &mut reference.parameters.equation.kinetics;
            ui.selectable_value(chosen, kinetics, kinetics.name()).on_hover_text(labels::value(&kinetics).1);
        }
    });
    ui.label(RichText::new("Scheme").weak());
    ui.horizontal(|ui| {
        for &method in Method::value_variants() {
            let (name, help) = labels::value(&method);
            ui.selectable_value(&mut reference.method, method, name).on_hover_text(help);
        }
    });
    ui.label(RichText::new("Engine").weak());
    ui.horizontal(|ui| {
        for &engine in EngineChoice::value_variants() {
            let (name, help) = labels::value(&engine);
            ui.selectable_value(&mut session.draft.engine, engine, name).on_hover_text(help);
        }
    });
}

/// The numbers that the scheme uses.
pub fn steps(ui: &mut Ui, session: &mut Session) {
    let (grid, reference) = (session.draft.options.grid(), &mut session.draft.reference);
    let parameters = &mut reference.parameters;
    Grid::new("steps").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        line(ui, &EPSILON, &mut parameters.equation.epsilon);
        line(ui, &MOBILITY, &mut parameters.equation.mobility);
        if reference.method == Method::Adaptive {
            line(ui, &TOLERANCE, &mut reference.tolerance);
        }
        line(ui, &TIME_STEP, &mut parameters.time_step);
        if reference.method == Method::Explicit {
            limit(ui, parameters, &grid);
        }
        line(ui, &STEPS_PER_FRAME, &mut parameters.steps_per_frame);
        ui.label(RichText::new("Time per frame").weak());
        ui.label(format!("{:.4}", parameters.frame_time()));
        ui.end_row();
    });
}

/// The stability limit of the explicit scheme, red once the step has reached it.
fn limit(ui: &mut Ui, parameters: &Parameters, grid: &Nodes) {
    let limit = parameters.equation.stability_limit(grid, 1.0);
    let about = "The explicit scheme is stable only below this step: 2 over the fastest rate of decay, that of the shortest \
        wave, M k² (36/ε + ε k²) with k² = 12 in three dimensions.";
    ui.label(RichText::new("Its limit").weak()).on_hover_text(about);
    let text = RichText::new(format!("Δt < {limit:.6}"));
    let text = if parameters.time_step < limit { text } else { text.color(theme::alert()).strong() };
    ui.label(text).on_hover_text(about);
    ui.end_row();
}
