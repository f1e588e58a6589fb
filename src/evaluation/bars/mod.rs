//! Targets for a model, and whether it meets them.

pub mod page;

use super::{
    Findings, Plan,
    exponent::{Decay, exponents, mean_and_deviation},
    long::{LongRun, MONOTONE, SETTLED, plan::LAG},
    spread::{Quantity, spreads},
    trial::Trial,
};
use crate::{comparison::CandidateSpec, grid::Shape};
use std::ops::RangeInclusive;

/// What a measured value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// No larger than this.
    AtMost(f64),
    /// No farther than `margin` from `centre`.
    Within { centre: f64, margin: f64 },
}

/// One target.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What is measured, in words.
    pub what: String,
    /// What it must be.
    pub limit: Limit,
    /// What it is; `None` when it was not measured.
    pub measured: Option<f64>,
    /// The value for the initial field if it never changed, where there is one: a target that is met by doing nothing
    /// says little.
    pub frozen: Option<f64>,
    /// Why that does not settle it.
    pub doubt: Option<Doubt>,
}

/// What keeps a measurement from judging a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Fewer frames than this target needs: it can be missed by then, but not met.
    Frames(usize),
    /// Fewer frames than this target, which is about the end of a run, needs: that says nothing yet.
    End(usize),
    /// A plan other than the one this target is defined for, or fewer runs: that says nothing.
    Asks(&'static str),
}

/// Frames that the targets need: of boxes, of shapes, of the network alone.
const FRAMES: [usize; 3] = [300, 100, 10_000];
/// Nodes per side of the boxes, of the shapes and of the network alone.
const GRID: Shape = Shape::cube(64);
/// Boxes that a mean is taken over.
const BOXES: usize = 16;
/// Runs that an exponent is averaged over, their boxes, and the first frame that may be fitted: F falls less steeply
/// before. The fit must span a decade.
const DECAY: (usize, Shape, f64) = (10, Shape::cube(128), 100.0);

/// Largest |φ| that a network alone may reach.
pub const LARGEST: f64 = 1.15;
/// Largest |ΔF|/F, mean over the boxes.
pub const ENERGY_ERROR: f64 = 0.055;
/// First frame at which that counts: until then, the noise still separates into phases.
pub const SETTLED_ENERGY: usize = 5;
/// Largest displacement of the interface, grid units.
pub const DISPLACEMENT: f64 = 3.0;
/// Frame and largest RMSE there, mean over the boxes.
pub const RMSE: [(usize, f64); 3] = [(1, 0.07), (10, 0.10), (50, 0.20)];
/// Exponent of F ~ tⁿ, and how far from it the mean over runs may be.
pub const EXPONENT: (f64, f64) = (-0.33, 0.03);
/// Largest change of φ at any node over the last [`LAG`] frames of a run that has come to rest. The slope of an
/// interface is at most 1 per grid unit, so that none then moves by much more than this many grid units.
pub const STATIONARY: f64 = 0.01;

impl Bar {
    /// Whether the model meets it, if that can be judged.
    pub fn met(&self) -> Option<bool> {
        let measured = self.measured?;
        let inside = match self.limit {
            Limit::AtMost(most) => measured <= most,
            Limit::Within { centre, margin } => (measured - centre).abs() <= margin,
        };
        match self.doubt {
            None => Some(inside),
            Some(Doubt::Frames(_)) => (!inside).then_some(false),
            Some(Doubt::End(_) | Doubt::Asks(_)) => None,
        }
    }

    /// The same target, doubted unless what was measured is `right`; this doubt replaces one about frames.
    fn unless(self, right: bool, asked: &'static str) -> Self {
        if right { self } else { Self { doubt: Some(Doubt::Asks(asked)), ..self } }
    }
}

/// All targets, judged by what was found.
pub fn bars(plan: &Plan, findings: &Findings) -> Vec<Bar> {
    let mut bars = of_boxes(plan, &findings.boxes);
    let alone = of_long_runs(&findings.long.network).into_iter();
    bars.extend(alone.map(|bar| bar.unless(plan.long.grid == GRID, "boxes of 64³")));
    bars.push(of_decay(plan, &findings.exponents.network));
    #[cfg(feature = "bunny")]
    bars.push(of_bunny(plan, findings).unless(plan.shapes.grid == GRID, "64³"));
    bars
}

fn of_decay(plan: &Plan, decays: &[Decay]) -> Bar {
    let ((centre, margin), (runs, grid, first)) = (EXPONENT, DECAY);
    let mean = mean_and_deviation(&exponents(decays)).map(|(mean, _)| mean);
    let diverged = decays.iter().any(|decay| decay.diverged);
    let window = plan.exponent.window;
    let right = exponents(decays).len() >= runs
        && plan.exponent.grid.len() >= grid.len()
        && window.from >= first
        && window.to >= 10.0 * window.from;
    Bar {
        what: "exponent n of F ~ tⁿ, mean over runs".into(),
        limit: Limit::Within { centre, margin },
        measured: if diverged { Some(f64::INFINITY) } else { mean },
        frozen: None,
        doubt: None,
    }
    .unless(right, "10 runs at 128³, fitted over a decade from frame 100 or later")
}

