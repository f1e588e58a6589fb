//! Reference solvers of the phase-field equations.

pub mod explicit;
mod spec;
pub mod spectral;

pub use spec::{Method, SolverSpec};
