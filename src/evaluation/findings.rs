//! Everything that an evaluation found.

use super::{
    EvaluationError, Evaluator, Part, Plan, Watch,
    cost::{Costs, relative},
    exponent::Exponents,
    long::{LongRun, LongRuns, SETTLED},
    spread::{Quantity, mean_squared_error, spreads},
    trial::Trial,
};
use crate::{network::Card, training::validation::QUOTED_FRAMES};
use std::collections::BTreeMap;

/// What was found; parts that were not measured are empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Boxes of noise.
    pub boxes: Vec<Trial>,
    /// Larger boxes.
    pub large: Vec<Trial>,
    /// Bunny and slice, by name.
    pub shapes: Vec<(&'static str, Trial)>,
    /// Slice and white noise with led networks, by name.
    pub led: Vec<(&'static str, Trial)>,
    /// Long runs.
    pub long: LongRuns,
    /// Decay of the free energy.
    pub exponents: Exponents,
    /// Cost of a frame.
    pub costs: Costs,
}

impl Findings {
    /// Writes what was found onto a model's card: the figures that are finite, and the front if it was measured.
    pub fn record(&self, plan: &Plan, card: &mut Card) {
        card.errors.extend(self.summary(plan).into_iter().filter(|(_, value)| value.is_finite()));
        card.front = relative(&self.costs.front).or(card.front.take());
    }

    /// The figures for a model's card, by name: means over the boxes, the number of boxes and their number of frames.
    pub fn summary(&self, plan: &Plan) -> BTreeMap<String, f64> {
        let quantities = [
            ("rmse", Quantity::Rmse),
            ("displacement", Quantity::Displacement),
            ("energy_error", Quantity::EnergyError),
        ];
        let mut summary = BTreeMap::new();
        for (name, quantity) in quantities {
            let means = spreads(&self.boxes, &plan.network(), quantity);
            let quoted = QUOTED_FRAMES.iter().filter_map(|&frame| Some((frame, means.get(frame - 1)?.mean)));
            summary.extend(quoted.map(|(frame, mean)| (format!("{name}_{frame}"), mean)));
        }
        let frames = self.boxes.iter().map(Trial::frames).max();
        summary.extend(frames.map(|frames| ("frames".to_owned(), frames as f64)));
        summary.extend((!self.boxes.is_empty()).then(|| ("boxes".to_owned(), self.boxes.len() as f64)));
        for (name, candidate) in [("mse", plan.network()), ("mse_of_persistence", plan.frozen())] {
            summary.extend(mean_squared_error(&self.boxes, &candidate).map(|mse| (name.to_owned(), mse)));
        }
        let largest = self.long.network.iter().filter_map(LongRun::largest_settled).reduce(f64::max);
        summary.extend(largest.map(|largest| (format!("largest_value_alone_after_{SETTLED}"), largest)));
        summary
    }
}

impl Evaluator<'_> {
    /// Measures one part of the plan.
    ///
    /// # Errors
    /// When an initial field cannot be made or an evolution fails.
    pub fn measure(&self, part: Part, findings: &mut Findings, watch: &mut Watch) -> Result<(), EvaluationError> {
        let plan = self.plan;
        match part {
            Part::Boxes => {
                let size = [plan.boxes.runs, plan.boxes.frames];
                findings.boxes = self.boxes(plan.boxes.grid, size, &self.candidates(), watch)?;
            }
            Part::Large => {
                let size = [plan.large.runs, plan.large.frames];
                findings.large = self.boxes(plan.large.grid, size, &plan.candidates(), watch)?;
            }
            Part::Shapes => findings.shapes = self.shapes(&plan.candidates(), watch)?,
            Part::Led => findings.led = self.led(watch)?,
            Part::Long => findings.long = self.long(watch)?,
            Part::Exponent => findings.exponents = self.exponents(watch)?,
            Part::Cost => findings.costs = self.costs(watch)?,
        }
        Ok(())
    }
}
