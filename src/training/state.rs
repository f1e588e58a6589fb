//! The state of a training, and its report of each step.

use super::optimizer::Memory;
use crate::grid::Shape;
use serde::{Deserialize, Serialize};

/// The whole state of a training between two walks. With the configuration and the data, a training continues from it
/// exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Weights of the network, in the order of [`parameters::collect`](super::parameters::collect).
    pub weights: Vec<f32>,
    /// Their running average.
    pub average: Vec<f32>,
    /// The optimiser's memory.
    pub memory: Memory,
    /// Optimiser steps made.
    pub step: usize,
    /// Walks made: the position in every stream of random numbers.
    pub walk: u64,
    /// Smallest validation error so far.
    pub best: Option<f64>,
}

/// One step of the optimiser.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Steps made, this one included.
    pub step: usize,
    /// Number of the walk that it belongs to.
    pub walk: u64,
    /// Loss: mean over the frames that entered it.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub gradient: f64,
    /// Learning rate.
    pub learning_rate: f64,
    /// Scale of the error in the loss, which a smaller one makes smaller whatever the error.
    pub error_scale: f64,
    /// Frames of the walk.
    pub length: usize,
    /// Network steps that the gradient flowed through.
    pub unroll: usize,
    /// Nodes along the axes.
    pub shape: Shape,
}
