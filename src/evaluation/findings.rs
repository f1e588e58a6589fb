//! Everything that an evaluation found.

use super::{
    EvaluationError, Evaluator, Section, Watch,
    alone::{LongRun, SETTLED},
    candidate::Candidate,
    cost::Cost,
    exponent::Exponents,
    spread::{Quantity, mean_squared_error, spreads},
    trial::Trial,
};
use crate::training::validation::QUOTED_FRAMES;
use std::{cell::Cell, collections::BTreeMap};

/// What was found; parts that were not asked for are empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Boxes of noise.
    pub boxes: Vec<Trial>,
    /// Larger boxes.
    pub large: Vec<Trial>,
    /// Bunny and slice, by name.
    pub shapes: Vec<(&'static str, Trial)>,
    /// The model alone.
    pub long: Vec<LongRun>,
    /// The solver alone, from the first of the same fields.
    pub long_of_solver: Vec<LongRun>,
    /// The second model alone.
    pub ablation: Vec<LongRun>,
    /// Decay of the free energy.
    pub exponents: Exponents,
    /// Cost of a frame.
    pub costs: Vec<Cost>,
}

impl Findings {
    /// The figures that belong on a model's card, by name: means over the boxes, and how many of these there were, and of
    /// how many frames.
    pub fn summary(&self) -> BTreeMap<String, f64> {
        let quantities = [
            ("rmse", Quantity::Rmse),
            ("displacement", Quantity::Displacement),
            ("energy_error", Quantity::EnergyError),
        ];
        let mut summary = BTreeMap::new();
        for (name, quantity) in quantities {
            let means = spreads(&self.boxes, Candidate::Network, quantity);
            let quoted = QUOTED_FRAMES.iter().filter_map(|&frame| Some((frame, means.get(frame - 1)?.mean)));
            summary.extend(quoted.map(|(frame, mean)| (format!("{name}_{frame}"), mean)));
        }
        let frames = self.boxes.iter().map(Trial::frames).max();
        summary.extend(frames.map(|frames| ("frames".to_owned(), frames as f64)));
        summary.insert("boxes".into(), self.boxes.len() as f64);
        for (name, candidate) in [("mse", Candidate::Network), ("mse_of_persistence", Candidate::Persistence)] {
            summary.extend(mean_squared_error(&self.boxes, candidate).map(|mse| (name.to_owned(), mse)));
        }
        let largest = self.long.iter().filter_map(LongRun::largest_settled).reduce(f64::max);
        summary.extend(largest.map(|largest| (format!("largest_value_alone_after_{SETTLED}"), largest)));
        summary
    }
}

impl Evaluator<'_> {
    /// Measures one part of the plan.
    ///
    /// # Errors
    /// When an initial field cannot be made or an evolution fails.
    pub fn measure(&self, section: Section, findings: &mut Findings, watch: &mut Watch) -> Result<(), EvaluationError> {
        let plan = self.plan;
        match section {
            Section::Boxes => {
                findings.boxes = self.boxes(plan.grid, [plan.runs, plan.frames], &Candidate::ALL, watch)?;
            }
            Section::Large => {
                let size = [plan.large_runs, plan.large_frames];
                findings.large = self.boxes(plan.large_grid, size, &Candidate::WITHOUT_ABLATION, watch)?;
            }
            Section::Shapes => findings.shapes = self.shapes(&Candidate::WITHOUT_ABLATION, watch)?,
            Section::Long => {
                let broken = Cell::new(false);
                let mut watch = |done| {
                    let flow = watch(done);
                    broken.set(broken.get() || flow.is_break());
                    flow
                };
                findings.long = self.long_runs(self.model, &mut watch)?;
                if !broken.get() {
                    findings.long_of_solver = self.long_runs_of_solver(&mut watch)?;
                }
                if let Some(model) = self.ablation.filter(|_| !broken.get()) {
                    findings.ablation = self.long_runs(model, &mut watch)?;
                }
            }
            Section::Exponent => findings.exponents = self.exponents(watch)?,
            Section::Cost => findings.costs = self.costs(watch)?,
        }
        Ok(())
    }
}
