//! Reference solvers of the phase-field equations.

pub mod explicit;
pub mod spectral;
