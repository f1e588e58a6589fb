//! The figures of the present frame.

use super::{plots, session::Session, theme};
use crate::{
    comparison::{Method, Snapshot},
    metrics::series::FrameMetrics,
};
use bevy_egui::egui::{Align2, Color32, FontId, Response, RichText, Sense, Ui, Vec2};

/// Errors of the network, then both evolutions side by side.
pub fn show(ui: &mut Ui, session: &Session) {
    let Some(snapshot) = &session.snapshot else {
        ui.weak("No run yet.");
        return;
    };
    let Some(latest) = snapshot.metrics.last() else { return };
    errors(ui, latest);
    ui.add_space(4.0);
    ui.scope(|ui| evolutions(ui, session, snapshot, latest));
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
    let drift = |now: f64, start: f64| if now == start { "0".into() } else { format!("{:+.1e}", now - start) };
    // Adding 0 turns the −0 that rounding leaves into 0.
    let mean = |value: f64| format!("{:+.5}", (value * 1e5).round() / 1e5 + 0.0);
    let pace = |milliseconds: Option<f64>| milliseconds.map_or("–".into(), theme::duration);
    let where_solver = if snapshot.setup.method == Method::Spectral { "CPU" } else { session.engine() };
    let (solver, network) = (&snapshot.solver, &snapshot.network);
    let rows = [
        ("Grid", solver.grid.to_string(), network.grid.to_string(), GRID),
        (
            "F / V",
            theme::significant(latest.energy_reference),
            theme::significant(latest.energy_candidate),
            plots::ENERGY,
        ),
        ("Mean φ", mean(latest.mean_reference), mean(latest.mean_candidate), MEAN),
        (
            "Drift of the mean",
            drift(latest.mean_reference, first.mean_reference),
            drift(latest.mean_candidate, first.mean_candidate),
            DRIFT,
        ),
        ("Time per frame", pace(solver.milliseconds), pace(network.milliseconds), PACE),
        ("Computed on", where_solver.into(), session.engine().into(), ENGINE),
    ];
    ui.spacing_mut().item_spacing.y = 0.0;
    let heading = FontId::proportional(13.0);
    let head = [("Solver", theme::SOLVER), ("Network", theme::NETWORK)];
    row(ui, "", head.map(|(name, colour)| (name.to_owned(), heading.clone(), colour)), false);
    let number = FontId::monospace(12.0);
    for (index, (name, solver, network, explanation)) in rows.into_iter().enumerate() {
        let colour = ui.visuals().text_color();
        let cells = [solver, network].map(|value| (value, number.clone(), colour));
        row(ui, name, cells, index % 2 == 0).on_hover_text(explanation);
    }
}

/// One line of the table: a name, and the values of both evolutions flush right in columns of equal width.
fn row(ui: &mut Ui, name: &str, cells: [(String, FontId, Color32); 2], shaded: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
    let painter = ui.painter();
    if shaded {
        painter.rect_filled(rect, 3.0, ui.visuals().faint_bg_color);
    }
    let inner = rect.shrink2(Vec2::new(4.0, 0.0));
    let weak = ui.visuals().weak_text_color();
    painter.text(inner.left_center(), Align2::LEFT_CENTER, name, FontId::proportional(12.5), weak);
    for (edge, (text, font, colour)) in [0.67, 1.0].into_iter().zip(cells) {
        let at = inner.left_center() + Vec2::new(inner.width() * edge, 0.0);
        painter.text(at, Align2::RIGHT_CENTER, text, font, colour);
    }
    response
}

/// Height of a line of the table, in points.
const ROW: f32 = 19.0;

const GRID: &str = "Nodes of each evolution's own periodic grid. The network's nodes are nodes of the solver's.";
const MEAN: &str = "Mean of φ over the box, ∫ φ dV / V. The equation conserves it.";
const DRIFT: &str =
    "Change of the mean since frame 0: what each scheme loses or gains by rounding, or by not conserving.";
const PACE: &str = "Wall-clock time of one frame, smoothed over the last frames. One frame is one step of the network \
    and as many solver steps as make up the same physical time. The network works on a coarser grid, where a solver would \
    be cheaper, too: `spinodal evaluate` measures both.";
const ENGINE: &str = "Which processor computes. Both evolutions share it, one after the other.";
