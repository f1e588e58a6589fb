//! Live plots: how far the candidates have drifted from the reference, and how the free energies fall.

use super::curves;
use crate::{
    app::{session::Session, theme},
    equation::Kinetics,
    metrics::PairMetrics,
    recording::Row,
    view::Hue,
};
use bevy_egui::egui::{self, Color32, FontId, RichText, Stroke, Ui, Vec2b};
use egui_plot::{AxisHints, GridInput, GridMark, HoverPosition, Line, LineStyle, Plot, PlotBounds};
use std::{ops::RangeInclusive, sync::Arc};

/// Least height of one plot in points.
const MIN_HEIGHT: f32 = 72.0;

/// Largest height of one plot in points.
const MAX_HEIGHT: f32 = 400.0;

/// Room for a plot's caption.
const CAPTION: f32 = 20.0;

/// Most letters of a name in a legend.
const NAME: usize = 14;

/// All plots, one below the other, in the height that is left.
pub fn show(ui: &mut Ui, session: &Session) {
    let snapshot = session.snapshot.as_deref();
    let rows: &[Row] = snapshot.map_or(&[], |snapshot| &snapshot.rows);
    let names: Vec<_> = snapshot.iter().flat_map(|snapshot| &snapshot.candidates).map(|c| c.name.clone()).collect();
    let kinetics = snapshot.map(|snapshot| snapshot.setup.reference.parameters.equation.kinetics).unwrap_or_default();
    // Without candidates there are no errors.
    let plots = if names.is_empty() && snapshot.is_some() { 1.0 } else { 3.0 };
    let each = (ui.available_height() - 4.0) / plots - CAPTION - ui.spacing().item_spacing.y * 2.0;
    let each = each.clamp(MIN_HEIGHT, MAX_HEIGHT);
    let over_time = |names: &[Arc<str>]| {
        // One curve needs no name.
        let named = if names.len() > 1 { legend(names) } else { Vec::new() };
        named.into_iter().chain([("over time t".into(), theme::GUIDE)]).collect::<Vec<_>>()
    };
    if plots > 1.0 {
        caption(ui, "RMSE of φ", RMSE, &over_time(&names));
        error_plot(ui, "rmse", each, rows, &names, |metrics| metrics.rmse);
        let displacement = if names.len() > 1 { "δ (grid units)" } else { "Interface displacement δ (grid units)" };
        caption(ui, displacement, DISPLACEMENT, &over_time(&names));
        error_plot(ui, "displacement", each, rows, &names, |metrics| metrics.displacement);
    }
    let (exponent, law) = coarsening(kinetics);
    let both = [("reference".to_owned(), theme::REFERENCE)].into_iter().chain(legend(&names));
    let with_guide: Vec<_> = both.chain([(law.into(), theme::GUIDE)]).collect();
    // The names of many candidates need the room.
    let energy = if names.len() > 1 { "F/V over t" } else { "Free energy F/V over t, log–log" };
    caption(ui, energy, ENERGY, &with_guide);
    energy_plot(ui, each, rows, &names, exponent);
}

/// How F falls with time when domains coarsen self-similarly: as t^(−1/3) where φ is conserved (Lifshitz and Slyozov), as
/// t^(−1/2) where it is not (Allen and Cahn).
fn coarsening(kinetics: Kinetics) -> (f64, &'static str) {
    match kinetics {
        Kinetics::CahnHilliard => (-1.0 / 3.0, "t^(−1/3)"),
        Kinetics::AllenCahn => (-0.5, "t^(−1/2)"),
    }
}

/// What the error plots and readouts explain alike.
pub const RMSE: &str = "Root mean square difference of the candidate's field ψ and the reference's φ, √⟨(ψ − φ)²⟩ over the \
    candidate's own nodes: 0 is perfect agreement, √2 two unrelated fields of pure phases.";
/// As [`RMSE`].
pub const DISPLACEMENT: &str = "How far the candidate's interface lies from the reference's, root mean square, in grid \
    units: δ = √( ⟨(ψ − φ)²⟩ / ⟨|∇φ|²⟩ ), the first mean over the candidate's own nodes.";
/// As [`RMSE`].
pub const ENERGY: &str = "Free energy per volume, F = ∫ ε/8 |∇φ|² + 9/(8ε) (1 − φ²)² dV, about the interface area per \
    volume, each on its own grid; both axes are logarithmic. It can only fall; when domains coarsen self-similarly it falls \
    as the dashed guide.";

