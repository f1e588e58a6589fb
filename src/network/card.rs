//! What a model's file says about the model.

use super::Purpose;
use crate::{
    equation::{Equation, Kinetics},
    grid::Shape,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a model comes from and what it is good for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// What it was trained on, in a sentence.
    pub training_data: String,
    /// All settings of its trainings and of their data, in TOML: one `[[stage]]` after the other.
    pub configuration: String,
    /// Seed of the initial weights, or of the draws of a training that began from a model. Seeds of data are in
    /// `configuration`.
    pub seed: Option<u64>,
    /// Command line that makes it again.
    pub command: String,
    /// Seconds that training took, and on what.
    pub training_seconds: f64,
    pub hardware: String,
    /// Measured errors by name, such as `rmse_50`, all finite.
    pub errors: BTreeMap<String, f64>,
    /// Error against cost, beside conventional solvers; `None` where that was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front: Option<Front>,
    /// Spacing of the network's nodes in grid units: the solver's grid over the network's.
    pub coarsening: usize,
    /// Time units per step of the network.
    pub frame_time: f64,
    /// The equation that it was trained on: kinetics, interface width ε in grid units, and mobility.
    pub kinetics: Kinetics,
    pub epsilon: f64,
    pub mobility: f64,
    /// Anything else one should know.
    pub notes: String,
}

impl Default for Card {
    fn default() -> Self {
        let Equation { kinetics, epsilon, mobility } = Equation::default();
        Self {
            training_data: String::new(),
            configuration: String::new(),
            seed: None,
            command: String::new(),
            training_seconds: 0.0,
            hardware: String::new(),
            errors: BTreeMap::new(),
            front: None,
            coarsening: 2,
            frame_time: 1.0,
            kinetics,
            epsilon,
            mobility,
            notes: String::new(),
        }
    }
}

impl Card {
    /// What the model was trained for.
    pub fn purpose(&self) -> Purpose {
        let Self { kinetics, epsilon, mobility, frame_time, coarsening, .. } = *self;
        Purpose { equation: Equation { kinetics, epsilon, mobility }, frame_time, coarsening }
    }
}

/// Error against cost: the network and conventional solvers side by side, from the same field in one box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Front {
    /// The solver's grid.
    pub grid: Shape,
    /// Evolution by evolution, each frame by frame. What has diverged is left out.
    pub points: Vec<FrontPoint>,
}

/// One evolution at one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrontPoint {
    /// How the frames were computed: `network`, or the name of a solver.
    pub evolution: String,
    /// The frame.
    pub frame: usize,
    /// Time per frame, mean over all frames up to this one, as a multiple of the network's.
    pub cost: f64,
    /// RMSE of φ at this frame against the reference, on the evolution's own nodes.
    pub rmse: f64,
}
