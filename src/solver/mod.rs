//! Reference solvers of the Cahn–Hilliard equation.

pub mod explicit;
pub mod spectral;
