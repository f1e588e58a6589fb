//! Forward Euler with the 7-point Laplacian: the reference solver, on the CPU and on the GPU.
//!
//! [`stepper`] is the CPU's kernel, for periodic boxes of any shape:
//!
//! - `layout`: how a box lies in memory;
//! - `sweep`, `vector`: the stencils over one plane, in vector instructions;
//! - `barrier`: where its threads wait for each other.

mod barrier;
pub mod cpu;
pub mod gpu;
mod layout;
pub mod stepper;
mod sweep;
mod vector;

/// Names of the arrays of a saved state: φ, and what its steps have lost to rounding and still hold. CPU and GPU take
/// each other's.
const PHI: &str = "phi";
const LOST: &str = "lost";
