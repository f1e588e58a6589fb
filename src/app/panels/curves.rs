//! Figures of a run as curves: what the plots draw, without a window.

use crate::{metrics::PairMetrics, recording::Row};

/// Most points of a curve: about one per pixel.
const RESOLUTION: usize = 600;

/// A figure of one candidate against time, where it has one.
pub fn of_candidate(rows: &[Row], candidate: usize, figure: fn(&PairMetrics) -> f64) -> Vec<[f64; 2]> {
    let points = rows.iter().filter_map(|row| Some([row.time, figure(row.metrics(candidate)?)]));
    thinned(points.filter(|point| point[1].is_finite()))
}

/// The same against frames.
pub fn over_frames(rows: &[Row], candidate: usize, figure: fn(&PairMetrics) -> f64) -> Vec<[f64; 2]> {
    let points = rows.iter().filter_map(|row| Some([row.frame as f64, figure(row.metrics(candidate)?)]));
    thinned(points.filter(|point| point[1].is_finite()))
}

/// Decimal logarithms of a free energy against those of time; frame 0 has none and is left out.
pub fn logarithms(rows: &[Row], energy: impl Fn(&Row) -> Option<f64>) -> Vec<[f64; 2]> {
    let rows = rows.iter().filter(|row| row.time > 0.0);
    let points = rows.filter_map(|row| Some([row.time.log10(), energy(row)?.log10()]));
    thinned(points.filter(|point| point[1].is_finite()))
}

/// At most about [`RESOLUTION`] of `points`, evenly spaced along x, always with the last.
pub fn thinned(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
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
