//! Live plots: how far network and solver have drifted apart, and how the free energy falls.

use super::theme;
use crate::metrics::series::FrameMetrics;
use bevy_egui::egui::{self, Color32, FontId, RichText, Stroke, Ui, Vec2b};
use egui_plot::{AxisHints, GridInput, GridMark, HoverPosition, Line, LineStyle, Plot, PlotBounds};
use std::ops::RangeInclusive;

/// Most points drawn per curve: about one per pixel.
const RESOLUTION: usize = 600;

/// Least height of one plot in points.
const MIN_HEIGHT: f32 = 110.0;

/// Room for a plot's caption.
const CAPTION: f32 = 20.0;

/// Coarsening that conserves φ: F falls as t^(−1/3) (Lifshitz and Slyozov).
const COARSENING_EXPONENT: f64 = -1.0 / 3.0;

/// All plots, one below the other, in the height that is left.
pub fn show(ui: &mut Ui, metrics: &[FrameMetrics]) {
    let each = ((ui.available_height() - 4.0) / 3.0 - CAPTION - ui.spacing().item_spacing.y * 2.0).max(MIN_HEIGHT);
    caption(ui, "RMSE of φ", RMSE, &[("over time t", theme::GUIDE)]);
    error_plot(ui, "rmse", each, metrics, |row| row.rmse);
    caption(ui, "Interface displacement δ  (grid units)", DISPLACEMENT, &[("over time t", theme::GUIDE)]);
    error_plot(ui, "displacement", each, metrics, |row| row.displacement);
    let legend = [("solver", theme::SOLVER), ("network", theme::NETWORK), ("t^(−1/3)", theme::GUIDE)];
    caption(ui, "Free energy F/V over t, log–log", ENERGY, &legend);
    energy_plot(ui, each, metrics);
}

/// What the error plots and readouts explain alike.
pub const RMSE: &str = "Root mean square difference of the two fields, √( Σ(ψ − φ)² / N³ ): 0 is perfect agreement, \
    √2 two unrelated fields of pure phases. Taken on the network's own nodes.";
/// As [`RMSE`].
pub const DISPLACEMENT: &str =
    "How far the network's interface lies from the solver's, root mean square: δ = √( Σ(ψ − φ)² / Σ|∇φ|² ).";
/// As [`RMSE`].
pub const ENERGY: &str = "Free energy per volume, F = ∫ ε/8 |∇φ|² + 9/(8ε) (1 − φ²)² dV, about the interface area per \
    volume. It can only fall; when domains coarsen self-similarly it falls as t^(−1/3), the dashed guide. Each is taken on its own grid.";

fn caption(ui: &mut Ui, title: &str, explanation: &str, legend: &[(&str, Color32)]) {
    ui.horizontal(|ui| {
        ui.set_height(CAPTION - 4.0);
        ui.label(RichText::new(title).small().strong()).on_hover_text(explanation);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            for (name, colour) in legend.iter().rev() {
                ui.label(RichText::new(*name).small().color(*colour));
            }
        });
    });
}

/// One error against time, from zero.
fn error_plot(ui: &mut Ui, id: &str, height: f32, metrics: &[FrameMetrics], error: fn(&FrameMetrics) -> f64) {
    let points = thinned(metrics.iter().map(|row| [row.time, error(row)]).filter(|point| point[1].is_finite()));
    let high = points.iter().map(|p| p[1]).fold(0.0, f64::max);
    let last = metrics.last().map_or(1.0, |row| row.time.max(1.0));
    base(id, height)
        .x_grid_spacer(round_marks)
        .y_grid_spacer(round_marks)
        .custom_x_axes(vec![axis(AxisHints::new_x()).formatter(|mark, _| plain(mark.value))])
        .custom_y_axes(vec![axis(AxisHints::new_y()).min_thickness(44.0).formatter(|mark, _| plain(mark.value))])
        .label_formatter(|position| at(position, |value| value))
        .show(ui, |plot| {
            let top = if high > 0.0 { high * 1.1 } else { 1.0 };
            plot.set_plot_bounds(PlotBounds::from_min_max([0.0, 0.0], [last * 1.02, top]));
            plot.line(Line::new("", points).stroke(Stroke::new(1.6, theme::ERROR)));
        });
}

/// Both energies against time on logarithmic axes; frame 0 has no logarithm and is left out.
fn energy_plot(ui: &mut Ui, height: f32, metrics: &[FrameMetrics]) {
    let rows: Vec<_> = metrics.iter().filter(|row| row.time > 0.0).collect();
    let curve = |energy: fn(&FrameMetrics) -> f64| {
        let values = rows.iter().map(|row| [row.time.log10(), energy(row).log10()]);
        thinned(values.filter(|point| point[1].is_finite()))
    };
    let (solver, network) = (curve(|row| row.energy_reference), curve(|row| row.energy_candidate));
    base("energy", height)
        .x_grid_spacer(round_powers)
        .y_grid_spacer(round_powers)
        .custom_x_axes(vec![axis(AxisHints::new_x()).formatter(power)])
        .custom_y_axes(vec![axis(AxisHints::new_y()).min_thickness(44.0).formatter(power)])
        .label_formatter(|position| at(position, |value| 10_f64.powf(value)))
        .show(ui, |plot| {
            if let Some((bounds, guide)) = energy_view(&solver, &network) {
                plot.set_plot_bounds(bounds);
                let dashes = LineStyle::dashed_dense();
                plot.line(Line::new("", guide).stroke(Stroke::new(1.2, theme::GUIDE)).style(dashes));
            }
            plot.line(Line::new("solver", solver).stroke(Stroke::new(2.2, theme::SOLVER)));
            plot.line(Line::new("network", network).stroke(Stroke::new(1.4, theme::NETWORK)));
        });
}

/// What the energy plot shows, in logarithms: all of both curves, and the guide through the solver's latest point.
fn energy_view(solver: &[[f64; 2]], network: &[[f64; 2]]) -> Option<(PlotBounds, Vec<[f64; 2]>)> {
    let (first, last) = (solver.first()?, solver.last()?);
    let energies = solver.iter().chain(network).map(|point| point[1]);
    let (low, high) = energies.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), e| (l.min(e), h.max(e)));
    let span = (high - low).max(0.1);
    let end = last[0].max(first[0] + 0.5);
    let bounds = PlotBounds::from_min_max([first[0] - 0.03, low - 0.12 * span], [end + 0.03, high + 0.12 * span]);
    let guide = |x: f64| [x, last[1] + COARSENING_EXPONENT * (x - last[0])];
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

/// The label at the pointer: time and value, both back from what is plotted.
fn at(position: &HoverPosition<'_>, value: fn(f64) -> f64) -> Option<String> {
    match position {
        HoverPosition::NearDataPoint { plot_name, position, .. } => {
            let time = theme::significant(if plot_name.is_empty() { position.x } else { 10_f64.powf(position.x) });
            Some(format!("t = {time}\n{} {}", plot_name, theme::significant(value(position.y))))
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

/// At most about [`RESOLUTION`] of `points`, evenly spaced along x, always with the last.
fn thinned(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
    let points: Vec<_> = points.collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return points };
    let least = (last[0] - first[0]) / RESOLUTION as f64;
    let mut next = first[0];
    let mut kept: Vec<_> = points.iter().copied().filter(|point| due(&mut next, point[0], least)).collect();
    if kept.last() != Some(last) {
        kept.push(*last);
    }
    kept
}

fn due(next: &mut f64, x: f64, least: f64) -> bool {
    let due = x >= *next;
    if due {
        *next = x + least;
    }
    due
}
