//! Conventional ways to be cheaper than the reference.

use crate::{comparison::SolverCandidate, fourier::Symbol, solver::Method};

/// Semi-implicit Fourier on the reference's grid, with its discrete ∇².
pub fn spectral(time_step: f64) -> SolverCandidate {
    SolverCandidate { time_step: Some(time_step), ..SolverCandidate::of(Method::Spectral) }
}

/// The same with steps that keep to a tolerance.
pub fn adaptive(tolerance: f64) -> SolverCandidate {
    SolverCandidate { tolerance: Some(tolerance), ..SolverCandidate::of(Method::Adaptive) }
}

/// Explicit Euler on the network's grid with the fewest stable steps: the conventional way to be cheaper.
pub fn coarse_explicit(coarsening: usize) -> SolverCandidate {
    SolverCandidate { coarsening, ..SolverCandidate::of(Method::Explicit) }
}

/// Semi-implicit Fourier on the network's grid with the k² of the continuum: more exact on few nodes, and still cheap.
pub fn coarse_spectral(coarsening: usize, time_step: f64) -> SolverCandidate {
    SolverCandidate { coarsening, symbol: Symbol::Derivative, ..spectral(time_step) }
}

/// The same with steps that keep to a tolerance.
pub fn coarse_adaptive(coarsening: usize, tolerance: f64) -> SolverCandidate {
    SolverCandidate { coarsening, symbol: Symbol::Derivative, ..adaptive(tolerance) }
}
