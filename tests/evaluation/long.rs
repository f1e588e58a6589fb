//! Long runs, each alone.

use super::{evaluator, tiny};
use crate::support::random_field;
use spinodal::{
    evaluation::{
        Evaluator, Findings, Part, Plan,
        long::{EndState, LongRun, LongRuns, Moment, plan::LongPlan},
    },
    evolution::Evolution,
    grid::Shape,
    metrics::morphology::Morphology,
    network::{CrnnConfig, Model, Output},
    solver::explicit::cpu::ExplicitSolver,
};
use std::ops::ControlFlow::{Break, Continue};

#[test]
fn a_network_that_stands_still_is_at_rest_and_one_that_loses_its_mean_is_caught() {
    let plan = tiny();
    // A network without weights predicts no flux, and a logistic output of ½: φ = 0 everywhere.
    let dead = |output| {
        let mut model = Model::random(CrnnConfig { channels: 2, output, ..CrnnConfig::default() }, 1);
        model.weights.0.values_mut().for_each(|weight| weight.values.fill(0.0));
        model
    };
    let still = dead(Output::Face);
    let runs = evaluator(&plan, &still).long_runs(&still, &mut |_| Continue(())).unwrap();
    let (run, start) = (&runs[1], plan.start(Shape::cube(16), 1).unwrap().coarsened(2).unwrap());
    assert_eq!((run.frames(), run.end.change, run.mean_drift()), (4, Some(0.0), 0.0));
    assert_eq!(run.end.field, start);
    assert_eq!(run.end.morphology, Morphology::of(&start));
    assert!(run.end.change_by_solver.unwrap() > 0.1, "the solver knows that noise does not rest");

    let leaky = dead(Output::NonConservative);
    let run = &evaluator(&plan, &leaky).long_runs(&leaky, &mut |_| Continue(())).unwrap()[0];
    let start = plan.start(Shape::cube(16), 0).unwrap().coarsened(2).unwrap();
    assert!((run.mean_drift() - start.mean().abs()).abs() < 1e-6);
    assert_eq!(run.end.morphology, Morphology::Uniform);
    assert!((run.energy() - 9.0 / (8.0 * 3.0)).abs() < 1e-6, "F/V of φ = 0");
    assert_eq!(run.end.change_by_solver, Some(0.0), "φ = 0 rests, though not stably");
}

#[test]
fn long_runs_of_the_solver_are_those_run_by_hand() {
    let (plan, model) =
        (Plan { long: LongPlan { runs: 3, solver_runs: 2, ..tiny().long }, ..tiny() }, Model::builtin().unwrap());
    let runs = evaluator(&plan, &model).long_runs_of_solver(&mut |_| Continue(())).unwrap();
    assert_eq!(runs.len(), 2);
    let start = plan.start(Shape::cube(16), 1).unwrap();
    let mut solver = ExplicitSolver::new(&start, plan.equation).unwrap();
    (0..4).for_each(|_| solver.advance().unwrap());
    let (run, end) = (&runs[1], solver.field().unwrap());
    assert_eq!(run.end.field, end.coarsened(2).unwrap());
    let (low, high) = end.range();
    let Moment { frame, largest, mean_drift, .. } = run.moments[4];
    assert_eq!((frame, largest, mean_drift), (4, f64::from(high.max(-low)), (end.mean() - start.mean()).abs()));
    assert!(run.end.change.unwrap() > 0.1 && run.end.change_by_solver.is_none());
}

#[test]
fn a_broken_part_measures_nothing_further() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let evaluator = Evaluator { ablation: Some(&model), ..evaluator(&plan, &model) };
    let measure = |frames: usize| {
        let (mut seen, mut findings) = (0, Findings::default());
        let mut watch = |_: usize| {
            seen += 1;
            if seen == frames { Break(()) } else { Continue(()) }
        };
        evaluator.measure(Part::Long, &mut findings, &mut watch).unwrap();
        let LongRuns { network, solver, ablation } = findings.long;
        [network, solver, ablation].map(|runs| runs.len())
    };
    // Two runs of 4 frames and the 8 of the solver that takes over, then 4 of the solver alone.
    assert_eq!(measure(24), [2, 0, 0]);
    assert_eq!(measure(28), [2, 1, 0]);
    assert_eq!(measure(29), [2, 1, 1]);
}

#[test]
fn bounds_of_long_runs_are_those_of_the_frames_they_name() {
    let moment = |frame: usize| Moment {
        frame,
        energy: if frame == 15 { 9.0 } else { 1.0 / (frame + 1) as f64 } + if frame == 31 { 1.0 } else { 0.0 },
        largest: if frame <= 10 { 5.0 } else { 1.1 - 0.001 * frame as f64 },
        mean_drift: if frame == 7 { 1e-3 } else { 0.0 },
    };
    let field = random_field(8, 0.0, 1.0);
    let end =
        EndState { field, change: None, change_by_solver: None, euler: 0, area: 0.0, morphology: Morphology::Other };
    let run = LongRun { moments: (0..=40).map(moment).collect(), end, diverged: false };
    assert!((run.largest_settled().unwrap() - 1.089).abs() < 1e-12, "frames up to 10 do not count");
    let rise = (1.0 + 1.0 / 32.0) * 31.0 - 1.0;
    assert!((run.largest_rise().unwrap() - rise).abs() < 1e-12, "frame 15 does not count");
    assert_eq!(run.mean_drift(), 1e-3);
}
