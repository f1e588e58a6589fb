//! Errors over many runs: their mean, and the worst of them.

use super::{candidate::Candidate, trial::Trial};
use crate::metrics::PairMetrics;
use serde::Serialize;

/// Frames at which a report quotes errors.
pub const REPORTED_FRAMES: [usize; 8] = [1, 5, 10, 25, 50, 100, 200, 300];

/// What is quoted of a candidate at a frame. Errors are those on the network's grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Root mean square of the difference to the solver's φ.
    Rmse,
    /// Displacement δ of the interface in grid units.
    Displacement,
    /// |ΔF|/F.
    EnergyError,
    /// How far the mean of φ is from that of the initial field.
    MeanDrift,
}

impl Quantity {
    /// All of them in the order of the tables.
    pub const ALL: [Self; 4] = [Self::Rmse, Self::Displacement, Self::EnergyError, Self::MeanDrift];

    /// Its value in one row of a trial.
    pub fn of(self, trial: &Trial, row: &PairMetrics) -> f64 {
        match self {
            Self::Rmse => row.rmse,
            Self::Displacement => row.displacement,
            Self::EnergyError => row.energy_error,
            Self::MeanDrift => (row.mean_candidate - trial.start_mean).abs(),
        }
    }
}

/// One quantity at one frame, over the runs that got there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Number of runs.
    pub runs: usize,
    /// Their arithmetic mean.
    pub mean: f64,
    /// The largest of them.
    pub worst: f64,
}

impl Spread {
    /// Mean and largest of some values; `None` of none.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (runs, sum, worst) = values.fold((0, 0.0, f64::NEG_INFINITY), |(runs, sum, worst), value| {
            (runs + 1, sum + value, f64::max(worst, value))
        });
        (runs > 0).then(|| Self { runs, mean: sum / runs as f64, worst })
    }
}

/// The spread of a quantity at frames 1, 2, …; empty when the candidate did not take part.
pub fn spreads(trials: &[Trial], candidate: Candidate, quantity: Quantity) -> Vec<Spread> {
    let frames = trials.iter().map(Trial::frames).max().unwrap_or(0);
    let at = |frame: usize| {
        Spread::of(trials.iter().filter_map(|trial| {
            let row = trial.curves.get(&candidate)?.get(frame)?;
            Some(quantity.of(trial, row))
        }))
    };
    (0..frames).map_while(at).collect()
}

/// Mean squared error of a candidate over all runs and frames.
pub fn mean_squared_error(trials: &[Trial], candidate: Candidate) -> Option<f64> {
    let rows = trials.iter().filter_map(|trial| trial.curves.get(&candidate)).flatten();
    Spread::of(rows.map(|row| row.rmse.powi(2))).map(|spread| spread.mean)
}
