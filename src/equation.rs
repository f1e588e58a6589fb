//! The Cahn–Hilliard equation: parameters, potential, free energy, stability, and a plain f64
//! stepper that every other evolution is measured against.
//!
//! With the order parameter φ ∈ [−1, 1], interface width ε and mobility M (Lanzoni et al., Mach.
//! Learn.: Sci. Technol. 2024, DOI 10.1088/2632-2153/ad8532, written for c = (φ + 1)/2):
//!
//! ```text
//! F[φ]  = ∫ ( ε/8 |∇φ|² + 9/(8ε) (1 − φ²)² ) dV        surface tension 1
//! μ     = 18/ε (φ³ − φ) − ε ∇²φ
//! ∂φ/∂t = M ∇²μ
//! ```
//!
//! A flat interface is φ = tanh(3x/ε).

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why parameters are refused.
#[derive(Debug, Error, PartialEq)]
pub enum ParameterError {
    #[error("{name} must be a positive number, but is {value}")]
    NotPositive { name: &'static str, value: f64 },
    #[error("at least one step per frame is needed")]
    NoSteps,
    #[error(
        "the time step {time_step} is not below the stability limit {limit:.6} of the explicit scheme at ε = {epsilon}: \
         choose a smaller one"
    )]
    Unstable { time_step: f64, limit: f64, epsilon: f64 },
}

/// Physical and numerical parameters of one evolution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// Interface width ε in grid units.
    pub epsilon: f64,
    /// Mobility M.
    pub mobility: f64,
    /// Time step of the explicit scheme. The default, 0.0025, was inferred: with 400 steps it makes a
    /// frame one time unit.
    pub time_step: f64,
    /// Solver steps per frame, that is, per step of the network.
    pub steps_per_frame: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { epsilon: 3.0, mobility: 1.0, time_step: 0.0025, steps_per_frame: 400 }
    }
}

impl Parameters {
    /// Checks signs and, for the explicit scheme, the step against [`stability_limit`].
    ///
    /// # Errors
    /// Names the value at fault, and the limit.
    pub fn validate_explicit(&self) -> Result<(), ParameterError> {
        self.validate()?;
        let limit = stability_limit(self.epsilon, self.mobility, 1.0);
        if self.time_step >= limit {
            return Err(ParameterError::Unstable { time_step: self.time_step, limit, epsilon: self.epsilon });
        }
        Ok(())
    }

    /// Checks signs only: for schemes that are stable at any step.
    ///
    /// # Errors
    /// Names the value that is not positive.
    pub fn validate(&self) -> Result<(), ParameterError> {
        for (name, value) in [("ε", self.epsilon), ("the mobility", self.mobility), ("the time step", self.time_step)]
        {
            if !(value.is_finite() && value > 0.0) {
                return Err(ParameterError::NotPositive { name, value });
            }
        }
        if self.steps_per_frame == 0 {
            return Err(ParameterError::NoSteps);
        }
        Ok(())
    }

    /// The same equation on nodes `spacing` grid units apart, with that distance as the unit of length. With
    /// x = s x' every ∇² is ∇'²/s², so that
    ///
    /// ```text
    /// ∂φ/∂t = M/s² ∇'² [ 18/ε (φ³−φ) − ε/s² ∇'²φ ] = M' ∇'² [ 18/ε' (φ³−φ) − ε' ∇'²φ ]
    /// ```
    ///
    /// with ε' = ε/s and M' = M/s³: then M'·18/ε' = M/s² · 18/ε and M' ε' = M ε/s⁴. The unit of time stays.
    pub fn coarsened(&self, spacing: usize) -> Self {
        let s = spacing as f64;
        Self { epsilon: self.epsilon / s, mobility: self.mobility / s.powi(3), ..*self }
    }

    /// The same frames in `steps` steps each.
    pub fn in_steps(&self, steps: usize) -> Self {
        Self { time_step: self.frame_time() / steps as f64, steps_per_frame: steps, ..*self }
    }

