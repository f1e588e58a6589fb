//! Evaluations: what is measured, against known answers and against the solver itself.

mod bars;
mod cost;
mod long;
mod plans;

use crate::support::{cube, equation, parameters, random_field};
use spinodal::{
    comparison::CandidateSpec,
    equation::Parameters,
    evaluation::{
        Evaluator, Findings, Part, Plan,
        boxes::plan::BoxesPlan,
        cost::plan::CostPlan,
        exponent::{fit, mean_and_deviation, plan::ExponentPlan},
        led::plan::LedPlan,
        long::{LongRun, plan::LongPlan},
        shapes::plan::ShapesPlan,
        spread::{Quantity, Spread, spreads},
        trial::Trial,
    },
    evolution::{Evolution, Watch},
    fourier::Symbol,
    gpu::Engine,
    grid::Shape,
    initial::Initial,
    metrics::compare,
    network::{self, CrnnConfig, Model, evolve},
    recording::{Entry, Row, Standing},
    settings::Span,
    solver::{explicit::cpu::ExplicitSolver, spectral::SpectralSolver},
};
use std::ops::ControlFlow::{Break, Continue};

fn tiny() -> Plan {
    let grid = Shape::cube(16);
    Plan {
        boxes: BoxesPlan { grid, runs: 2, frames: 3 },
        shapes: ShapesPlan { grid, frames: 2 },
        led: LedPlan { grid, frames: 4, leads: vec![0, 2] },
        long: LongPlan { grid, runs: 2, frames: 4, solver_runs: 1 },
        exponent: ExponentPlan {
            grid,
            runs: 3,
            solver_runs: 1,
            window: Span::new(1.0, 4.0),
            ..ExponentPlan::default()
        },
        cost: CostPlan {
            grids: [12, 16].map(Shape::cube).to_vec(),
            frames: 2,
            front_grid: grid,
            front_frames: vec![1, 3],
        },
        ..Plan::default()
    }
}

fn evaluator<'a>(plan: &'a Plan, model: &'a Model) -> Evaluator<'a> {
    Evaluator { plan, model, ablation: None, engine: &Engine::Cpu, within_frames: Watch::default() }
}

#[test]
fn every_figure_of_a_box_is_that_of_solver_and_candidate_run_by_hand() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let mut work = 0;
    let trials = evaluator(&plan, &model)
        .boxes(Shape::cube(16), [2, 3], &evaluator(&plan, &model).candidates(), &mut |done| {
            work += done;
            Continue(())
        })
        .unwrap();
    assert_eq!(trials.len(), 2);
    assert_eq!(work, Plan { parts: vec![Part::Boxes], ..plan.clone() }.total(1));
    assert_eq!(trials[0].candidates, plan.candidates(), "no ablation was given");

    let start = plan.start(Shape::cube(16), 1).unwrap();
    let coarse = start.coarsened(2).unwrap();
    // The largest stable step on nodes two units apart.
    let halved = Parameters { time_step: 1.0 / 32.0, steps_per_frame: 32, ..plan.equation };
    let mut solver = ExplicitSolver::new(&start, plan.equation).unwrap();
    let mut network = evolve(&Engine::Cpu, &model, &coarse).unwrap();
    let mut baseline = ExplicitSolver::new(&coarse, halved).unwrap();
    let tenths = Parameters { time_step: 0.1, steps_per_frame: 10, ..halved };
    let mut spectral = SpectralSolver::new(&coarse, tenths, Symbol::Derivative).unwrap();
    for frame in 0..3 {
        solver.advance().unwrap();
        network.advance().unwrap();
        baseline.advance().unwrap();
        spectral.advance().unwrap();
        let truth = solver.field().unwrap();
        let fields = [network.field().unwrap(), baseline.field().unwrap(), spectral.field().unwrap(), coarse.clone()];
        for (candidate, field) in plan.candidates().iter().zip(&fields) {
            assert_eq!(
                *trials[1].metrics(candidate, frame + 1).unwrap(),
                compare(&truth, field, &equation(3.0)).unwrap(),
                "{candidate}"
            );
        }
    }
    assert_eq!(trials[1].start_mean(&plan.network()), Some(coarse.mean()));
}

