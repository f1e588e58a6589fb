//! What an evaluation consists of.

use crate::{
    equation::{Equation, Parameters},
    grid::Shape,
    network::Card,
    training::{overrides::ConfigError, span::Span},
};
use serde::{Deserialize, Serialize};

/// Frames before the end of a long run with which its end is compared.
pub const LAG: usize = 100;

/// A part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// Errors in boxes of noise.
    Boxes,
    /// The same in larger boxes.
    Large,
    /// The Stanford bunny and the central slice.
    Shapes,
    /// The network alone for thousands of frames.
    Long,
    /// The exponent of F ~ tⁿ.
    Exponent,
    /// Milliseconds per frame against the size of the box.
    Cost,
}

impl Section {
    /// All parts, in the order of the report.
    pub const ALL: [Self; 6] = [Self::Boxes, Self::Large, Self::Shapes, Self::Long, Self::Exponent, Self::Cost];
}

/// What a model is measured on. Grids are those of the solver, in nodes per side.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// Parts of the report
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART,PART,…")]
    pub sections: Vec<Section>,
    /// Seed of all initial fields, other than that of any dataset trained on
    #[arg(long)]
    pub seed: u64,
    /// Boxes of noise: nodes per side of the solver's grid
    #[arg(long, value_name = "N")]
    pub grid: Shape,
    /// Boxes of noise: runs, each from noise of its own
    #[arg(long, value_name = "K")]
    pub runs: usize,
    /// Boxes of noise: frames of each
    #[arg(long, value_name = "K")]
    pub frames: usize,
    /// Larger boxes: nodes per side
    #[arg(long, value_name = "N")]
    pub large_grid: Shape,
    /// Larger boxes: runs
    #[arg(long, value_name = "K")]
    pub large_runs: usize,
    /// Larger boxes: frames of each
    #[arg(long, value_name = "K")]
    pub large_frames: usize,
    /// Bunny and slice: nodes per side
    #[arg(long, value_name = "N")]
    pub shape_grid: Shape,
    /// Bunny and slice: frames
    #[arg(long, value_name = "K")]
    pub shape_frames: usize,
    /// Network alone: nodes per side
    #[arg(long, value_name = "N")]
    pub long_grid: Shape,
    /// Network alone: runs
    #[arg(long, value_name = "K")]
    pub long_runs: usize,
    /// Network alone: frames of each
    #[arg(long, value_name = "K")]
    pub long_frames: usize,
    /// Network alone: how many of these the solver makes too
    #[arg(long, value_name = "K")]
    pub long_solver_runs: usize,
    /// Exponent: nodes per side
    #[arg(long, value_name = "N")]
    pub exponent_grid: Shape,
    /// Exponent: runs of the network
    #[arg(long, value_name = "K")]
    pub exponent_runs: usize,
    /// Exponent: how many of these the solver makes too
    #[arg(long, value_name = "K")]
    pub exponent_solver_runs: usize,
    /// Exponent: correlation length of the initial noise, grid units
    #[arg(long, value_name = "LENGTH")]
    pub exponent_correlation: f64,
    /// Exponent: first and last frame of the fit
    #[arg(long, value_name = "FROM..TO")]
    pub exponent_window: Span,
    /// Cost: nodes per side of each box
    #[arg(long, value_delimiter = ',', value_name = "N,N,…")]
    pub cost_grids: Vec<Shape>,
    /// Cost: frames of each, the first of which is not timed
    #[arg(long, value_name = "K")]
    pub cost_frames: usize,
    /// Every how many nodes of the solver the network has one.
    #[arg(skip)]
    pub coarsening: usize,
    /// The equation and the reference solver's step.
    #[arg(skip)]
    pub equation: Parameters,
}

impl Default for Plan {
    /// The whole report.
    fn default() -> Self {
        Self {
            sections: Section::ALL.to_vec(),
            seed: 271_828,
            grid: Shape::cube(64),
            runs: 16,
            frames: 300,
            large_grid: Shape::cube(128),
            large_runs: 3,
            large_frames: 300,
            shape_grid: Shape::cube(64),
            shape_frames: 100,
            long_grid: Shape::cube(64),
            long_runs: 4,
            long_frames: 10_000,
            long_solver_runs: 4,
            exponent_grid: Shape::cube(128),
            exponent_runs: 10,
            exponent_solver_runs: 2,
            exponent_correlation: 4.0,
            exponent_window: Span::new(100.0, 1000.0),
            cost_grids: [32, 48, 64, 96, 128].map(Shape::cube).to_vec(),
            cost_frames: 6,
            coarsening: 2,
            equation: Parameters::default(),
        }
    }
}

/// Work of one frame of one evolution, in units of a frame of 8³ nodes: for progress only.
pub fn work(grid: Shape) -> usize {
    (grid.len() / 512).max(1)
}

