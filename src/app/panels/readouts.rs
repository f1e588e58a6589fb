//! The figures of the present frame.

use super::plots;
use crate::{
    app::{labels, session::Session, theme},
    comparison::{CandidateSpec, Snapshot},
    equation::Kinetics,
    metrics::PairMetrics,
    recording::{Row, Standing},
    report::number::signed,
    view::Hue,
};
use bevy_egui::egui::{Align2, Color32, ComboBox, FontId, Rect, Response, RichText, Sense, Ui, Vec2};

/// Errors of the candidate that is shown, then both evolutions side by side.
pub fn show(ui: &mut Ui, session: &mut Session) {
    let (Some(snapshot), Some(frame)) = (session.snapshot.clone(), session.frame()) else {
        ui.weak("No run yet.");
        return;
    };
    choose_candidate(ui, session, &snapshot);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(candidate) = session.shown() {
            errors(ui, &snapshot, &frame.row, candidate);
            ui.add_space(6.0);
        }
        evolutions(ui, session, &snapshot, &frame.row);
    });
}

/// The menu of candidates, where there are several.
fn choose_candidate(ui: &mut Ui, session: &mut Session, snapshot: &Snapshot) {
    let Some(shown) = session.shown().filter(|_| snapshot.candidates.len() > 1) else { return };
    ComboBox::from_id_salt("candidate")
        .width(ui.available_width() - 4.0)
        .truncate()
        .selected_text(&*snapshot.candidates[shown].name)
        .show_ui(ui, |ui| {
            for (number, candidate) in snapshot.candidates.iter().enumerate() {
                let name = RichText::new(&*candidate.name).color(theme::colour(Hue::of_candidate(number)));
                ui.selectable_value(&mut session.candidate, number, name);
            }
        })
        .response
        .on_hover_text("The candidate whose figures are shown");
}

/// Right edges of the columns of errors, as shares of the width.
const ERRORS: [f32; 3] = [0.6, 0.81, 1.0];

/// Right edges of the columns of evolutions.
const EVOLUTIONS: [f32; 2] = [0.67, 1.0];

/// Right edge of the reference's column where it is the only one.
const ALONE: [f32; 1] = [1.0];

/// How a candidate compares. Errors on its own nodes come first; those on the reference's nodes include interpolation
/// errors, which the floor shows.
fn errors(ui: &mut Ui, snapshot: &Snapshot, row: &Row, candidate: usize) {
    let colour = theme::colour(Hue::of_candidate(candidate));
    heading(ui, snapshot, row, candidate, colour);
    let metrics = row.metrics(candidate);
    let own = snapshot.candidates.get(candidate).map(|evolution| evolution.grid);
    // On the same nodes nothing is interpolated.
    let coarse = own.is_some_and(|grid| grid != snapshot.reference.grid);
    let weak = ui.visuals().weak_text_color();
    let small = FontId::proportional(11.0);
    let head = |text: &str| (text.to_owned(), small.clone(), weak);
    let heads = if coarse { ["own nodes", "all nodes", "floor"] } else { ["", "", ""] };
    if coarse {
        line(ui, "", &ERRORS, heads.map(head).to_vec(), false).on_hover_text(FLOOR);
    }
    let lead = |value: Option<String>| (value.unwrap_or("–".into()), FontId::monospace(15.0), colour);
    let beside = |value: Option<f64>| {
        let text = if coarse { value.map_or("–".into(), theme::readout) } else { String::new() };
        (text, FontId::monospace(11.5), weak)
    };
    let of = |figure: fn(&PairMetrics) -> f64| metrics.map(figure);
    let rows = [
        ("RMSE of φ", plots::RMSE, of(|m| m.rmse).map(theme::readout), [of(|m| m.rmse_fine), of(|m| m.rmse_floor)]),
        (
            "δ (grid units)",
            plots::DISPLACEMENT,
            of(|m| m.displacement).map(theme::readout),
            [of(|m| m.displacement_fine), of(|m| m.displacement_floor)],
        ),
    ];
    for (name, explanation, value, [fine, floor]) in rows {
        line(ui, name, &ERRORS, vec![lead(value), beside(fine), beside(floor)], false).on_hover_text(explanation);
    }
    let energy = of(|m| m.energy_error).map(|error| format!("{:.2} %", error * 100.0));
    line(ui, "ΔF/F on common nodes", &ERRORS, vec![lead(energy)], false).on_hover_text(ENERGY_ERROR);
}

/// The candidate's name, and notes on it.
fn heading(ui: &mut Ui, snapshot: &Snapshot, row: &Row, candidate: usize, colour: Color32) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
    let name = snapshot.candidates.get(candidate).map_or("", |evolution| &*evolution.name);
    let inner = rect.shrink2(Vec2::new(4.0, 0.0));
    let painter = ui.painter_at(rect);
    let font = FontId::proportional(13.0);
    let drawn = painter.text(inner.left_center(), Align2::LEFT_CENTER, name, font, colour);
    let rest = drawn.right_center() + Vec2::new(8.0, 0.0);
    let small = FontId::proportional(11.5);
    let stopped = row.candidates.get(candidate).is_some_and(|entry| entry.standing == Standing::Stopped);
    let colour = if stopped { theme::alert() } else { ui.visuals().weak_text_color() };
    let text = labels::standing(snapshot, row, candidate).unwrap_or_else(|| "against the reference".into());
    painter.text(rest, Align2::LEFT_CENTER, text, small, colour);
    response.on_hover_text(name);
}

