//! Reference solvers of the phase-field equations.

pub mod adaptive;
pub mod explicit;
mod spec;
pub mod spectral;
mod spectrum;

pub use spec::{Method, SolverSpec};
