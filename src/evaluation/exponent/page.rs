//! How fast the free energy falls, beside t^(−1/3).

use super::{Decay, Exponents, exponents, fit, mean_and_deviation};
use crate::{
    evaluation::{EvaluationError, Plan, spread::Spread},
    report::{
        ReportError,
        chart::{Axis, Chart, Curve},
        colour::{Colour, NETWORK, REFERENCE},
        number::{counted, fixed, or_dash},
        table::{header, markdown, write_csv},
    },
    settings::Span,
};
use serde::Serialize;
use std::{iter, path::Path};

/// First frame of the earliest window; before it, the noise is still separating into phases.
const EARLIEST: f64 = 10.0;

/// Writes tables and plot and gives the Markdown that shows them.
///
/// # Errors
/// When something cannot be drawn or written.
pub fn write(folder: &Path, found: &Exponents, plan: &Plan) -> Result<String, EvaluationError> {
    let evolutions = [("network", &found.network), ("solver", &found.solver)];
    write_csv(&folder.join("exponent.csv"), evolutions.iter().flat_map(|(name, runs)| rows(name, runs)))?;
    draw(found, plan, &folder.join("exponent.png"))?;
    let row = |(name, runs): &(&str, &Vec<Decay>)| {
        let exponents = exponents(runs);
        let (mean, deviation) = mean_and_deviation(&exponents)?;
        let [low, high] = [f64::min, f64::max].map(|pick| exponents.iter().copied().reduce(pick).unwrap_or(mean));
        let mut shown = [mean, deviation, low, high].map(|value| fixed(value, 4));
        if exponents.len() == 1 {
            shown[1] = "–".into();
        }
        Some([name.to_string(), exponents.len().to_string()].into_iter().chain(shown).collect())
    };
    let columns = ["evolution", "runs", "mean of n", "standard deviation", "lowest", "highest"];
    let approach =
        evolutions.iter().filter(|(_, runs)| !runs.is_empty()).map(|(name, runs)| approach(name, runs, plan));
    let windows = windows(plan.exponent.window).map(|Span { from, to }| format!("{from} to {to}"));
    let frames: Vec<_> = iter::once("frames".to_owned()).chain(windows).collect();
    let window = plan.exponent.window;
    Ok(format!(
        "F ~ tⁿ by least squares of ln F against ln t over frames {} to {} of each run, in boxes of {}, F on the \
         network's grid. For coarsening by diffusion, n = −1/3. Runs start from noise with a mean of zero and a \
         correlation length of {} grid units, short enough that little of it is left when the fit begins; the solver \
         starts from the first of the same fields. `exponent.csv` holds every frame.\n\n{}\
         The initial size of the domains, L₀ in V/F = L₀ + c·t^(1/3), makes n less steep in earlier windows. Means of n over \
         the same runs:\n\n{}\
         ![Free energy](exponent.png)\n\n",
        window.from,
        window.to,
        plan.exponent.grid,
        plan.exponent.correlation,
        markdown(&header(&columns), evolutions.iter().filter_map(row)),
        markdown(&frames, approach),
    ))
}

/// The window of the plan and earlier ones of the same width in ln t, each half a decade before the other.
fn windows(last: Span) -> impl Iterator<Item = Span> {
    let halves = iter::successors(Some(1.0), |shift| Some(shift / 10.0_f64.sqrt()));
    let shifted = move |shift: f64| Span::new((last.from * shift).round(), (last.to * shift).round());
    iter::once(last).chain(halves.skip(1).map(shifted).take_while(|window| window.from >= EARLIEST))
}

/// Mean exponents of `runs` window by window.
fn approach(name: &str, runs: &[Decay], plan: &Plan) -> Vec<String> {
    let mean = |window: Span| {
        let through = runs.iter().filter(|run| run.energies.len() as f64 >= window.to);
        let exponents: Vec<_> =
            through.filter_map(|run| fit(&run.energies, window, plan.equation.frame_time())).collect();
        or_dash(mean_and_deviation(&exponents).map(|(mean, _)| mean), |mean| fixed(mean, 3))
    };
    iter::once(name.to_owned()).chain(windows(plan.exponent.window).map(mean)).collect()
}

/// One frame of one run.
#[derive(Serialize)]
struct Row<'a> {
    evolution: &'a str,
    run: usize,
    time: f64,
    energy: f64,
    /// That of the run over the window; empty when it was interrupted before its end.
    exponent: Option<f64>,
}

fn rows<'a>(evolution: &'a str, runs: &'a [Decay]) -> impl Iterator<Item = Row<'a>> {
    runs.iter().zip(1..).flat_map(move |(decay, run)| {
        let row = move |&(time, energy)| Row { evolution, run, time, energy, exponent: decay.exponent };
        decay.energies.iter().map(row)
    })
}

fn draw(found: &Exponents, plan: &Plan, path: &Path) -> Result<(), ReportError> {
    let mut curves = vec![mean_curve("network", NETWORK, &found.network)];
    if !found.solver.is_empty() {
        curves.push(mean_curve("solver", REFERENCE, &found.solver));
    }
    let window = plan.exponent.window;
    let fitted: Vec<_> = {
        let inside = |time: f64| time + 1e-9 >= window.from * plan.equation.frame_time();
        curves[0].points.iter().copied().filter(|&(time, _)| inside(time)).collect()
    };
    curves.extend(fitted.first().map(|&start| Curve::cube_root_guide(&fitted, start)));
    let (x, y) = (Axis::logarithmic("time t"), Axis::logarithmic("F / V"));
    Chart { title: "Free energy", x, y, curves: &curves }.save(path)
}

/// The mean over runs, with a shade from the lowest to the highest.
fn mean_curve(name: &str, colour: Colour, runs: &[Decay]) -> Curve {
    let frames = runs.iter().map(|run| run.energies.len()).max().unwrap_or(0);
    // An interrupted run counts up to its last frame.
    let at = |frame: usize| {
        let there = || runs.iter().filter_map(move |run| run.energies.get(frame));
        let (time, _) = *there().next()?;
        let lowest = there().map(|&(_, energy)| energy).fold(f64::INFINITY, f64::min);
        Spread::of(there().map(|&(_, energy)| energy)).map(|spread| (time, lowest, spread))
    };
    let spreads: Vec<_> = (0..frames).filter_map(at).collect();
    let shade = if runs.len() > 1 { ", shade from lowest to highest" } else { "" };
    let label = format!("{name}, mean of {}{shade}", counted(runs.len(), "run"));
    let points = spreads.iter().map(|&(time, _, spread)| (time, spread.mean)).collect();
    let band = spreads.iter().map(|&(time, lowest, spread)| (time, lowest, spread.worst)).collect();
    Curve { band, ..Curve::line(label, colour, points) }
}