/// A value as the table shows it.
type Cell = (String, FontId, Color32);

fn evolutions(ui: &mut Ui, session: &Session, snapshot: &Snapshot, row: &Row) {
    let candidate = session.shown();
    let first = snapshot.rows.first().unwrap_or(row);
    // Adding 0 turns the −0 that rounding leaves into 0.
    let mean = |value: f64| signed(format!("{:+.5}", (value * 1e5).round() / 1e5 + 0.0));
    let pace = |milliseconds: Option<f64>| milliseconds.map_or("–".into(), theme::duration);
    let evolution = candidate.and_then(|number| snapshot.candidates.get(number));
    let figure = |row: &Row, of: fn(&PairMetrics) -> f64| row.metrics(candidate?).map(of);
    let energy = figure(row, |metrics| metrics.energy_candidate);
    let means = figure(row, |metrics| metrics.mean_candidate).zip(figure(first, |metrics| metrics.mean_candidate));
    let spec = candidate.and_then(|number| snapshot.setup.candidates.get(number));
    let kinetics = snapshot.setup.reference.parameters.equation.kinetics;
    let conserved = match kinetics {
        Kinetics::CahnHilliard => MEAN_CONSERVED,
        Kinetics::AllenCahn => MEAN_FREE,
    };
    let none = || "–".to_owned();
    let rows = [
        ("Grid", snapshot.reference.grid.to_string(), evolution.map(|e| e.grid.to_string()), GRID),
        ("F / V", theme::readout(row.energy), energy.map(theme::readout), plots::ENERGY),
        ("Mean φ", mean(row.mean), means.map(|(now, _)| mean(now)), conserved),
        ("Drift of the mean", drift(row.mean, first.mean), means.map(|(now, start)| drift(now, start)), DRIFT),
        (
            "Time per frame",
            pace(snapshot.reference.milliseconds),
            evolution.map(|evolution| pace(evolution.milliseconds)),
            PACE,
        ),
        (
            "Computed on",
            session.engine(snapshot.setup.reference.uses_device()).into(),
            spec.map(|spec| session.engine(spec.uses_device()).into()),
            ENGINE,
        ),
    ];
    let heading = FontId::proportional(13.0);
    let mut head = vec![("Reference".to_owned(), heading.clone(), theme::reference())];
    head.extend(candidate.map(|number| {
        let name = spec.map_or("Candidate", |spec: &CandidateSpec| labels::kind(spec));
        (name.to_owned(), heading, theme::colour(Hue::of_candidate(number)))
    }));
    let edges: &[f32] = if candidate.is_some() { &EVOLUTIONS } else { &ALONE };
    line(ui, "", edges, head, false);
    let number = FontId::monospace(12.0);
    for (index, (name, reference, other, explanation)) in rows.into_iter().enumerate() {
        let colour = ui.visuals().text_color();
        let other = candidate.map(|_| other.unwrap_or_else(none));
        let cells = [Some(reference), other].into_iter().flatten().map(|value| (value, number.clone(), colour));
        line(ui, name, edges, cells.collect(), index % 2 == 0).on_hover_text(explanation);
    }
}

/// The change of a value since the start.
fn drift(now: f64, start: f64) -> String {
    if now == start { "0".into() } else { signed(format!("{:+.1e}", now - start)) }
}

/// One line of a table: a name, and cells flush right at the edges.
fn line(ui: &mut Ui, name: &str, edges: &[f32], cells: Vec<Cell>, shaded: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
    let painter = ui.painter();
    if shaded {
        painter.rect_filled(rect, 3.0, ui.visuals().faint_bg_color);
    }
    let inner: Rect = rect.shrink2(Vec2::new(4.0, 0.0));
    let weak = ui.visuals().weak_text_color();
    painter.text(inner.left_center(), Align2::LEFT_CENTER, name, FontId::proportional(12.5), weak);
    for (edge, (text, font, colour)) in edges.iter().zip(cells) {
        let at = inner.left_center() + Vec2::new(inner.width() * edge, 0.0);
        painter.text(at, Align2::RIGHT_CENTER, text, font, colour);
    }
    response
}

/// Height of a line of the tables, in points.
const ROW: f32 = 19.0;

const FLOOR: &str = "Errors on the candidate's own nodes lead. Beside them stand those on all nodes of the reference, to \
    which the candidate's field is interpolated, and their floor: what a candidate would show that is perfect on its own \
    nodes.";
const ENERGY_ERROR: &str = "Difference of the two free energies relative to the reference's, |F[ψ] − F[φ]| / F[φ], both \
    taken on the candidate's nodes.";
const GRID: &str = "Nodes of each evolution's own periodic grid. The candidate's nodes are nodes of the reference's.";
const MEAN_CONSERVED: &str = "Mean of φ over the box, ∫ φ dV / V. The Cahn–Hilliard equation conserves it.";
const MEAN_FREE: &str = "Mean of φ over the box, ∫ φ dV / V. The Allen–Cahn equation does not conserve it.";
const DRIFT: &str = "Change of the mean since frame 0: where it is conserved, what each scheme loses or gains by rounding, \
    or by not conserving.";
const PACE: &str = "Wall-clock time of one frame, smoothed over the last frames. One frame is one step of a network and as \
    many solver steps as make up the same physical time. A network works on a coarser grid, where a solver would be \
    cheaper, too: `spinodal evaluate` measures both.";
const ENGINE: &str = "Which processor computes. All evolutions share it, one after the other.";
