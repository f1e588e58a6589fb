//! Errors as rows of `.csv` files.

use crate::{
    evaluation::{
        spread::{Quantity, spreads},
        trial::Trial,
    },
    recording::Standing,
};
use serde::Serialize;

/// A candidate at a frame of a run; figures are empty once it was stopped.
#[derive(Serialize)]
pub struct FrameRow {
    run: usize,
    candidate: String,
    frame: usize,
    time: f64,
    standing: &'static str,
    rmse: Option<f64>,
    displacement: Option<f64>,
    rmse_fine: Option<f64>,
    rmse_floor: Option<f64>,
    displacement_fine: Option<f64>,
    displacement_floor: Option<f64>,
    energy_reference: f64,
    energy: Option<f64>,
    energy_error: Option<f64>,
    mean_reference: f64,
    mean: Option<f64>,
    mean_drift: Option<f64>,
}

/// Every frame of a run, candidate by candidate.
pub fn frames(trial: &Trial, run: usize, frame_time: f64) -> impl Iterator<Item = FrameRow> {
    trial.candidates.iter().zip(trial.names()).flat_map(move |(candidate, name)| {
        trial.rows.iter().skip(1).filter_map(move |row| {
            let entry = trial.entry(candidate, row.frame)?;
            let metrics = entry.metrics.filter(|_| entry.standing != Standing::Stopped);
            Some(FrameRow {
                run,
                candidate: name.clone(),
                frame: row.frame,
                time: row.frame as f64 * frame_time,
                standing: entry.standing.word(),
                rmse: metrics.map(|m| m.rmse),
                displacement: metrics.map(|m| m.displacement),
                rmse_fine: metrics.map(|m| m.rmse_fine),
                rmse_floor: metrics.map(|m| m.rmse_floor),
                displacement_fine: metrics.map(|m| m.displacement_fine),
                displacement_floor: metrics.map(|m| m.displacement_floor),
                energy_reference: row.energy,
                energy: metrics.map(|m| m.energy_candidate),
                energy_error: metrics.map(|m| m.energy_error),
                mean_reference: row.mean,
                mean: metrics.map(|m| m.mean_candidate),
                mean_drift: metrics.and_then(|_| Quantity::MeanDrift.of(trial, candidate, row.frame)),
            })
        })
    })
}

/// Mean and worst run of a candidate at a frame.
#[derive(Serialize)]
pub struct SummaryRow {
    candidate: String,
    frame: usize,
    runs: usize,
    rmse_mean: f64,
    rmse_worst: f64,
    displacement_mean: f64,
    displacement_worst: f64,
    energy_error_mean: f64,
    energy_error_worst: f64,
    mean_drift_mean: f64,
    mean_drift_worst: f64,
}

/// Every candidate at every frame, over all trials.
pub fn summary(trials: &[Trial]) -> impl Iterator<Item = SummaryRow> {
    let candidates = trials.first().into_iter().flat_map(|trial| trial.candidates.iter().zip(trial.names()));
    candidates.flat_map(move |(candidate, name)| {
        let [rmse, displacement, energy, drift] = Quantity::ALL.map(|quantity| spreads(trials, candidate, quantity));
        (0..rmse.len()).map(move |i| SummaryRow {
            candidate: name.clone(),
            frame: i + 1,
            runs: rmse[i].runs,
            rmse_mean: rmse[i].mean,
            rmse_worst: rmse[i].worst,
            displacement_mean: displacement[i].mean,
            displacement_worst: displacement[i].worst,
            energy_error_mean: energy[i].mean,
            energy_error_worst: energy[i].worst,
            mean_drift_mean: drift[i].mean,
            mean_drift_worst: drift[i].worst,
        })
    })
}
