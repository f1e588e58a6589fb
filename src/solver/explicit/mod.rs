//! Forward Euler with the 7-point Laplacian: the reference scheme, on the processor and on graphics devices.

pub mod cpu;
pub mod gpu;
mod stencil;
mod stepper;
