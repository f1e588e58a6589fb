//! Targets: judged by what was measured, and not by less.

use super::{evaluator, tiny};
use crate::support::{cube, equation, random_field};
use spinodal::{
    evaluation::{
        Findings, Part, Plan,
        bars::{Bar, Doubt, Limit, bars},
        long::{EndState, LongRun, LongRuns, Moment},
        trial::Trial,
    },
    metrics::compare,
    metrics::morphology::Morphology,
    network::Model,
    recording::{Entry, Row, Standing},
};
use std::ops::ControlFlow::Continue;

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
