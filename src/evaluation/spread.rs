//! Errors over many runs: their mean, and the worst of them.

use super::trial::Trial;
use crate::{comparison::CandidateSpec, metrics::PairMetrics};
use serde::Serialize;

/// Frames at which a report quotes errors.
pub const REPORTED_FRAMES: [usize; 8] = [1, 5, 10, 25, 50, 100, 200, 300];

/// A figure of a candidate at a frame. Errors are taken on its own nodes unless stated otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Root mean square deviation from the reference's φ.
    Rmse,
    /// Displacement δ of the interface in grid units.
    Displacement,
    /// |ΔF|/F.
    EnergyError,
    /// How far the mean of φ is from that of the initial field.
    MeanDrift,
    /// RMSE on the reference's nodes.
    RmseFine,
    /// Its value for a candidate that is exact on its own nodes.
    RmseFloor,
    /// δ on the reference's nodes.
    DisplacementFine,
    /// Its value for a candidate that is exact on its own nodes.
    DisplacementFloor,
}

impl Quantity {
    /// Those on the candidate's own nodes, in the order of the tables.
    pub const ALL: [Self; 4] = [Self::Rmse, Self::Displacement, Self::EnergyError, Self::MeanDrift];

    /// Those on the reference's nodes, each before its floor.
    pub const FINE: [Self; 4] = [Self::RmseFine, Self::RmseFloor, Self::DisplacementFine, Self::DisplacementFloor];

    /// Its value for a candidate at a frame, infinite once that was stopped; `None` when it did not take part or the
    /// trial did not get there.
    pub fn of(self, trial: &Trial, candidate: &CandidateSpec, frame: usize) -> Option<f64> {
        let Some(metrics) = trial.entry(candidate, frame)?.metrics else { return Some(f64::INFINITY) };
        Some(self.measured(&metrics, trial.start_mean(candidate)?))
    }

    fn measured(self, metrics: &PairMetrics, start_mean: f64) -> f64 {
        match self {
            Self::Rmse => metrics.rmse,
            Self::Displacement => metrics.displacement,
            Self::EnergyError => metrics.energy_error,
            Self::MeanDrift => (metrics.mean_candidate - start_mean).abs(),
            Self::RmseFine => metrics.rmse_fine,
            Self::RmseFloor => metrics.rmse_floor,
            Self::DisplacementFine => metrics.displacement_fine,
            Self::DisplacementFloor => metrics.displacement_floor,
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
pub fn spreads(trials: &[Trial], candidate: &CandidateSpec, quantity: Quantity) -> Vec<Spread> {
    let frames = trials.iter().map(Trial::frames).max().unwrap_or(0);
    let at = |frame| Spread::of(trials.iter().filter_map(|trial| quantity.of(trial, candidate, frame)));
    (1..=frames).map_while(at).collect()
}

/// Mean squared error of a candidate over all runs and frames.
pub fn mean_squared_error(trials: &[Trial], candidate: &CandidateSpec) -> Option<f64> {
    let of_trial = |trial| (1..).map_while(move |frame| Quantity::Rmse.of(trial, candidate, frame));
    Spread::of(trials.iter().flat_map(of_trial).map(|rmse| rmse.powi(2))).map(|spread| spread.mean)
}
