//! Errors against the solver: tables at chosen frames, curves of all frames.

use crate::{
    commands::{
        CommandError,
        chart::{Axis, COARSE_SOLVER, COARSE_SPECTRAL, Chart, Colour, Curve, GUIDE, NETWORK, RED, Style, VIOLET},
        table::{header, markdown, runs as counted, significant, write_csv},
    },
    evaluation::{
        Evaluator,
        bars::{DISPLACEMENT, ENERGY_ERROR, RMSE, SETTLED_ENERGY},
        candidate::Candidate,
        spread::{Quantity, REPORTED_FRAMES, Spread, spreads},
        trial::Trial,
    },
    grid::{Grid, Shape},
    metrics::PairMetrics,
};
use serde::Serialize;
use std::{path::Path, slice};

/// The part about boxes of noise; files are called `stem` and more.
pub fn boxes(
    folder: &Path,
    stem: &str,
    grid: Shape,
    held_to: HeldTo,
    trials: &[Trial],
    evaluator: &Evaluator,
) -> Result<String, CommandError> {
    let Some(frames) = trials.iter().map(Trial::frames).max() else { return Ok("No frame was finished.\n\n".into()) };
    let coarse = Grid::from(grid).coarsened(evaluator.plan.coarsening).map_or(String::new(), |grid| grid.to_string());
    let intro = format!(
        "{} of {frames} frames, each from Perlin noise of its own; the network lives on {coarse}. Every frame of every \
         run is in `{stem}.csv`, means and worst runs in `{stem}_summary.csv`.\n\n",
        counted(trials.len())
    );
    Ok(intro + &write(folder, stem, &format!("boxes of {grid}"), held_to, trials, evaluator)?)
}

/// The part about the bunny and the slice.
pub fn shapes(folder: &Path, trials: &[(&str, Trial)], evaluator: &Evaluator) -> Result<String, CommandError> {
    let plan = evaluator.plan;
    let mut text = format!(
        "Two fields unlike the training data, on {}: the Stanford bunny, a closed body with a tanh profile; and the slice, \
         noise in a layer in the middle of a uniform field.\n\n",
        plan.shape_grid
    );
    for (name, trial) in trials {
        text += &format!("### {name}\n\n{} frames; all of them in `{name}.csv`.\n\n", trial.frames());
        let held_to = if *name == "bunny" { HeldTo::Bunny } else { HeldTo::Nothing };
        text += &write(folder, name, name, held_to, slice::from_ref(trial), evaluator)?;
    }
    Ok(text)
}

/// Writes tables and plots of `trials` and gives the Markdown that shows them.
fn write(
    folder: &Path,
    stem: &str,
    title: &str,
    held_to: HeldTo,
    trials: &[Trial],
    evaluator: &Evaluator,
) -> Result<String, CommandError> {
    let frame_time = evaluator.plan.equation.frame_time();
    write_csv(&folder.join(format!("{stem}.csv")), rows(trials, frame_time))?;
    write_csv(&folder.join(format!("{stem}_summary.csv")), summary(trials))?;
    let mut text = String::new();
    for quantity in Quantity::ALL {
        let Words { name, file, .. } = words(quantity);
        let file = format!("{stem}_{file}.png");
        draw(quantity, title, held_to, trials, &folder.join(&file))?;
        text += &format!("{name}:\n\n{}![{name}, {title}]({file})\n\n", table(quantity, trials));
    }
    Ok(text)
}

/// Run, candidate and time of a row of the `.csv` file.
#[derive(Serialize)]
struct Key {
    run: usize,
    candidate: Candidate,
    frame: usize,
    time: f64,
}

/// What [`PairMetrics`] lacks.
#[derive(Serialize)]
struct Drift {
    mean_drift: f64,
}

/// Every frame of every run.
fn rows(trials: &[Trial], frame_time: f64) -> impl Iterator<Item = (Key, PairMetrics, Drift)> {
    trials.iter().zip(1..).flat_map(move |(trial, run)| {
        trial.curves.iter().flat_map(move |(&candidate, curve)| {
            curve.iter().zip(1..).map(move |(row, frame)| {
                let key = Key { run, candidate, frame, time: frame as f64 * frame_time };
                (key, *row, Drift { mean_drift: Quantity::MeanDrift.of(trial, row) })
            })
        })
    })
}

