//! The figures of the present frame.

use super::{plots, session::Session, theme};
use crate::{
    comparison::{Method, Snapshot},
    metrics::series::FrameMetrics,
};
use bevy_egui::egui::{Align, Color32, Grid, Layout, RichText, Ui};

/// Errors of the network, then both evolutions side by side.
pub fn show(ui: &mut Ui, session: &Session) {
    let Some(snapshot) = &session.snapshot else {
        ui.weak("Preparing the first run…");
        return;
    };
    let Some(latest) = snapshot.metrics.last() else { return };
    errors(ui, latest);
    ui.add_space(4.0);
    evolutions(ui, session, snapshot, latest);
    ui.add_space(2.0);
    speed(ui, session, snapshot);
}

fn errors(ui: &mut Ui, latest: &FrameMetrics) {
    ui.columns_const(|[first, second, third]| {
        figure(first, "RMSE of φ", theme::significant(latest.rmse), plots::RMSE);
        figure(second, "δ  (grid units)", theme::significant(latest.displacement), plots::DISPLACEMENT);
        figure(
            third,
            "|ΔF| / F",
            format!("{:.2} %", latest.energy_error * 100.0),
            "Difference of the two free energies relative to the solver's, |F[ψ] − F[φ]| / F[φ], both taken on the network's grid.",
        );
    });
}

fn figure(ui: &mut Ui, name: &str, value: String, explanation: &str) {
    let drawn = ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.label(RichText::new(name).small().weak());
        ui.label(RichText::new(value).monospace().size(17.0).color(theme::ERROR));
    });
    drawn.response.on_hover_text(explanation);
}

fn evolutions(ui: &mut Ui, session: &Session, snapshot: &Snapshot, latest: &FrameMetrics) {
    let first = snapshot.metrics.first().unwrap_or(latest);
    let drift = |now: f64, start: f64| format!("{:+.1e}", now - start);
    let pace = |milliseconds: Option<f64>| milliseconds.map_or("–".into(), theme::duration);
    let where_solver = if snapshot.setup.method == Method::Spectral { "CPU" } else { session.engine() };
    let rows = [
        row("Grid", format!("{0}³", snapshot.solver.size), format!("{0}³", snapshot.network.size), GRID),
        row(
            "F / V",
            theme::significant(latest.energy_solver),
            theme::significant(latest.energy_network),
            plots::ENERGY,
        ),
        row("Mean φ", format!("{:+.5}", latest.mean_solver), format!("{:+.5}", latest.mean_network), MEAN),
        row(
            "Drift of mean",
            drift(latest.mean_solver, first.mean_solver),
            drift(latest.mean_network, first.mean_network),
            DRIFT,
        ),
        row("Time per frame", pace(snapshot.solver.milliseconds), pace(snapshot.network.milliseconds), PACE),
        row("Computed on", where_solver.into(), session.engine().into(), ENGINE),
    ];
    Grid::new("evolutions").num_columns(3).striped(true).min_col_width(84.0).spacing([10.0, 3.0]).show(ui, |ui| {
        ui.label("");
        heading(ui, "Solver", theme::SOLVER);
        heading(ui, "Network", theme::NETWORK);
        ui.end_row();
        for Row { name, solver, network, explanation } in rows {
            ui.label(RichText::new(name).weak()).on_hover_text(explanation);
            for value in [solver, network] {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.add_space(4.0);
                    ui.label(theme::number(value)).on_hover_text(explanation);
                });
            }
            ui.end_row();
        }
    });
}

struct Row {
    name: &'static str,
    solver: String,
    network: String,
    explanation: &'static str,
}

fn row(name: &'static str, solver: String, network: String, explanation: &'static str) -> Row {
    Row { name, solver, network, explanation }
}

const GRID: &str =
    "Nodes of each evolution's own periodic grid. The network's keeps every second node of the solver's.";
const MEAN: &str = "Mean of φ over the box, ∫ φ dV / V. The equation conserves it.";
const DRIFT: &str =
    "Change of the mean since frame 0: what each scheme loses or gains by rounding, or by not conserving.";
const PACE: &str = "Wall-clock time of one frame, smoothed over the last frames. One frame is one step of the network \
    and as many solver steps as make up the same physical time.";
const ENGINE: &str = "Which processor computes. Both evolutions share it, one after the other.";

fn heading(ui: &mut Ui, text: &str, colour: Color32) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(4.0);
        ui.label(RichText::new(text).color(colour).strong());
    });
}

/// The ratio of times, with the names of what is divided by what.
fn speed(ui: &mut Ui, session: &Session, snapshot: &Snapshot) {
    let (Some(solver), Some(network)) = (snapshot.solver.milliseconds, snapshot.network.milliseconds) else {
        ui.label(RichText::new("Speed ratio  –").small().weak());
        return;
    };
    let reference = match snapshot.setup.method {
        Method::Explicit => format!("explicit solver, {}", session.engine()),
        Method::Spectral => "semi-implicit solver, CPU".into(),
    };
    let ratio = solver / network;
    let (times, verb) = if ratio >= 1.0 { (ratio, "faster") } else { (1.0 / ratio, "slower") };
    let text = format!("Network {times:.1}× {verb} than the {reference}");
    ui.label(RichText::new(text).small().weak()).on_hover_text(
        "Time per frame of the solver divided by that of the network, as measured here and now. The network works on a \
         coarser grid; a better solver would narrow the gap.",
    );
}
