//! What an evaluation consists of.

use super::{
    boxes::plan::{BoxesPlan, LargePlan},
    cost::plan::CostPlan,
    exponent::plan::ExponentPlan,
    led::plan::LedPlan,
    long::plan::LongPlan,
    shapes::plan::ShapesPlan,
};
use crate::{
    equation::Parameters,
    grid::Shape,
    network::Card,
    settings::{COARSENING, ConfigError},
};
use serde::{Deserialize, Serialize};

/// A part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Errors in boxes of noise.
    Boxes,
    /// The same in larger boxes.
    Large,
    /// Fields unlike the training data.
    Shapes,
    /// Networks that follow the solver for some frames before they run alone.
    Led,
    /// Network and solver alone for thousands of frames.
    Long,
    /// The exponent of F ~ tⁿ.
    Exponent,
    /// Milliseconds per frame, against the size of the box and against the error.
    Cost,
}

impl Part {
    /// All parts, in the order of the report.
    pub const ALL: [Self; 7] =
        [Self::Boxes, Self::Large, Self::Shapes, Self::Led, Self::Long, Self::Exponent, Self::Cost];
}

/// What a model is measured on. Grids are those of the solver, in nodes per side.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// Parts of the report
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART,PART,…")]
    pub parts: Vec<Part>,
    /// Seed of all initial fields: choose one that the model's training data did not have
    #[arg(long)]
    pub seed: u64,
    /// The network has one of every so many nodes of the solver, along each axis.
    #[arg(skip)]
    pub coarsening: usize,
    /// The equation and the reference solver's step.
    #[arg(skip)]
    pub equation: Parameters,
    /// Boxes of noise.
    #[command(flatten)]
    pub boxes: BoxesPlan,
    /// Larger boxes.
    #[command(flatten)]
    pub large: LargePlan,
    /// Bunny and slice.
    #[command(flatten)]
    pub shapes: ShapesPlan,
    /// Led networks.
    #[command(flatten)]
    pub led: LedPlan,
    /// Long runs.
    #[command(flatten)]
    pub long: LongPlan,
    /// Exponents.
    #[command(flatten)]
    pub exponent: ExponentPlan,
    /// Costs.
    #[command(flatten)]
    pub cost: CostPlan,
}

impl Default for Plan {
    /// The whole report.
    fn default() -> Self {
        Self {
            parts: Part::ALL.to_vec(),
            seed: 271_828,
            coarsening: COARSENING.default,
            equation: Parameters::default(),
            boxes: BoxesPlan::default(),
            large: LargePlan::default(),
            shapes: ShapesPlan::default(),
            led: LedPlan::default(),
            long: LongPlan::default(),
            exponent: ExponentPlan::default(),
            cost: CostPlan::default(),
        }
    }
}

impl Plan {
    /// All parts, in minutes rather than hours: too little to draw conclusions from.
    pub fn quick() -> Self {
        Self {
            boxes: BoxesPlan::quick(),
            large: LargePlan::quick(),
            shapes: ShapesPlan::quick(),
            led: LedPlan::quick(),
            long: LongPlan::quick(),
            exponent: ExponentPlan::quick(),
            cost: CostPlan::quick(),
            ..Self::default()
        }
    }

    /// What is printed when no report is wanted.
    pub fn console() -> Self {
        Self {
            parts: vec![Part::Boxes, Part::Long],
            boxes: BoxesPlan { frames: 49, ..BoxesPlan::default() },
            long: LongPlan { frames: 2000, solver_runs: 0, ..LongPlan::default() },
            ..Self::default()
        }
    }

    /// Takes nodes, equation and time per frame from a model, with steps of the solver as close to the default as they can be.
    pub fn suit(&mut self, card: &Card) {
        let default = Parameters::default();
        let frame = Parameters { equation: card.purpose().equation, time_step: card.frame_time, steps_per_frame: 1 };
        let steps = (card.frame_time / default.time_step).round() as usize;
        self.equation = frame.in_steps(steps.max(frame.fewest_steps(&self.boxes.grid.into(), 1.0)));
        self.coarsening = card.coarsening;
    }

    /// The parts asked for, in the order of the report.
    pub fn asked(&self) -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().filter(|part| self.parts.contains(part))
    }

    /// Checks every value.
    ///
    /// # Errors
    /// Names the first value that is refused, and what it must be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.parts.is_empty() {
            return Err(ConfigError::value("parts", "must name at least one part", "empty"));
        }
        self.boxes.validate()?;
        self.large.validate()?;
        self.shapes.validate()?;
        self.led.validate()?;
        self.long.validate()?;
        self.exponent.validate()?;
        self.cost.validate()?;
        let mut grids = Part::ALL.into_iter().flat_map(|part| self.grids(part));
        grids.try_for_each(|grid| self.noise(grid).validate())
    }

    /// The solver's grids in one part.
    pub(super) fn grids(&self, part: Part) -> Vec<Shape> {
        match part {
            Part::Boxes => vec![self.boxes.grid],
            Part::Large => vec![self.large.grid],
            Part::Shapes => vec![self.shapes.grid],
            Part::Led => vec![self.led.grid],
            Part::Long => vec![self.long.grid],
            Part::Exponent => vec![self.exponent.grid],
            Part::Cost => self.cost.grids.iter().copied().chain([self.cost.front_grid]).collect(),
        }
    }

    /// Work of the whole plan in units of [`super::work`]; `networks` are 2 with an ablation, otherwise 1.
    pub fn total(&self, networks: usize) -> usize {
        let work = |part| match part {
            Part::Boxes => self.boxes.work(networks),
            Part::Large => self.large.work(),
            Part::Shapes => self.shapes.work(),
            Part::Led => self.led.work(),
            Part::Long => self.long.work(networks),
            Part::Exponent => self.exponent.work(),
            Part::Cost => self.cost.work(),
        };
        self.asked().map(work).sum()
    }
}