/// Names and colours of the candidates.
fn legend(names: &[Arc<str>]) -> Vec<(String, Color32)> {
    let short = |name: &str| match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    };
    names.iter().enumerate().map(|(index, name)| (short(name), candidate(index))).collect()
}

/// The colour of a candidate.
fn candidate(index: usize) -> Color32 {
    theme::colour(Hue::of_candidate(index))
}

fn caption(ui: &mut Ui, title: &str, explanation: &str, legend: &[(String, Color32)]) {
    ui.horizontal(|ui| {
        ui.set_height(CAPTION - 4.0);
        ui.label(RichText::new(title).small().strong()).on_hover_text(explanation);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            for (name, colour) in legend.iter().rev() {
                ui.add(egui::Label::new(RichText::new(name).small().color(*colour)).truncate());
            }
        });
    });
}

/// One error of all candidates against time, from zero.
fn error_plot(ui: &mut Ui, id: &str, height: f32, rows: &[Row], names: &[Arc<str>], error: fn(&PairMetrics) -> f64) {
    let curves: Vec<_> = (0..names.len()).map(|index| curves::of_candidate(rows, index, error)).collect();
    let high = curves.iter().flatten().map(|p| p[1]).fold(0.0, f64::max);
    let last = rows.last().map_or(1.0, |row| if row.time > 0.0 { row.time } else { 1.0 });
    base(id, height)
        .x_grid_spacer(round_marks)
        .y_grid_spacer(round_marks)
        .custom_x_axes(vec![axis(AxisHints::new_x()).formatter(|mark, _| plain(mark.value))])
        .custom_y_axes(vec![axis(AxisHints::new_y()).min_thickness(44.0).formatter(|mark, _| plain(mark.value))])
        .label_formatter(|position| at(position, |value| value))
        .show(ui, |plot| {
            let top = if high > 0.0 { high * 1.1 } else { 1.0 };
            plot.set_plot_bounds(PlotBounds::from_min_max([0.0, 0.0], [last * 1.02, top]));
            for ((index, points), name) in curves.into_iter().enumerate().zip(names) {
                plot.line(Line::new(&**name, points).stroke(Stroke::new(1.6, candidate(index))));
            }
        });
}

/// All energies against time on logarithmic axes.
fn energy_plot(ui: &mut Ui, height: f32, rows: &[Row], names: &[Arc<str>], exponent: f64) {
    let reference = curves::logarithms(rows, |row| Some(row.energy));
    let of = |index: usize| curves::logarithms(rows, |row| Some(row.metrics(index)?.energy_candidate));
    let candidates: Vec<_> = (0..names.len()).map(of).collect();
    base("energy", height)
        .x_grid_spacer(round_powers)
        .y_grid_spacer(round_powers)
        .custom_x_axes(vec![axis(AxisHints::new_x()).formatter(power)])
        .custom_y_axes(vec![axis(AxisHints::new_y()).min_thickness(44.0).formatter(power)])
        .label_formatter(|position| at(position, |value| 10_f64.powf(value)))
        .show(ui, |plot| {
            if let Some((bounds, guide)) = energy_view(&reference, &candidates, exponent) {
                plot.set_plot_bounds(bounds);
                let dashes = LineStyle::dashed_dense();
                plot.line(Line::new("", guide).stroke(Stroke::new(1.2, theme::GUIDE)).style(dashes));
            }
            plot.line(Line::new("reference", reference).stroke(Stroke::new(2.2, theme::REFERENCE)));
            for ((index, points), name) in candidates.into_iter().enumerate().zip(names) {
                plot.line(Line::new(&**name, points).stroke(Stroke::new(1.4, candidate(index))));
            }
        });
}

/// A plot of decimal logarithms against steps, from step 0.
pub fn logarithmic<'a>(id: &str, height: f32) -> Plot<'a> {
    base(id, height)
        .x_grid_spacer(round_marks)
        .y_grid_spacer(round_powers)
        .custom_x_axes(vec![axis(AxisHints::new_x()).formatter(|mark, _| plain(mark.value))])
        .custom_y_axes(vec![axis(AxisHints::new_y()).min_thickness(44.0).formatter(power)])
        .label_formatter(|position| match position {
            HoverPosition::NearDataPoint { plot_name, position, .. } => {
                Some(format!("step {}\n{plot_name} {}", position.x, theme::significant(10_f64.powf(position.y))))
            }
            HoverPosition::Elsewhere { .. } => None,
        })
}