impl Plan {
    /// All parts, in minutes rather than hours; too little for conclusions.
    pub fn quick() -> Self {
        Self {
            grid: Shape::cube(32),
            runs: 2,
            frames: 40,
            large_grid: Shape::cube(48),
            large_runs: 1,
            large_frames: 40,
            shape_grid: Shape::cube(32),
            shape_frames: 20,
            long_grid: Shape::cube(32),
            long_runs: 2,
            long_frames: 300,
            long_solver_runs: 1,
            exponent_grid: Shape::cube(48),
            exponent_runs: 3,
            exponent_solver_runs: 1,
            exponent_window: Span::new(10.0, 60.0),
            cost_grids: [16, 24, 32].map(Shape::cube).to_vec(),
            cost_frames: 3,
            ..Self::default()
        }
    }

    /// What is printed when no report is asked for.
    pub fn console() -> Self {
        Self {
            sections: vec![Section::Boxes, Section::Long],
            frames: 49,
            long_frames: 2000,
            long_solver_runs: 0,
            ..Self::default()
        }
    }

    /// Takes grid, ε and time per frame from a model, with steps of the solver as close to the default as they can be.
    pub fn suit(&mut self, card: &Card) {
        let default = Parameters::default();
        let equation = Equation { epsilon: card.epsilon, ..default.equation };
        let frame = Parameters { equation, time_step: card.frame_time, steps_per_frame: 1 };
        let steps = (card.frame_time / default.time_step).round() as usize;
        self.equation = frame.in_steps(steps.max(frame.fewest_steps(&self.grid.into(), 1.0)));
        self.coarsening = card.coarsening;
    }

    /// The parts asked for, in the order of the report.
    pub fn parts(&self) -> impl Iterator<Item = Section> {
        Section::ALL.into_iter().filter(|section| self.sections.contains(section))
    }

    /// Checks every value.
    ///
    /// # Errors
    /// Names the first value at fault and what it must be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let counts = [
            ("runs", self.runs),
            ("frames", self.frames),
            ("large-runs", self.large_runs),
            ("large-frames", self.large_frames),
            ("shape-frames", self.shape_frames),
            ("long-runs", self.long_runs),
            ("long-frames", self.long_frames),
            ("exponent-runs", self.exponent_runs),
        ];
        if let Some((name, count)) = counts.into_iter().find(|&(_, count)| count == 0) {
            return Err(ConfigError::value(name, "must be at least 1", count));
        }
        if self.sections.is_empty() {
            return Err(ConfigError::value("sections", "must name at least one part", "empty"));
        }
        if self.cost_frames < 2 {
            return Err(ConfigError::value("cost-frames", "must be at least 2", self.cost_frames));
        }
        let window = self.exponent_window;
        if !window.within(1.0, 1e6) || window.to < window.from + 2.0 {
            let must = "must begin at 1 or later and end at least 2 later";
            return Err(ConfigError::value("exponent-window", must, window));
        }
        let length = self.exponent_correlation;
        if !(2.0..=1e4).contains(&length) {
            return Err(ConfigError::value("exponent-correlation", "must lie between 2 and 10000", length));
        }
        let grids = [self.grid, self.large_grid, self.shape_grid, self.long_grid, self.exponent_grid];
        grids.iter().chain(&self.cost_grids).try_for_each(|&grid| self.noise(grid).validate())
    }

    /// Work of the whole plan in units of [`work`]; `models` are 2 with an ablation, otherwise 1.
    pub fn total(&self, models: usize) -> usize {
        let part = |section| match section {
            Section::Boxes => self.runs * self.frames * work(self.grid) * (1 + models),
            Section::Large => self.large_runs * self.large_frames * work(self.large_grid) * 2,
            Section::Shapes => 2 * self.shape_frames * work(self.shape_grid) * 2,
            Section::Long => {
                let alone = self.long_runs * (self.long_frames + self.frames_after_handover()) * models;
                (alone + self.long_solver_runs.min(self.long_runs) * self.long_frames) * work(self.long_grid)
            }
            Section::Exponent => {
                let runs = self.exponent_runs + self.exponent_solver_runs.min(self.exponent_runs);
                runs * self.exponent_frames() * work(self.exponent_grid)
            }
            Section::Cost => {
                let frame: usize = self.cost_grids.iter().map(|&grid| work(grid)).sum();
                super::cost::METHODS * self.cost_frames * frame
            }
        };
        self.parts().map(part).sum()
    }

    /// Frames over which the change at the end of a long run is measured.
    pub fn lag(&self) -> usize {
        LAG.min(self.long_frames)
    }

    /// Frames of the solver that takes over from the network at the end of a long run.
    pub fn frames_after_handover(&self) -> usize {
        2 * self.lag()
    }

    /// Frames of a run whose exponent is fitted.
    pub fn exponent_frames(&self) -> usize {
        self.exponent_window.to as usize
    }
}
