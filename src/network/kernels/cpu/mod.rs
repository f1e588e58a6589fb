//! Periodic convolution on the processor's cores, with its gradients, on plain slices.
//!
//! Tensors are `[batch, channel, x, y, z]` with z contiguous, weights `[out, in, k, k, k]` with `k` = 1 or 3.
//! Results are the same to the last bit whatever the number of threads.

mod activation;
mod forward;
pub mod gru;
mod simd;
mod strip;
mod unwanted;
mod weight_gradient;

pub use activation::tanh_f32;
pub use forward::{Finish, Weights, convolve};
pub use simd::Real;
pub use strip::Grid;
pub use unwanted::while_wanted;
pub use weight_gradient::weight_gradient;
