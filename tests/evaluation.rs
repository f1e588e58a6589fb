//! Evaluations: what is measured, against known answers and against the solver itself.

use crate::support::{cube, equation, parameters, random_field};
use spinodal::{
    comparison::CandidateSpec,
    equation::Parameters,
    evaluation::{
        Evaluator, Findings, Part, Plan,
        bars::{Bar, Doubt, Limit, bars},
        boxes::plan::BoxesPlan,
        cost::{Cost, plan::CostPlan, undominated},
        exponent::{fit, mean_and_deviation, plan::ExponentPlan},
        led::plan::LedPlan,
        long::{EndState, LongRun, LongRuns, Moment, plan::LongPlan},
        shapes::plan::ShapesPlan,
        spread::{Quantity, Spread, spreads},
        trial::Trial,
    },
    evolution::Evolution,
    fourier::Symbol,
    gpu::Engine,
    grid::Shape,
    initial::Initial,
    metrics::compare,
    metrics::morphology::Morphology,
    network::{self, Card, CrnnConfig, Model, Output, evolve},
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
    Evaluator { plan, model, ablation: None, engine: &Engine::Cpu }
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

#[test]
fn bars_are_judged_by_what_was_measured_and_not_by_less() {
    let bar = |limit, measured, doubt| Bar { what: String::new(), limit, measured, frozen: None, doubt }.met();
    let early = Some(Doubt::Frames(300));
    let (most, near) = (Limit::AtMost(0.1), Limit::Within { centre: -0.33, margin: 0.03 });
    assert_eq!(bar(most, Some(0.1), None), Some(true));
    assert_eq!(bar(most, Some(0.11), None), Some(false));
    assert_eq!(bar(most, Some(0.05), early), None, "good so far is not good");
    assert_eq!(bar(most, Some(f64::INFINITY), early), Some(false), "bad so far is bad");
    assert_eq!(bar(most, Some(f64::NAN), None), Some(false));
    assert_eq!((bar(near, Some(-0.305), None), bar(near, Some(-0.29), None)), (Some(true), Some(false)));
    assert_eq!(bar(near, None, None), None);
    assert_eq!(bar(most, Some(0.2), Some(Doubt::Asks("other boxes"))), None, "other boxes say nothing");
    assert!(bars(&Plan::default(), &Findings::default()).iter().all(|bar| bar.met().is_none()));

    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let mut findings = Findings::default();
    evaluator(&plan, &model).measure(Part::Boxes, &mut findings, &mut |_| Continue(())).unwrap();
    let first = bars(&plan, &findings).into_iter().find(|bar| bar.what.contains("RMSE at frame 1,")).unwrap();
    let rows = findings.boxes.iter().map(|trial| trial.metrics(&plan.network(), 1).unwrap().rmse);
    assert_eq!(first.measured, Some(rows.sum::<f64>() / 2.0));
    assert_eq!(first.met(), None, "two small boxes are not what the bar asks for");
    let frozen = findings.boxes.iter().map(|trial| trial.metrics(&plan.frozen(), 1).unwrap().rmse);
    assert_eq!(first.frozen, Some(frozen.sum::<f64>() / 2.0));
}

/// A run that ends so; |φ|, F and the mean of φ behave.
fn ended(frames: usize, change: f64, change_by_solver: f64, morphology: Morphology) -> LongRun {
    let field = random_field(8, 0.0, 1.0);
    let end = EndState {
        field,
        change: Some(change),
        change_by_solver: Some(change_by_solver),
        euler: 0,
        area: 0.0,
        morphology,
    };
    let moment = |frame| Moment { frame, energy: 1.0, largest: 1.0, mean_drift: 0.0 };
    LongRun { moments: (0..=frames).map(moment).collect(), end, diverged: false }
}

#[test]
fn rest_is_judged_by_the_solver_too_and_only_at_the_end() {
    let [layers, other] = [Morphology::Layered, Morphology::Other];
    let judge = |runs: &[LongRun]| -> [Option<bool>; 2] {
        let findings =
            Findings { long: LongRuns { network: runs.to_vec(), ..LongRuns::default() }, ..Findings::default() };
        let bars = bars(&Plan::default(), &findings);
        ["change of φ", "neither layered"].map(|words| bars.iter().find(|bar| bar.what.contains(words)).unwrap().met())
    };
    assert_eq!(judge(&[ended(10_000, 1e-5, 1e-3, layers)]), [Some(true); 2]);
    assert_eq!(judge(&[ended(10_000, 0.0, 0.2, layers)]), [Some(false), Some(true)], "it only stands still");
    assert_eq!(judge(&[ended(10_000, 0.2, 0.0, layers)]), [Some(false), Some(true)]);
    assert_eq!(judge(&[ended(10_000, 0.0, 0.0, layers), ended(10_000, 0.0, 0.0, other)]), [Some(true), Some(false)]);
    assert_eq!(judge(&[ended(2000, 0.2, 0.2, other)]), [None; 2], "it may still come to rest");
    let diverged = LongRun { diverged: true, ..ended(2000, 0.0, 0.0, layers) };
    assert_eq!(judge(&[diverged]), [Some(false); 2]);
}

#[test]
fn a_box_that_was_broken_off_does_not_count() {
    let row = compare(&random_field(16, 0.0, 0.5), &random_field(cube(8, 2.0), 0.0, 0.5), &equation(3.0)).unwrap();
    let candidates = vec![Plan::default().network(), Plan::default().frozen()];
    let entry = Entry { standing: Standing::Running, metrics: Some(row) };
    let row = |frame| Row { frame, time: frame as f64, energy: 1.0, mean: 0.0, candidates: vec![entry; 2] };
    let trial = |frames| Trial { candidates: candidates.clone(), rows: (0..=frames).map(row).collect() };
    let judged = |last: usize| {
        let boxes = (0..16).map(|run| trial(if run == 15 { last } else { 300 })).collect();
        let findings = Findings { boxes, ..Findings::default() };
        let judged = bars(&Plan::default(), &findings).into_iter().filter(|bar| bar.met().is_some());
        judged.map(|bar| bar.what).collect::<Vec<_>>()
    };
    assert_eq!(judged(300).len(), 5, "|ΔF|/F, δ, three RMSE");
    let early = judged(20);
    assert_eq!(early.len(), 2, "{early:?}");
    assert!(early.iter().all(|what| what.contains("frame 1,") || what.contains("frame 10,")));
}

#[test]
fn plans_that_make_no_sense_are_refused_in_one_sentence() {
    for plan in [Plan::default(), Plan::quick(), Plan::console()] {
        plan.validate().unwrap();
    }
    let refused: [(Plan, &str); 7] = [
        (
            Plan { boxes: BoxesPlan { runs: 0, ..tiny().boxes }, ..tiny() },
            "the number of runs in boxes of noise must lie between 1 and 10000, but is 0",
        ),
        (
            Plan { cost: CostPlan { frames: 1, ..tiny().cost }, ..tiny() },
            "the number of frames timed must lie between 2 and 1000000, but is 1",
        ),
        (Plan { boxes: BoxesPlan { grid: 15.into(), ..tiny().boxes }, ..tiny() }, "multiples of the coarsening"),
        (Plan { parts: vec![], ..tiny() }, "parts must name"),
        (
            Plan { exponent: ExponentPlan { window: Span::new(30.0, 20.0), ..tiny().exponent }, ..tiny() },
            "exponent-window must end at least 2 frames after",
        ),
        (
            Plan { exponent: ExponentPlan { correlation: 0.0, ..tiny().exponent }, ..tiny() },
            "the correlation length must lie",
        ),
        (Plan { coarsening: 0, ..tiny() }, "the coarsening must lie between 1 and 2"),
    ];
    for (plan, expected) in refused {
        let message = plan.validate().unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{message}");
    }
}

#[test]
fn plans_take_the_equation_that_a_model_has_learnt() {
    let of = |epsilon, frame_time| {
        let mut plan = Plan::default();
        plan.suit(&Card { epsilon, frame_time, coarsening: 1, ..Card::default() });
        plan
    };
    assert_eq!(of(3.0, 1.0), Plan { coarsening: 1, ..Plan::default() });
    let plan = of(3.0, 0.5);
    assert_eq!((plan.equation.steps_per_frame, plan.equation.frame_time(), plan.coarsening), (200, 0.5, 1));
    // The default step would not be stable.
    let wide = of(5.0, 1.0);
    assert!(wide.equation.time_step < 0.0025 && (wide.equation.frame_time() - 1.0).abs() < 1e-12);
    wide.validate().unwrap();
}

#[test]
fn costs_are_measured_on_every_box_and_the_reference_is_exact() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let mut work = 0;
    let costs = evaluator(&plan, &model)
        .costs(&mut |done| {
            work += done;
            Continue(())
        })
        .unwrap();
    assert_eq!(work, Plan { parts: vec![Part::Cost], ..plan.clone() }.total(1));
    assert!(costs.sizes.iter().all(|cost| cost.milliseconds > 0.0 && cost.rmse.is_finite()));
    let boxes: Vec<_> = costs.sizes.chunk_by(|a, b| a.grid == b.grid).collect();
    assert_eq!(boxes.len(), 2);
    for of_box in boxes {
        let names: Vec<_> = of_box.iter().map(|cost| cost.name.as_str()).collect();
        let expected =
            ["explicit", "spectral-0.1", "spectral-0.025", "explicit-coarse", "spectral-coarse-0.1", "network"];
        assert_eq!(names, expected);
        assert_eq!(of_box[0].rmse, 0.0);
        let (long, short) = (of_box[1].rmse, of_box[2].rmse);
        assert!(short < long && short > 0.0, "a quarter of the step is more exact: {short} {long}");
    }
}

