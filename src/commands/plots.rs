//! Plots of a finished comparison.

use super::{
    CommandError,
    chart::{Axis, Chart, Curve, GREEN, NETWORK, SOLVER, VIOLET},
};
use crate::metrics::series::FrameMetrics;
use std::path::Path;

/// Draws RMSE and interface displacement over time, log–log.
///
/// # Errors
/// When the image cannot be drawn or written.
pub fn draw_error(rows: &[FrameMetrics], path: &Path) -> Result<(), CommandError> {
    let curves = [
        Curve::line("RMSE of φ", VIOLET, over_time(rows, |row| row.rmse)),
        Curve::line("interface displacement δ (grid units)", GREEN, over_time(rows, |row| row.displacement)),
    ];
    draw("Network against solver", "error", &curves, path)
}

/// Draws the free energies per volume over time, log–log, with a t^(−1/3) guide through the solver's end.
///
/// # Errors
/// When the image cannot be drawn or written.
pub fn draw_energy(rows: &[FrameMetrics], path: &Path) -> Result<(), CommandError> {
    let solver = Curve::line("solver", SOLVER, over_time(rows, |row| row.energy_reference));
    let network = Curve::line("network", NETWORK, over_time(rows, |row| row.energy_candidate));
    let guide = solver.points.last().map(|&end| Curve::cube_root_guide(&solver.points, end));
    let curves: Vec<_> = [solver, network].into_iter().chain(guide).collect();
    draw("Free energy", "F / V", &curves, path)
}

fn draw(title: &str, ordinate: &'static str, curves: &[Curve], path: &Path) -> Result<(), CommandError> {
    let (x, y) = (Axis::logarithmic("time t"), Axis::logarithmic(ordinate));
    Chart { title, x, y, curves }.save(path)
}

/// A column of the table against time, without the initial moment, which a logarithm has no place for.
fn over_time(rows: &[FrameMetrics], value: impl Fn(&FrameMetrics) -> f64) -> Vec<(f64, f64)> {
    rows.iter().filter(|row| row.time > 0.0).map(|row| (row.time, value(row))).collect()
}