/// Mean and worst run of a candidate at a frame.
#[derive(Serialize)]
struct SummaryRow {
    candidate: Candidate,
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

fn summary(trials: &[Trial]) -> impl Iterator<Item = SummaryRow> {
    candidates(trials).into_iter().flat_map(move |candidate| {
        let [rmse, displacement, energy, drift] = Quantity::ALL.map(|quantity| spreads(trials, candidate, quantity));
        (0..rmse.len()).map(move |i| SummaryRow {
            candidate,
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

/// Those that took part.
fn candidates(trials: &[Trial]) -> Vec<Candidate> {
    trials.first().map(|trial| trial.curves.keys().copied().collect()).unwrap_or_default()
}

/// The quantity at the reported frames as far as there are any, and at the last one.
fn table(quantity: Quantity, trials: &[Trial]) -> String {
    let many = trials.len() > 1;
    let candidates = candidates(trials);
    let curves: Vec<_> = candidates.iter().map(|&candidate| spreads(trials, candidate, quantity)).collect();
    let columns = candidates.iter().flat_map(|candidate| match many {
        true => vec![format!("{candidate}, mean"), "worst".into()],
        false => vec![candidate.to_string()],
    });
    let cells = |spread: &Spread| match many {
        true => vec![format(quantity, spread.mean), format(quantity, spread.worst)],
        false => vec![format(quantity, spread.mean)],
    };
    let row = |&frame: &usize| {
        let spreads: Option<Vec<_>> = curves.iter().map(|curve| curve.get(frame - 1)).collect();
        Some([frame.to_string()].into_iter().chain(spreads?.into_iter().flat_map(cells)).collect())
    };
    let header: Vec<_> = header(&["frame"]).into_iter().chain(columns).collect();
    let last = curves.iter().map(Vec::len).max().filter(|last| !REPORTED_FRAMES.contains(last));
    markdown(&header, REPORTED_FRAMES.iter().chain(&last).filter_map(row))
}

/// A value of the quantity with its unit.
fn format(quantity: Quantity, value: f64) -> String {
    if !value.is_finite() {
        return "diverged".into();
    }
    match quantity {
        Quantity::Rmse => format!("{value:.4}"),
        Quantity::Displacement => format!("{value:.3}"),
        Quantity::EnergyError => format!("{:.2} %", 100.0 * value),
        Quantity::MeanDrift => significant(value),
    }
}

/// How a quantity is called.
struct Words {
    name: &'static str,
    axis: &'static str,
    file: &'static str,
}

fn words(quantity: Quantity) -> Words {
    let (name, axis, file) = match quantity {
        Quantity::Rmse => ("RMSE of φ", "RMSE of φ", "rmse"),
        Quantity::Displacement => ("Displacement δ of the interface, grid units", "δ / grid units", "displacement"),
        Quantity::EnergyError => ("Error |ΔF|/F of the free energy", "|ΔF| / F", "energy_error"),
        Quantity::MeanDrift => ("Drift of the mean of φ", "|mean φ(t) − mean φ(0)|", "mean_drift"),
    };
    Words { name, axis, file }
}

/// What there are bars for.
#[derive(Debug, Clone, Copy)]
pub enum HeldTo {
    /// Means over boxes of noise.
    Boxes,
    /// The bunny.
    Bunny,
    /// Nothing.
    Nothing,
}

impl HeldTo {
    /// Largest means of a quantity that are asked for, up to frame `last`.
    fn curve(self, quantity: Quantity, last: f64) -> Option<Curve> {
        let (points, style) = match (self, quantity) {
            (Self::Boxes, Quantity::Rmse) => (RMSE.map(|(frame, most)| (frame as f64, most)).to_vec(), Style::Points),
            (Self::Boxes, Quantity::EnergyError) => {
                let first = SETTLED_ENERGY as f64;
                (vec![(first, ENERGY_ERROR), (last.max(first), ENERGY_ERROR)], Style::Dashed)
            }
            (Self::Boxes | Self::Bunny, Quantity::Displacement) => {
                (vec![(1.0, DISPLACEMENT), (last, DISPLACEMENT)], Style::Dashed)
            }
            _ => return None,
        };
        Some(Curve::line("what the model is held to", GUIDE, points).styled(style))
    }
}

fn draw(quantity: Quantity, title: &str, held_to: HeldTo, trials: &[Trial], path: &Path) -> Result<(), CommandError> {
    let Words { name, axis, .. } = words(quantity);
    let mut curves: Vec<_> = candidates(trials).iter().map(|&candidate| curve(quantity, candidate, trials)).collect();
    let last = trials.iter().map(Trial::frames).max().unwrap_or(1) as f64;
    curves.extend(held_to.curve(quantity, last));
    let title = format!("{name}, {title}");
    let (x, y) = (Axis::logarithmic("frame"), Axis::logarithmic(axis));
    Chart { title: &title, x, y, curves: &curves }.save(path)
}

/// The mean over runs, and behind that of a network a shade up to the worst run.
fn curve(quantity: Quantity, candidate: Candidate, trials: &[Trial]) -> Curve {
    let spreads = spreads(trials, candidate, quantity);
    let over_frames = || spreads.iter().zip(1..).map(|(spread, frame)| (f64::from(frame), spread));
    let shaded = trials.len() > 1 && matches!(candidate, Candidate::Network | Candidate::Ablation);
    let name = match (trials.len(), shaded) {
        (1, _) => candidate.to_string(),
        (runs, true) => format!("{candidate}, mean of {runs} runs, shade to the worst"),
        (_, false) => format!("{candidate}, mean"),
    };
    let line =
        Curve::line(name, colour(candidate), over_frames().map(|(frame, spread)| (frame, spread.mean)).collect());
    let band = over_frames().filter(|_| shaded).map(|(frame, spread)| (frame, spread.mean, spread.worst)).collect();
    Curve { band, ..line }
}

fn colour(candidate: Candidate) -> Colour {
    match candidate {
        Candidate::Network => NETWORK,
        Candidate::Ablation => RED,
        Candidate::CoarseSolver => COARSE_SOLVER,
        Candidate::CoarseSpectral => COARSE_SPECTRAL,
        Candidate::Persistence => VIOLET,
    }
}