#[test]
fn the_coarse_solvers_follow_the_fine_one_where_both_resolve_the_interface() {
    let equation = Parameters { time_step: 0.00125, steps_per_frame: 800, ..parameters(8.0) };
    let plan = Plan { equation, ..tiny() };
    let model = Model::random(CrnnConfig { channels: 2, ..CrnnConfig::default() }, 1);
    let trials =
        evaluator(&plan, &model).boxes(Shape::cube(32), [1, 4], &plan.candidates(), &mut |_| Continue(())).unwrap();
    let rmse = |candidate: &CandidateSpec| spreads(&trials, candidate, Quantity::Rmse)[3].mean;
    for coarse in [plan.coarse_explicit(), plan.coarse_spectral()] {
        let (found, frozen) = (rmse(&coarse), rmse(&plan.frozen()));
        assert!(found < 0.03 && found * 10.0 < frozen, "{coarse}: {found} {frozen}");
    }
}

#[test]
fn means_and_worst_runs_are_taken_frame_by_frame_over_the_runs_that_got_there() {
    let spread = Spread::of([1.0, 4.0, 1.0].into_iter()).unwrap();
    assert_eq!(spread, Spread { runs: 3, mean: 2.0, worst: 4.0 });
    assert_eq!(Spread::of([].into_iter()), None);

    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let mut trials =
        evaluator(&plan, &model).boxes(Shape::cube(16), [2, 3], &plan.candidates(), &mut |_| Continue(())).unwrap();
    trials[1].rows.truncate(3);
    for quantity in Quantity::ALL {
        let found = spreads(&trials, &plan.network(), quantity);
        let value = |run: usize, frame: usize| quantity.of(&trials[run], &plan.network(), frame + 1).unwrap();
        assert_eq!(found.iter().map(|spread| spread.runs).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(found[1].mean, (value(0, 1) + value(1, 1)) / 2.0);
        assert_eq!(found[1].worst, value(0, 1).max(value(1, 1)));
        assert_eq!((found[2].mean, found[2].worst), (value(0, 2), value(0, 2)));
    }
    assert!(spreads(&trials, &plan.ablation(), Quantity::Rmse).is_empty());
}

#[test]
fn a_watch_that_breaks_ends_the_work_and_keeps_what_was_done() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let evaluator = evaluator(&plan, &model);
    let after = |frames: usize| {
        let mut seen = 0;
        move |_: usize| {
            seen += 1;
            if seen == frames { Break(()) } else { Continue(()) }
        }
    };
    let trials = evaluator.boxes(Shape::cube(16), [2, 3], &plan.candidates(), &mut after(4)).unwrap();
    assert_eq!(trials.iter().map(|trial| trial.frames()).collect::<Vec<_>>(), [3, 1]);
    // 4 frames of the network, then 4 + 4 of the solver that takes over.
    let runs = evaluator.long_runs(&model, &mut after(4 + 8 + 2)).unwrap();
    assert_eq!(runs.iter().map(LongRun::frames).collect::<Vec<_>>(), [4, 2]);
    assert!(runs[0].end.change.is_some() && runs[1].end.change.is_none());
    let runs = evaluator.long_runs(&model, &mut after(4 + 8)).unwrap();
    assert_eq!(runs.iter().map(|run| run.end.change_by_solver).collect::<Vec<_>>(), [None]);
    let found = evaluator.exponents(&mut after(10)).unwrap();
    assert_eq!((found.network.len(), found.solver.len()), (2, 1));
    assert!(found.network[0].exponent.is_some() && found.network[1].exponent.is_none());
    // Two frames of the first box, one of the second.
    let costs = evaluator.costs(&mut after(3)).unwrap();
    assert!(!costs.sizes.is_empty() && costs.sizes.iter().all(|cost| cost.grid == Shape::cube(12)));
    // Two boxes, and two of three frames of the front.
    let costs = evaluator.costs(&mut after(4 + 2)).unwrap();
    assert!(!costs.front.is_empty() && costs.front.iter().all(|cost| cost.frame == 1));
}

#[test]
fn exponents_of_power_laws_are_found_inside_the_window_only() {
    for (exponent, frame_time) in [(-1.0 / 3.0, 1.0), (-0.25, 0.7)] {
        let law = |frame: i32| {
            let time = f64::from(frame) * frame_time;
            // Something else outside of frames 30 to 300.
            (time, if (30..=300).contains(&frame) { 2.0 * time.powf(exponent) } else { 5.0 })
        };
        let points: Vec<_> = (1..=400).map(law).collect();
        assert!((fit(&points, Span::new(30.0, 300.0), frame_time).unwrap() - exponent).abs() < 1e-12);
        assert!((fit(&points, Span::new(29.0, 300.0), frame_time).unwrap() - exponent).abs() > 1e-4);
        assert!((fit(&points, Span::new(30.0, 301.0), frame_time).unwrap() - exponent).abs() > 1e-4);
    }
    let (mean, deviation) = mean_and_deviation(&[-0.3, -0.4, -0.35]).unwrap();
    assert!((mean + 0.35).abs() < 1e-12 && (deviation - 0.05).abs() < 1e-12);
    assert_eq!(mean_and_deviation(&[-0.3]), Some((-0.3, 0.0)));
    assert_eq!(mean_and_deviation(&[]), None);
}

