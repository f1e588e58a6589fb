//! Reference solvers of the Cahn–Hilliard equation.

pub mod explicit;
pub mod explicit_gpu;
pub mod spectral;
mod stencil;