fn of_boxes(plan: &Plan, boxes: &[Trial]) -> Vec<Bar> {
    let [last, ..] = FRAMES;
    let over = |what: String, most, quantity, frames: RangeInclusive<usize>| {
        let reached = boxes.iter().map(Trial::frames).max().unwrap_or(0).min(*frames.end());
        let enough = boxes.iter().filter(|trial| trial.frames() >= reached).count() >= BOXES;
        of_trials(plan, what, most, boxes, quantity, frames)
            .unless(plan.boxes.grid == GRID && enough, "16 boxes of 64³")
    };
    let throughout = |what: &str, most, quantity, first: usize| {
        let what = format!("{what}, mean over boxes, largest of frames {first} to {last}");
        over(what, most, quantity, first..=last)
    };
    let mut bars = vec![
        throughout("|ΔF|/F", ENERGY_ERROR, Quantity::EnergyError, SETTLED_ENERGY),
        throughout("δ, grid units", DISPLACEMENT, Quantity::Displacement, 1),
    ];
    bars.extend(RMSE.map(|(frame, most)| {
        over(format!("RMSE at frame {frame}, mean over boxes"), most, Quantity::Rmse, frame..=frame)
    }));
    bars
}

#[cfg(feature = "bunny")]
fn of_bunny(plan: &Plan, findings: &Findings) -> Bar {
    let [_, last, _] = FRAMES;
    let bunny = findings.shapes.iter().find(|(name, _)| *name == "bunny");
    let trials = bunny.map(|(_, trial)| std::slice::from_ref(trial)).unwrap_or_default();
    let what = format!("bunny: δ, grid units, largest of frames 1 to {last}");
    of_trials(plan, what, DISPLACEMENT, trials, Quantity::Displacement, 1..=last)
}

/// A target for the largest mean over `trials` of a quantity at any of the `frames`.
fn of_trials(
    plan: &Plan,
    what: String,
    most: f64,
    trials: &[Trial],
    quantity: Quantity,
    frames: RangeInclusive<usize>,
) -> Bar {
    let (first, last) = frames.into_inner();
    let largest_mean = |candidate: CandidateSpec| {
        let spreads = spreads(trials, &candidate, quantity);
        largest(spreads.iter().take(last).skip(first - 1).map(|spread| spread.mean))
    };
    let reached = trials.iter().map(Trial::frames).max().unwrap_or(0);
    Bar {
        what,
        limit: Limit::AtMost(most),
        measured: largest_mean(plan.network()),
        frozen: largest_mean(plan.frozen()),
        doubt: (reached < last).then_some(Doubt::Frames(last)),
    }
}

fn of_long_runs(runs: &[LongRun]) -> Vec<Bar> {
    let [.., needed] = FRAMES;
    let shortest = runs.iter().map(LongRun::frames).min().unwrap_or(needed);
    let diverged = runs.iter().any(|run| run.diverged);
    let bar = |what: String, most, measured: Option<f64>| Bar {
        what: format!("alone for {needed} frames, {what}"),
        limit: Limit::AtMost(most),
        measured: if diverged { Some(f64::INFINITY) } else { measured },
        frozen: None,
        doubt: (shortest < needed).then_some(Doubt::Frames(needed)),
    };
    let worst = |what: &str, most, of: &dyn Fn(&LongRun) -> Option<f64>| {
        bar(format!("worst run: {what}"), most, largest(runs.iter().filter_map(of)))
    };
    // What is not at rest yet may still come to rest, unless it has diverged.
    let at_end = |bar: Bar| Bar { doubt: (!diverged && shortest < needed).then_some(Doubt::End(needed)), ..bar };
    let unsettled = runs.iter().filter(|run| !run.end.morphology.is_settled()).count();
    vec![
        worst(&format!("largest |φ| after frame {SETTLED}"), LARGEST, &LongRun::largest_settled),
        worst(&format!("rise of F between frames after frame {MONOTONE}, share of F"), 1e-3, &LongRun::largest_rise),
        worst("drift of the mean of φ", 1e-5, &|run| Some(run.mean_drift())),
        at_end(worst(
            &format!("change of φ in {LAG} frames at the end, by itself or by the solver"),
            STATIONARY,
            &LongRun::restlessness,
        )),
        at_end(bar(
            "runs that end neither layered nor tubular nor spherical".into(),
            0.0,
            (!runs.is_empty()).then_some(unsettled as f64),
        )),
    ]
}

fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.reduce(f64::max)
}
