//! The main figures of an evaluation, as they are printed.

use crate::grid::Shape;
use crate::{
    evaluation::{
        Findings, Plan,
        alone::{LongRun, SETTLED},
        candidate::Candidate,
        cost::Cost,
        exponent::{Decay, exponents, mean_and_deviation},
        spread::{Quantity, mean_squared_error, spreads},
        trial::Trial,
    },
    training::validation::QUOTED_FRAMES,
};
use std::slice;

/// Prints what was found, part by part.
pub fn print(plan: &Plan, findings: &Findings) {
    let boxes = |count: usize, grid: Shape| {
        format!("{count} boxes of {grid}, network on every {}. node; means", plan.coarsening)
    };
    print_trials(&boxes(findings.boxes.len(), plan.grid), &findings.boxes);
    print_trials(&boxes(findings.large.len(), plan.large_grid), &findings.large);
    for (name, trial) in &findings.shapes {
        print_trials(&format!("{name} on {}", plan.shape_grid), slice::from_ref(trial));
    }
    print_long_runs("alone", &findings.long);
    print_long_runs("solver alone", &findings.long_of_solver);
    print_long_runs("ablation alone", &findings.ablation);
    print_exponent("network", plan, &findings.exponents.network);
    print_exponent("solver", plan, &findings.exponents.solver);
    findings.costs.iter().for_each(print_cost);
}

fn print_trials(title: &str, trials: &[Trial]) {
    if trials.is_empty() {
        return;
    }
    println!("{title}");
    println!(
        "{:>6} {:>9} {:>12} {:>14} {:>16} {:>9} {:>9}",
        "frame", "RMSE", "persistence", "coarse solver", "coarse spectral", "δ", "|ΔF|/F"
    );
    let of = |candidate, quantity| spreads(trials, candidate, quantity);
    let [rmse, displacement, energy, _] = Quantity::ALL.map(|quantity| of(Candidate::Network, quantity));
    let others = [Candidate::Persistence, Candidate::CoarseSolver, Candidate::CoarseSpectral];
    let [frozen, coarse, spectral] = others.map(|other| of(other, Quantity::Rmse));
    let quoted = |frame: usize| QUOTED_FRAMES.contains(&frame) || frame.is_multiple_of(100);
    for i in (0..rmse.len()).filter(|i| quoted(i + 1)) {
        println!(
            "{:>6} {:>9.4} {:>12.4} {:>14.4} {:>16.4} {:>9.3} {:>8.2}%",
            i + 1,
            rmse[i].mean,
            frozen[i].mean,
            coarse[i].mean,
            spectral[i].mean,
            displacement[i].mean,
            100.0 * energy[i].mean
        );
    }
    let errors = [Candidate::Network, Candidate::Persistence].map(|candidate| mean_squared_error(trials, candidate));
    if let [Some(mse), Some(persistence)] = errors {
        let times = persistence / mse;
        println!("MSE over {} frames {mse:.4}, persistence {persistence:.4}: {times:.1} times", rmse.len());
    }
}

fn print_long_runs(whose: &str, runs: &[LongRun]) {
    for (run, number) in runs.iter().zip(1..) {
        let largest = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.3}"));
        println!(
            "{whose}, run {number}: {} frames, |φ| after frame {SETTLED} ≤ {}; mean drift {:.1e}; {}",
            run.frames(),
            largest(run.largest_settled()),
            run.mean_drift(),
            run.end.morphology
        );
    }
}

fn print_exponent(whose: &str, plan: &Plan, runs: &[Decay]) {
    let exponents = exponents(runs);
    if let Some((mean, deviation)) = mean_and_deviation(&exponents) {
        println!(
            "F ~ t^n of the {whose}, frames {} to {}, boxes of {}: n = {mean:.4}, standard deviation {deviation:.4}, runs {}",
            plan.exponent_window.from,
            plan.exponent_window.to,
            plan.exponent_grid,
            exponents.len()
        );
    }
}

fn print_cost(Cost { grid, method, milliseconds, rmse }: &Cost) {
    println!("{:>5} {:<32} {milliseconds:>9.2} ms per frame, RMSE {rmse:.4}", grid.to_string(), method.to_string());
}