    /// Fewest equal steps of a frame that are below [`stability_limit`] as long as |φ| ≤ `largest`.
    pub fn fewest_steps(&self, largest: f64) -> usize {
        (self.frame_time() / stability_limit(self.epsilon, self.mobility, largest)).floor() as usize + 1
    }

    /// Time units per frame.
    pub fn frame_time(&self) -> f64 {
        self.time_step * self.steps_per_frame as f64
    }
}

/// Largest stable step of forward Euler with the 7-point Laplacian applied twice on a grid of spacing 1, where |φ| goes
/// up to `largest`: 2 / (M k̂²(18/ε (3φ² − 1) + ε k̂²)) with k̂² = 12, from the growth rate of the shortest wave. In
/// equilibrium |φ| is 1; below that the phases themselves still set the limit.
pub fn stability_limit(epsilon: f64, mobility: f64, largest: f64) -> f64 {
    const SYMBOL: f64 = 12.0;
    let curvature = 18.0 / epsilon * (3.0 * largest.max(1.0).powi(2) - 1.0);
    2.0 / (mobility * SYMBOL * (curvature + epsilon * SYMBOL))
}

/// φ of a flat interface at signed distance `distance` (positive inside the phase +1).
pub fn interface_profile(distance: f64, epsilon: f64) -> f64 {
    (3.0 * distance / epsilon).tanh()
}

/// 7-point Laplacian of `phi` (C order, `n`³ nodes, spacing 1) at flat index `(x·n + y)·n + z`.
fn laplacian(phi: &[f64], n: usize, x: usize, y: usize, z: usize) -> f64 {
    let at = |x: usize, y: usize, z: usize| phi[(x * n + y) * n + z];
    let (up, down) = (|c: usize| (c + 1) % n, |c: usize| (c + n - 1) % n);
    at(up(x), y, z) + at(down(x), y, z) + at(x, up(y), z) + at(x, down(y), z) + at(x, y, up(z)) + at(x, y, down(z))
        - 6.0 * at(x, y, z)
}

/// Evaluates `f(x, y, z, index)` at every node in C order.
fn map_nodes(n: usize, mut f: impl FnMut(usize, usize, usize, usize) -> f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(n * n * n);
    for x in 0..n {
        for y in 0..n {
            for z in 0..n {
                values.push(f(x, y, z, (x * n + y) * n + z));
            }
        }
    }
    values
}

/// Chemical potential μ = 18/ε (φ³ − φ) − ε ∇²φ on a periodic grid of `n`³ nodes, in f64.
pub fn chemical_potential(phi: &[f64], n: usize, epsilon: f64) -> Vec<f64> {
    map_nodes(n, |x, y, z, i| 18.0 / epsilon * (phi[i].powi(3) - phi[i]) - epsilon * laplacian(phi, n, x, y, z))
}

/// One forward Euler step, φ + Δt M ∇²μ: the oracle of all solvers. Plain, slow, f64.
pub fn reference_step(phi: &[f64], n: usize, parameters: &Parameters) -> Vec<f64> {
    let mu = chemical_potential(phi, n, parameters.epsilon);
    let rate = parameters.time_step * parameters.mobility;
    map_nodes(n, |x, y, z, i| phi[i] + rate * laplacian(&mu, n, x, y, z))
}

/// Free energy per volume F/V with forward differences, periodic, so that it falls monotonically under
/// the explicit scheme. `spacing` is the distance of nodes in grid units (2 on the network's grid).
pub fn free_energy_density(phi: &[f64], n: usize, epsilon: f64, spacing: f64) -> f64 {
    let gradient = epsilon / 8.0 / (spacing * spacing);
    let density = map_nodes(n, |x, y, z, i| {
        let slope = |x: usize, y: usize, z: usize| (phi[(x * n + y) * n + z] - phi[i]).powi(2);
        gradient * (slope((x + 1) % n, y, z) + slope(x, (y + 1) % n, z) + slope(x, y, (z + 1) % n))
            + 9.0 / (8.0 * epsilon) * (1.0 - phi[i] * phi[i]).powi(2)
    });
    density.iter().sum::<f64>() / density.len() as f64
}
