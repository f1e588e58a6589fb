//! Plots of a finished comparison.

use super::{
    CommandError,
    chart::{Axis, Chart, Curve, GREEN, NETWORK, RED, SOLVER, VIOLET},
};
use crate::recording::Row;
use std::path::Path;

/// Draws RMSE and interface displacement over time, log–log.
///
/// # Errors
/// When the image cannot be drawn or written.
pub fn draw_error(rows: &[Row], names: &[String], path: &Path) -> Result<(), CommandError> {
    let colours = [NETWORK, VIOLET, GREEN, RED].into_iter().cycle();
    let curves: Vec<_> = names
        .iter()
        .zip(colours)
        .enumerate()
        .map(|(index, (name, colour))| {
            let points = over_time(rows, |row| row.metrics(index).map(|m| m.rmse));
            Curve::line(format!("{name}: RMSE of φ"), colour, points)
        })
        .collect();
    draw("Candidates against the reference", "error", &curves, path)
}

/// Draws the free energies per volume over time, log–log, with a t^(−1/3) guide through the reference's end.
///
/// # Errors
/// When the image cannot be drawn or written.
pub fn draw_energy(rows: &[Row], names: &[String], path: &Path) -> Result<(), CommandError> {
    let reference = Curve::line("reference", SOLVER, over_time(rows, |row| Some(row.energy)));
    let guide = reference.points.last().map(|&end| Curve::cube_root_guide(&reference.points, end));
    let colours = [NETWORK, VIOLET, GREEN, RED].into_iter().cycle();
    let candidates = names.iter().zip(colours).enumerate().map(|(index, (name, colour))| {
        Curve::line(name.clone(), colour, over_time(rows, |row| row.metrics(index).map(|m| m.energy_candidate)))
    });
    let curves: Vec<_> = [reference].into_iter().chain(candidates).chain(guide).collect();
    draw("Free energy", "F / V", &curves, path)
}

fn draw(title: &str, ordinate: &'static str, curves: &[Curve], path: &Path) -> Result<(), CommandError> {
    let (x, y) = (Axis::logarithmic("time t"), Axis::logarithmic(ordinate));
    Chart { title, x, y, curves }.save(path)
}

/// A column of the table against time, without the initial moment, which a logarithm has no place for.
fn over_time(rows: &[Row], value: impl Fn(&Row) -> Option<f64>) -> Vec<(f64, f64)> {
    rows.iter().filter(|row| row.time > 0.0).filter_map(|row| Some((row.time, value(row)?))).collect()
}