/// What the energy plot shows, in logarithms: all of all curves, and the guide through the reference's latest point.
fn energy_view(
    reference: &[[f64; 2]],
    candidates: &[Vec<[f64; 2]>],
    exponent: f64,
) -> Option<(PlotBounds, Vec<[f64; 2]>)> {
    let (first, last) = (reference.first()?, reference.last()?);
    let energies = reference.iter().chain(candidates.iter().flatten()).map(|point| point[1]);
    let (low, high) = energies.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), e| (l.min(e), h.max(e)));
    let span = (high - low).max(0.1);
    let end = last[0].max(first[0] + 0.5);
    let bounds = PlotBounds::from_min_max([first[0] - 0.03, low - 0.12 * span], [end + 0.03, high + 0.12 * span]);
    let guide = |x: f64| [x, last[1] + exponent * (x - last[0])];
    Some((bounds, vec![guide(first[0]), guide(end)]))
}

/// What all plots share: they show and explain, and leave scrolling and dragging to the window.
fn base<'a>(id: &str, height: f32) -> Plot<'a> {
    Plot::new(id.to_owned())
        .height(height)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_axis_zoom_drag(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_crosshair(false)
        .auto_bounds(Vec2b::FALSE)
        .grid_color(theme::LINE)
        .set_margin_fraction(egui::Vec2::ZERO)
}

fn axis(hints: AxisHints<'_>) -> AxisHints<'_> {
    hints
        .label_spacing(4.0..=8.0)
        .tick_label_font(FontId::proportional(10.5))
        .tick_label_color(Color32::from_gray(0x8c))
}

/// The label at the pointer: time and value, both back from what is plotted by `number`.
fn at(position: &HoverPosition<'_>, number: fn(f64) -> f64) -> Option<String> {
    match position {
        HoverPosition::NearDataPoint { plot_name, position, .. } => {
            let [time, value] = [position.x, position.y].map(|plotted| theme::significant(number(plotted)));
            Some(format!("t = {time}\n{plot_name} {value}"))
        }
        HoverPosition::Elsewhere { .. } => None,
    }
}

/// A number without trailing zeros.
fn plain(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if !(1e-4..1e5).contains(&size) => {
            let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
            format!("{rounded:e}")
        }
        _ => {
            let text = format!("{value:.5}");
            text.trim_end_matches('0').trim_end_matches('.').into()
        }
    }
}

/// The number whose logarithm a mark is.
fn power(mark: GridMark, _: &RangeInclusive<f64>) -> String {
    plain(10_f64.powf(mark.value))
}

/// About four round numbers in view.
fn round_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = round_step((high - low) / 4.0);
    multiples(low, high, step).map(|value| GridMark { value, step_size: step }).collect()
}

/// Logarithms of round numbers in view: of 1, 2, 5 in each decade, or of evenly spaced ones where there is less than
/// a decade.
fn round_powers(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    if !(low.is_finite() && high.is_finite()) || high - low > 30.0 {
        return Vec::new();
    }
    let numbers: Vec<f64> = if high - low < 1.0 {
        let (low, high) = (10_f64.powf(low), 10_f64.powf(high));
        multiples(low, high, round_step((high - low) / 4.0)).collect()
    } else {
        let decades = low.floor() as i32..=high.ceil() as i32;
        decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(decade))).collect()
    };
    let marks = numbers.into_iter().map(|number| GridMark { value: number.log10(), step_size: (high - low) / 4.0 });
    marks.filter(|mark| (low..=high).contains(&mark.value)).collect()
}

/// The smallest of 1, 2, 5, 10, … × a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let decade = 10_f64.powf(least.max(f64::MIN_POSITIVE).log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|digit| digit * decade).find(|step| *step >= least).unwrap_or(10.0 * decade)
}

fn multiples(low: f64, high: f64, step: f64) -> impl Iterator<Item = f64> {
    let count = ((high - low) / step).clamp(0.0, 20.0) as usize + 2;
    let first = (low / step).ceil();
    (0..count).map(move |index| (first + index as f64) * step).filter(move |value| *value <= high)
}
