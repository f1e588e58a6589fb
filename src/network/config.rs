//! The shape of a network, and from it the name and shape of each of its weights.

use crate::settings::{CHANNELS, LAYERS, SettingError};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How the last layer of the network becomes the next field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// φ' = φ + Σ J(i) − J(i−1) over the axes: a flux through cell faces. Conserves the mean of φ.
    #[default]
    Face,
    /// φ' = φ + Σ J(i−1) − J(i+1) over the axes, without the ½ of a central difference: CRANE's. On an
    /// even grid it conserves the mean on each of the 8 parity sub-lattices separately.
    Central,
    /// φ' = 2σ(o) − 1, a logistic output on the concentration c = (φ + 1)/2 (Lanzoni et al. 2024,
    /// Appendix S1). Conserves nothing.
    NonConservative,
}

impl Output {
    /// Channels of the last layer: a flux along three axes, or one value.
    pub fn channels(self) -> usize {
        match self {
            Self::Face | Self::Central => 3,
            Self::NonConservative => 1,
        }
    }
}

/// The shape of a [`super::Crnn`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrnnConfig {
    /// Hidden channels C of each cell: see [`CHANNELS`].
    #[arg(long, help = CHANNELS.about(), value_parser = CHANNELS.parser())]
    pub channels: usize,
    /// Stacked cells: see [`LAYERS`].
    #[arg(long, help = LAYERS.about(), value_parser = LAYERS.parser())]
    pub layers: usize,
    /// How the last layer becomes the next field
    #[arg(long, value_enum)]
    pub output: Output,
}

impl Default for CrnnConfig {
    fn default() -> Self {
        Self { channels: CHANNELS.default, layers: LAYERS.default, output: Output::Face }
    }
}

/// Name and shape of one weight tensor. A kernel is `[out, in, x, y, z]`, a bias `[out]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightSpec {
    pub name: String,
    pub shape: Vec<usize>,
    /// Inputs that one output of the layer depends on; scales the random initial values.
    pub fan_in: usize,
}

impl WeightSpec {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there is no value, which no valid configuration leads to.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Display for CrnnConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let output = self.output.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        write!(f, "{} cells of {} channels, output {output}", self.layers, self.channels)
    }
}

impl CrnnConfig {
    /// Checks the bounds.
    ///
    /// # Errors
    /// When the number of channels or layers is out of bounds.
    pub fn validate(&self) -> Result<(), SettingError> {
        CHANNELS.check(self.channels)?;
        LAYERS.check(self.layers)?;
        Ok(())
    }

    /// Every weight of the network, in the order in which its modules declare them.
    pub fn weights(&self) -> Vec<WeightSpec> {
        let c = self.channels;
        let mut all = Vec::new();
        for layer in 0..self.layers {
            let input = if layer == 0 { 1 } else { c };
            for (stack, from, to) in [("input", input, 3 * c), ("memory", c, 2 * c), ("candidate", c, c)] {
                all.extend(convolution(&format!("cells.{layer}.{stack}.spatial"), from, to, 3));
                all.extend(convolution(&format!("cells.{layer}.{stack}.pointwise"), to, to, 1));
            }
        }
        all.extend(convolution("output.first", c, c, 1));
        all.extend(convolution("output.second", c, c, 1));
        all.extend(convolution("output.last", c, self.output.channels(), 3));
        all
    }

    /// Channels of the largest tensor of a step: one stack's reset, update and candidate.
    pub fn widest_layer(&self) -> usize {
        3 * self.channels
    }

    /// Bytes per node of the network's grid that a run takes, measured as the peak of `rollout`.
    pub fn bytes_per_node(&self) -> u64 {
        16 * self.widest_layer() as u64
    }

    /// Bytes per node and sequence that a step of training takes, with so many frames unrolled: what each of them keeps
    /// for the gradients. Measured as the peak of `train` with 2 and 4 frames and batches from 4 to 64.
    pub fn training_bytes_per_node(&self, unroll: usize) -> u64 {
        ((self.channels * self.layers) as u64).saturating_mul(28 + 48 * unroll as u64)
    }

    /// Trainable values in all: 29,183 by default.
    pub fn parameter_count(&self) -> usize {
        self.weights().iter().map(WeightSpec::len).sum()
    }
}

/// Kernel and bias of one convolution.
fn convolution(name: &str, from: usize, to: usize, side: usize) -> [WeightSpec; 2] {
    let fan_in = from * side.pow(3);
    [
        WeightSpec { name: format!("{name}.weight"), shape: vec![to, from, side, side, side], fan_in },
        WeightSpec { name: format!("{name}.bias"), shape: vec![to], fan_in },
    ]
}
