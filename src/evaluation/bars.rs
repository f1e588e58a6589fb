//! What a model is held to, and whether it gets there.

use super::{
    alone::{LongRun, MONOTONE, SETTLED},
    candidate::Candidate,
    exponent::{Decay, exponents, mean_and_deviation},
    findings::Findings,
    plan::{LAG, Plan},
    spread::{Quantity, Spread, spreads},
    trial::Trial,
};

/// What a measured value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// No larger than this.
    AtMost(f64),
    /// No farther than `margin` from `centre`.
    Within { centre: f64, margin: f64 },
}

/// One thing that a model is held to.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What is measured, in words.
    pub what: String,
    /// What it must be.
    pub limit: Limit,
    /// What it is; `None` when it was not measured.
    pub measured: Option<f64>,
    /// Why that does not decide.
    pub doubt: Option<Doubt>,
}

/// What keeps a measurement from judging a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Fewer frames than this bar asks for: it can be missed by then, but not met.
    Frames(usize),
    /// Other fields than this bar asks for, or fewer of them.
    Fields(&'static str),
}

/// Frames that the bars ask for: of boxes, of shapes, of the network alone.
const FRAMES: [usize; 3] = [300, 100, 10_000];
/// Nodes per side of the boxes, of the shapes and of the network alone.
const GRID: usize = 64;
/// Boxes that a mean is taken over.
const BOXES: usize = 16;
/// Runs that an exponent is a mean over, nodes per side of their boxes, and the first frame that may be fitted: F falls
/// less steeply before.
const DECAY: (usize, usize, f64) = (10, 128, 100.0);

/// Largest |φ| that a network alone may reach.
pub const LARGEST: f64 = 1.15;
/// Largest |ΔF|/F, mean over the boxes.
pub const ENERGY_ERROR: f64 = 0.055;
/// First frame at which that counts: until then noise still separates.
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
    /// Whether the model gets there, if that can be said.
    pub fn met(&self) -> Option<bool> {
        let measured = self.measured?;
        let inside = match self.limit {
            Limit::AtMost(most) => measured <= most,
            Limit::Within { centre, margin } => (measured - centre).abs() <= margin,
        };
        match self.doubt {
            None => Some(inside),
            Some(Doubt::Frames(_)) => (!inside).then_some(false),
            Some(Doubt::Fields(_)) => None,
        }
    }

    /// The same bar, doubted for its fields if need be: that weighs more than frames.
    fn unless(self, right: bool, asked: &'static str) -> Self {
        if right { self } else { Self { doubt: Some(Doubt::Fields(asked)), ..self } }
    }
}

/// All bars, measured by what was found when the plan was followed.
pub fn bars(plan: &Plan, findings: &Findings) -> Vec<Bar> {
    let boxes = plan.grid == GRID && findings.boxes.len() >= BOXES;
    let mut bars: Vec<_> =
        of_boxes(&findings.boxes).into_iter().map(|bar| bar.unless(boxes, "16 boxes of 64³")).collect();
    let alone = of_long_runs(&findings.long).into_iter();
    bars.extend(alone.map(|bar| bar.unless(plan.long_grid == GRID, "boxes of 64³")));
    bars.push(of_decay(plan, &findings.exponents.network));
    bars.push(of_bunny(findings).unless(plan.shape_grid == GRID, "64³"));
    bars
}

fn of_decay(plan: &Plan, decays: &[Decay]) -> Bar {
    let ((centre, margin), (runs, grid, first)) = (EXPONENT, DECAY);
    let mean = mean_and_deviation(&exponents(decays)).map(|(mean, _)| mean);
    let diverged = decays.iter().any(|decay| decay.diverged);
    let right = decays.len() >= runs && plan.exponent_grid >= grid && plan.exponent_window.from >= first;
    Bar {
        what: "exponent n of F ~ tⁿ, mean over runs".into(),
        limit: Limit::Within { centre, margin },
        measured: if diverged { Some(f64::INFINITY) } else { mean },
        doubt: None,
    }
    .unless(right, "10 runs at 128³, fitted from frame 100 or later")
}

fn of_boxes(trials: &[Trial]) -> Vec<Bar> {
    let [needed, ..] = FRAMES;
    let means = |quantity| -> Vec<f64> {
        spreads(trials, Candidate::Network, quantity).iter().map(|Spread { mean, .. }| *mean).collect()
    };
    let over = |what: &str, most, quantity, first: usize| {
        let means = means(quantity);
        Bar {
            what: format!("{what}, mean over boxes, largest of frames {first} to {needed}"),
            limit: Limit::AtMost(most),
            measured: largest(means.iter().take(needed).skip(first - 1).copied()),
            doubt: (means.len() < needed).then_some(Doubt::Frames(needed)),
        }
    };
    let mut bars = vec![
        over("\\|ΔF\\|/F", ENERGY_ERROR, Quantity::EnergyError, SETTLED_ENERGY),
        over("δ, grid units", DISPLACEMENT, Quantity::Displacement, 1),
    ];
    bars.extend(RMSE.map(|(frame, most)| Bar {
        what: format!("RMSE at frame {frame}, mean over boxes"),
        limit: Limit::AtMost(most),
        measured: means(Quantity::Rmse).get(frame - 1).copied(),
        doubt: None,
    }));
    bars
}

fn of_long_runs(runs: &[LongRun]) -> Vec<Bar> {
    let [.., needed] = FRAMES;
    let shortest = runs.iter().map(LongRun::frames).min().unwrap_or(needed);
    let worst = |what: String, most, of: &dyn Fn(&LongRun) -> Option<f64>| Bar {
        what: format!("alone for {needed} frames, worst run: {what}"),
        limit: Limit::AtMost(most),
        measured: match runs.iter().any(|run| run.diverged) {
            true => Some(f64::INFINITY),
            false => largest(runs.iter().filter_map(of)),
        },
        doubt: (shortest < needed).then_some(Doubt::Frames(needed)),
    };
    vec![
        worst(format!("largest \\|φ\\| after frame {SETTLED}"), LARGEST, &LongRun::largest_settled),
        worst(format!("rise of F between frames after frame {MONOTONE}, share of F"), 1e-3, &LongRun::largest_rise),
        worst("drift of the mean of φ".into(), 1e-5, &|run| Some(run.mean_drift())),
        worst(format!("change of φ over the last {LAG} frames"), STATIONARY, &|run| run.end.change),
    ]
}

fn of_bunny(findings: &Findings) -> Bar {
    let [_, needed, _] = FRAMES;
    let trial = findings.shapes.iter().find(|(name, _)| *name == "bunny").map(|(_, trial)| std::slice::from_ref(trial));
    let curve = spreads(trial.unwrap_or_default(), Candidate::Network, Quantity::Displacement);
    Bar {
        what: format!("bunny: δ, grid units, largest of frames 1 to {needed}"),
        limit: Limit::AtMost(DISPLACEMENT),
        measured: largest(curve.iter().take(needed).map(|spread| spread.mean)),
        doubt: (curve.len() < needed).then_some(Doubt::Frames(needed)),
    }
}

fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.reduce(f64::max)
}