#[test]
fn errors_against_costs_are_those_of_the_same_boxes() {
    let (plan, model) = (tiny(), Model::builtin().unwrap());
    let evaluator = evaluator(&plan, &model);
    let costs = evaluator.costs(&mut |_| Continue(())).unwrap();
    let trials = evaluator.boxes(Shape::cube(16), [1, 3], &plan.candidates(), &mut |_| Continue(())).unwrap();
    for frame in [1, 3] {
        for (name, candidate) in trials[0].names().iter().zip(&plan.candidates()).take(3) {
            let found = costs.front.iter().find(|cost| cost.name == *name && cost.frame == frame).unwrap();
            assert_eq!(found.rmse, trials[0].metrics(candidate, frame).unwrap().rmse, "{name}");
            assert_eq!(found.is_network, name == "network");
        }
    }
}

#[test]
fn a_front_holds_what_nothing_beats_in_cost_and_in_error() {
    let cost = |milliseconds: f64, rmse: f64| Cost {
        grid: 16.into(),
        name: format!("{milliseconds}"),
        is_network: false,
        frame: 10,
        milliseconds,
        rmse,
    };
    let costs = [
        cost(5.0, 0.0),
        cost(4.0, 0.01),
        cost(1.0, 0.3),
        cost(2.0, 0.1),
        cost(3.0, 0.2),
        cost(2.0, 0.4),
        cost(0.5, f64::INFINITY),
        cost(f64::NAN, 1e-3),
        cost(6.0, 0.01),
    ];
    let front: Vec<_> = undominated(&costs).iter().map(|cost| (cost.milliseconds, cost.rmse)).collect();
    assert_eq!(front, [(1.0, 0.3), (2.0, 0.1), (4.0, 0.01)]);
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