#[test]
fn a_candidate_that_was_stopped_counts_as_infinitely_far_off() {
    let plan = tiny();
    let metrics = compare(&random_field(16, 0.0, 0.5), &random_field(cube(8, 2.0), 0.0, 0.5), &equation(3.0)).unwrap();
    let entry = |frame: usize| match frame {
        3 => Entry { standing: Standing::Stopped, metrics: None },
        _ => Entry { standing: Standing::Running, metrics: Some(metrics) },
    };
    let row = |frame| Row { frame, time: frame as f64, energy: 1.0, mean: 0.0, candidates: vec![entry(frame)] };
    let trial = Trial { candidates: vec![plan.network()], rows: (0..=3).map(row).collect() };
    let network = plan.network();
    for quantity in Quantity::ALL {
        assert_eq!(quantity.of(&trial, &network, 3), Some(f64::INFINITY));
        assert_eq!(quantity.of(&trial, &network, 4), None);
        assert!(quantity.of(&trial, &network, 2).unwrap().is_finite());
    }
    assert_eq!(spreads(&[trial], &network, Quantity::Rmse)[2].mean, f64::INFINITY);
}

#[test]
fn a_led_network_starts_from_the_solver_and_is_measured_from_there() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let trials = evaluator(&plan, &model).led(&mut |_| Continue(())).unwrap();
    assert_eq!(trials.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["slice", "white-noise"]);
    for ((name, trial), initial) in trials.iter().zip([Initial::Slice, Initial::WhiteNoise]) {
        let start = plan.preset(plan.led.grid, &initial).unwrap();
        let mut solver = ExplicitSolver::new(&start, plan.equation).unwrap();
        (0..2).for_each(|_| solver.advance().unwrap());
        let given = network::start(&solver.field().unwrap(), 2).unwrap();
        let mut network = evolve(&Engine::Cpu, &model, &given).unwrap();
        let led = plan.led(2);
        let standings = [0, 1, 2].map(|frame| trial.entry(&led, frame).unwrap().standing);
        assert_eq!(standings, [Standing::Led, Standing::Led, Standing::Running], "{name}");
        for frame in 3..=4 {
            solver.advance().unwrap();
            network.advance().unwrap();
            let expected = compare(&solver.field().unwrap(), &network.field().unwrap(), &equation(3.0)).unwrap();
            assert_eq!(*trial.metrics(&led, frame).unwrap(), expected, "{name} {frame}");
        }
    }
}

#[test]
fn the_shipped_model_beats_persistence_on_a_box_it_has_not_seen() {
    let model = Model::builtin().unwrap();
    let plan = Plan {
        boxes: BoxesPlan { grid: 32.into(), frames: 20, ..tiny().boxes },
        long: LongPlan { grid: 32.into(), runs: 1, frames: 60, ..tiny().long },
        ..tiny()
    };
    let (evaluator, mut findings) = (evaluator(&plan, &model), Findings::default());
    for part in [Part::Boxes, Part::Long] {
        evaluator.measure(part, &mut findings, &mut |_| Continue(())).unwrap();
    }
    let summary = findings.summary(&plan);
    assert!(summary["mse"] * 4.0 < summary["mse_of_persistence"], "{summary:?}");
    assert!(summary["rmse_10"] < summary["mse_of_persistence"].sqrt());
    let alone = &findings.long.network[0];
    assert!(alone.largest_settled().unwrap() < 1.5 && alone.mean_drift() < 1e-5 && alone.frames() == 60);
}

#[cfg(feature = "bunny")]
#[test]
fn the_shapes_are_bunny_and_slice_on_the_grid_of_the_shapes() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let trials = evaluator(&plan, &model).shapes(&plan.candidates(), &mut |_| Continue(())).unwrap();
    assert_eq!(trials.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["bunny", "slice"]);
    for ((_, trial), initial) in trials.iter().zip([Initial::Bunny, Initial::Slice]) {
        let start = plan.preset(plan.shapes.grid, &initial).unwrap();
        let mut solver = ExplicitSolver::new(&start, plan.equation).unwrap();
        solver.advance().unwrap();
        let frozen = compare(&solver.field().unwrap(), &network::start(&start, 2).unwrap(), &equation(3.0)).unwrap();
        assert_eq!(trial.metrics(&plan.frozen(), 1), Some(&frozen));
        assert_eq!(trial.frames(), 2);
    }
}
