//! What turns gradients into steps. All weights are one vector, in the order of [`CrnnConfig::weights`].

mod eigenbasis;

use crate::network::CrnnConfig;
use eigenbasis::Eigenbasis;
use serde::{Deserialize, Serialize};

/// Keeps the division finite, ε.
const EPSILON: f64 = 1e-8;

/// Updates between two corrections of the eigenbasis, once it has settled.
const CORRECTION_INTERVAL: u64 = 10;

/// The rule by which weights follow gradients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Kingma and Ba 2015, arXiv:1412.6980.
    Adam,
    /// Adam in the slowly turning eigenbasis of the gradient's correlations: Vyas et al. 2024, arXiv:2409.11321.
    #[default]
    Soap,
}

/// The state of the optimiser, all that has to survive a restart.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory {
    /// Running mean m of the gradients.
    pub first: Vec<f32>,
    /// Running mean v of their squares, in the eigenbasis where there is one.
    pub second: Vec<f32>,
    /// Running means of the gradient's correlations along each mode; empty for Adam.
    pub correlations: Vec<f32>,
    /// Estimates of their eigenvectors; empty for Adam.
    pub bases: Vec<f32>,
    /// Updates made, t.
    pub updates: u64,
}

/// An optimiser of the weights of one network.
#[derive(Debug, Clone)]
pub struct Optimizer {
    weights: usize,
    /// Decays of the means of gradients, β₁, and of their squares, β₂.
    decays: [f64; 2],
    basis: Option<Eigenbasis>,
}

impl Optimizer {
    /// The optimiser of a network's weights.
    pub fn new(method: Method, network: &CrnnConfig) -> Self {
        let shapes: Vec<_> = network.weights().into_iter().map(|spec| spec.shape).collect();
        Self::for_shapes(method, &shapes)
    }

    /// The optimiser of tensors of these shapes, laid one after the other.
    pub fn for_shapes(method: Method, shapes: &[Vec<usize>]) -> Self {
        let weights = shapes.iter().map(|shape| shape.iter().product::<usize>()).sum();
        match method {
            Method::Adam => Self { weights, decays: [0.9, 0.999], basis: None },
            Method::Soap => Self { weights, decays: [0.95, 0.99], basis: Some(Eigenbasis::new(shapes)) },
        }
    }

    /// The memory before the first update.
    pub fn memory(&self) -> Memory {
        Memory {
            first: vec![0.0; self.weights],
            second: vec![0.0; self.weights],
            correlations: self.basis.as_ref().map_or(Vec::new(), Eigenbasis::no_correlations),
            bases: self.basis.as_ref().map_or(Vec::new(), Eigenbasis::identity),
            updates: 0,
        }
    }

    /// One update, w ← w − η·Q[m̂'/(√v̂ + ε)], where m' and v are the means of the gradient Qᵀg and of its square in
    /// the basis Q, m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ). For Adam, Q is the identity.
    pub fn update(&self, memory: &mut Memory, weights: &mut [f32], gradient: &[f32], learning_rate: f64) {
        memory.updates += 1;
        let [first_decay, second_decay] = self.decays;
        let powers = self.decays.map(|decay| 1.0 - decay.powf(memory.updates as f64));
        blend(&mut memory.first, gradient.iter().copied(), first_decay);
        let [mut mean, mut turned] = [memory.first.clone(), gradient.to_vec()];
        if let Some(basis) = &self.basis {
            basis.observe(&mut memory.correlations, gradient, second_decay);
            basis.enter(&memory.bases, &mut mean);
            basis.enter(&memory.bases, &mut turned);
        }
        blend(&mut memory.second, turned.iter().map(|g| g * g), second_decay);
        let mut step = mean;
        for (m, &v) in step.iter_mut().zip(&memory.second) {
            let [mean, square] = [f64::from(*m) / powers[0], f64::from(v) / powers[1]];
            *m = (mean / (square.sqrt() + EPSILON)) as f32;
        }
        if let Some(basis) = &self.basis {
            basis.leave(&memory.bases, &mut step);
            if memory.updates <= CORRECTION_INTERVAL || memory.updates.is_multiple_of(CORRECTION_INTERVAL) {
                basis.correct(&memory.correlations, &mut memory.bases);
            }
        }
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight = (f64::from(*weight) - learning_rate * f64::from(step)) as f32;
        }
    }
}

/// Moves running means towards `values`.
fn blend(means: &mut [f32], values: impl Iterator<Item = f32>, decay: f64) {
    for (mean, value) in means.iter_mut().zip(values) {
        *mean = (decay * f64::from(*mean) + (1.0 - decay) * f64::from(value)) as f32;
    }
}

/// Shortens a gradient to the norm `limit` where it is longer, and gives the norm it had.
pub fn clip(gradient: &mut [f32], limit: f64) -> f64 {
    let norm = gradient.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
    if norm > limit {
        gradient.iter_mut().for_each(|g| *g = (f64::from(*g) * limit / norm) as f32);
    }
    norm
}

/// Moves the running average of weights towards `weights`. The decay d is held back to (1 + t)/(10 + t) after t
/// updates, so that the first weights are soon forgotten.
pub fn average(average: &mut [f32], weights: &[f32], decay: f64, updates: u64) {
    let t = updates as f64;
    let keep = decay.min((1.0 + t) / (10.0 + t)) as f32;
    average.iter_mut().zip(weights).for_each(|(a, &w)| *a = keep * *a + (1.0 - keep) * w);
}
