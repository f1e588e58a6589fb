//! Conventional ways to be cheaper than the reference.

use crate::{comparison::SolverCandidate, fourier::Symbol, solver::Method};

/// Semi-implicit Fourier on the reference's grid, with its discrete ∇².
pub fn spectral(time_step: f64) -> SolverCandidate {
    SolverCandidate { method: Method::Spectral, time_step: Some(time_step), coarsening: 1, symbol: Symbol::Difference }
}

/// Explicit Euler on the network's grid with the fewest stable steps: the conventional way to be cheaper.
pub fn coarse_explicit(coarsening: usize) -> SolverCandidate {
    SolverCandidate { method: Method::Explicit, time_step: None, coarsening, symbol: Symbol::Difference }
}

/// Semi-implicit Fourier on the network's grid with the k² of the continuum: more exact on few nodes, and still cheap.
pub fn coarse_spectral(coarsening: usize, time_step: f64) -> SolverCandidate {
    SolverCandidate { coarsening, symbol: Symbol::Derivative, ..spectral(time_step) }
}
