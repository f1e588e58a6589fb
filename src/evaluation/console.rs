//! The main figures of an evaluation in a few lines.

use super::{
    Findings, Plan,
    cost::Cost,
    exponent::{Decay, exponents, mean_and_deviation},
    long::{LongRun, SETTLED},
    spread::{Quantity, mean_squared_error, spreads},
    trial::Trial,
};
use crate::{
    grid::Shape,
    report::number::{fixed, or_dash},
    training::validation::QUOTED_FRAMES,
};
use std::slice;

/// What was found, part by part.
pub fn lines(plan: &Plan, findings: &Findings) -> Vec<String> {
    let boxes = |count: usize, grid: Shape| {
        let own = plan.network().grid(&grid.into()).map_or(String::new(), |own| format!(", network on {own}"));
        format!("{count} boxes of {grid}{own}; means")
    };
    let mut lines = Vec::new();
    lines.extend(of_trials(plan, &boxes(findings.boxes.len(), plan.boxes.grid), &findings.boxes));
    lines.extend(of_trials(plan, &boxes(findings.large.len(), plan.large.grid), &findings.large));
    for (name, trial) in &findings.shapes {
        lines.extend(of_trials(plan, &format!("{name} on {}", plan.shapes.grid), slice::from_ref(trial)));
    }
    lines.extend(findings.led.iter().flat_map(|(name, trial)| of_led(plan, name, trial)));
    let long = &findings.long;
    for (whose, runs) in [("network", &long.network), ("solver", &long.solver), ("ablation", &long.ablation)] {
        lines.extend(runs.iter().zip(1..).map(|(run, number)| of_long_run(whose, number, run)));
    }
    for (whose, runs) in [("network", &findings.exponents.network), ("solver", &findings.exponents.solver)] {
        lines.extend(of_exponent(whose, plan, runs));
    }
    lines.extend(findings.costs.sizes.iter().chain(&findings.costs.front).map(of_cost));
    lines
}

/// Errors of the network, and RMSE of the others, at some frames.
fn of_trials(plan: &Plan, title: &str, trials: &[Trial]) -> Vec<String> {
    let Some(first) = trials.first() else { return Vec::new() };
    let (network, frozen) = (plan.network(), plan.frozen());
    let names = first.candidates.iter().zip(first.names()).filter(|(candidate, _)| **candidate != network);
    let others: Vec<_> = names.map(|(other, name)| (name, spreads(trials, other, Quantity::Rmse))).collect();
    let [rmse, displacement, energy, _] = Quantity::ALL.map(|quantity| spreads(trials, &network, quantity));
    let named: String = others.iter().map(|(name, _)| format!(" {name:>20}")).collect();
    let head = format!("{:>6} {:>9} {:>9} {:>9}{named}", "frame", "RMSE", "δ", "|ΔF|/F");
    let quoted = |frame: usize| QUOTED_FRAMES.contains(&frame) || frame.is_multiple_of(100);
    let row = |i: usize| {
        let others: String = others.iter().map(|(_, spreads)| format!(" {:>20.4}", spreads[i].mean)).collect();
        let energy = 100.0 * energy[i].mean;
        format!("{:>6} {:>9.4} {:>9.3} {energy:>8.2}%{others}", i + 1, rmse[i].mean, displacement[i].mean)
    };
    let mut lines = vec![title.to_owned(), head];
    lines.extend((0..rmse.len()).filter(|i| quoted(i + 1)).map(row));
    let errors = [network, frozen].map(|candidate| mean_squared_error(trials, &candidate));
    if let [Some(mse), Some(frozen)] = errors {
        let times = frozen / mse;
        lines.push(format!("MSE over {} frames {mse:.4}, frozen {frozen:.4}: {times:.1} times", rmse.len()));
    }
    lines
}

/// RMSE of led networks at the last quoted frame that was reached.
fn of_led(plan: &Plan, name: &str, trial: &Trial) -> Option<String> {
    let frame = QUOTED_FRAMES.into_iter().rfind(|&frame| frame <= trial.frames().min(10))?;
    let led = |&lead: &usize| {
        let rmse = Quantity::Rmse.of(trial, &plan.led(lead), frame).filter(|_| lead <= frame);
        format!("{} led for {lead}", or_dash(rmse, |rmse| fixed(rmse, 3)))
    };
    let each = plan.led.leads.iter().map(led).collect::<Vec<_>>().join(", ");
    Some(format!("{name} on {}, RMSE at frame {frame}: {each}", plan.led.grid))
}

fn of_long_run(whose: &str, number: usize, run: &LongRun) -> String {
    format!(
        "{whose} alone, run {number}: {} frames, |φ| after frame {SETTLED} ≤ {}; mean drift {:.1e}; {}",
        run.frames(),
        or_dash(run.largest_settled(), |value| fixed(value, 3)),
        run.mean_drift(),
        run.end.morphology
    )
}

fn of_exponent(whose: &str, plan: &Plan, runs: &[Decay]) -> Option<String> {
    let exponents = exponents(runs);
    let (mean, deviation) = mean_and_deviation(&exponents)?;
    Some(format!(
        "F ~ t^n of the {whose}, frames {} to {}, boxes of {}: n = {mean:.4}, standard deviation {deviation:.4}, runs {}",
        plan.exponent.window.from,
        plan.exponent.window.to,
        plan.exponent.grid,
        exponents.len()
    ))
}

fn of_cost(Cost { grid, name, frame, milliseconds, rmse, .. }: &Cost) -> String {
    let grid = grid.to_string();
    format!("{grid:>5} {name:<24} {milliseconds:>9.2} ms per frame, RMSE {rmse:.4} at frame {frame}")
}
