//! Adam (Kingma and Ba 2015, arXiv:1412.6980) over all weights as one vector, and what goes with it.

/// Decay of the mean of gradients, β₁.
const FIRST_DECAY: f64 = 0.9;
/// Decay of the mean of squared gradients, β₂.
const SECOND_DECAY: f64 = 0.999;
/// Keeps the division finite, ε.
const EPSILON: f64 = 1e-8;

/// The memory of the optimiser: nothing else has to survive a restart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Adam {
    /// Running mean m of the gradients.
    pub first: Vec<f32>,
    /// Running mean v of their squares.
    pub second: Vec<f32>,
    /// Updates made, t.
    pub updates: u64,
}

impl Adam {
    /// The optimiser of `weights` numbers before its first update.
    pub fn new(weights: usize) -> Self {
        Self { first: vec![0.0; weights], second: vec![0.0; weights], updates: 0 }
    }

    /// One update, w ← w − η·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ).
    pub fn update(&mut self, weights: &mut [f32], gradient: &[f32], learning_rate: f64) {
        self.updates += 1;
        let t = self.updates as f64;
        let (first_bias, second_bias) = (1.0 - FIRST_DECAY.powf(t), 1.0 - SECOND_DECAY.powf(t));
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((weight, &g), (m, v)) in weights.iter_mut().zip(gradient).zip(moments) {
            let g = f64::from(g);
            let mean = FIRST_DECAY * f64::from(*m) + (1.0 - FIRST_DECAY) * g;
            let square = SECOND_DECAY * f64::from(*v) + (1.0 - SECOND_DECAY) * g * g;
            (*m, *v) = (mean as f32, square as f32);
            let step = learning_rate * (mean / first_bias) / ((square / second_bias).sqrt() + EPSILON);
            *weight = (f64::from(*weight) - step) as f32;
        }
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
