//! Plots of a comparison: one curve for each candidate.

use super::{
    ReportError,
    chart::{Axis, Chart, Curve, Style},
    colour,
};
use crate::{metrics::PairMetrics, recording::Row};
use std::path::Path;

/// Draws the errors of the candidates over time, log–log: RMSE of φ on their own nodes as lines, the displacement of
/// the interface dashed. `names` are the candidates' in the order of the rows.
///
/// # Errors
/// When the image cannot be drawn or written.
pub fn draw_error(rows: &[Row], names: &[String], path: &Path) -> Result<(), ReportError> {
    let of = |value: fn(&PairMetrics) -> f64, what: &str| -> Vec<Curve> {
        over_candidates(rows, names, value)
            .map(|curve| Curve { name: format!("{}: {what}", curve.name), ..curve })
            .collect()
    };
    let mut curves = of(|metrics| metrics.rmse, "RMSE of φ");
    let displacements = of(|metrics| metrics.displacement, "δ / grid units");
    curves.extend(displacements.into_iter().map(|curve| curve.styled(Style::Dashed)));
    draw("Error against the reference", "error", &curves, path)
}

/// Draws the free energies per volume over time, each on its own nodes, log–log, with a t^(−1/3) guide through the
/// reference's end.
///
/// # Errors
/// When the image cannot be drawn or written.
pub fn draw_energy(rows: &[Row], names: &[String], path: &Path) -> Result<(), ReportError> {
    let points = later(rows).map(|row| (row.time, row.energy)).collect();
    let reference = Curve::line("reference", colour::REFERENCE, points);
    let guide = reference.points.last().map(|&end| Curve::cube_root_guide(&reference.points, end));
    let candidates = over_candidates(rows, names, |metrics| metrics.energy_candidate);
    let curves: Vec<_> = [reference].into_iter().chain(candidates).chain(guide).collect();
    draw("Free energy", "F / V", &curves, path)
}

fn draw(title: &str, ordinate: &'static str, curves: &[Curve], path: &Path) -> Result<(), ReportError> {
    let (x, y) = (Axis::logarithmic("time t"), Axis::logarithmic(ordinate));
    Chart { title, x, y, curves }.save(path)
}

/// A figure of each candidate over time, up to the frame at which it was stopped.
fn over_candidates(rows: &[Row], names: &[String], value: fn(&PairMetrics) -> f64) -> impl Iterator<Item = Curve> {
    names.iter().enumerate().map(move |(candidate, name)| {
        let point = |row: &Row| Some((row.time, value(row.metrics(candidate)?)));
        Curve::line(name, colour::of_series(candidate), later(rows).filter_map(point).collect())
    })
}

/// All but the initial moment, which a logarithm has no place for.
fn later(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|row| row.time > 0.0)
}
