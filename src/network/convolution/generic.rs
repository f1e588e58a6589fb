//! Periodic convolution in burn's own operations: right on every backend, fast on none.

use burn::tensor::{Tensor, backend::Backend, module::conv3d, ops::ConvOptions};

/// `W ∗ x + b` by copying `x` into a box that is wider by the kernel's reach on every side; shapes as
/// in [`super::periodic_conv3d`]. The reach must not exceed the box.
pub fn periodic_conv3d<B: Backend>(x: Tensor<B, 5>, weight: Tensor<B, 5>, bias: Tensor<B, 1>) -> Tensor<B, 5> {
    let reach = weight.dims()[2] / 2;
    let padded = (2..5).fold(x, |x, axis| wrapped(x, axis, reach));
    conv3d(padded, weight, Some(bias), ConvOptions::new([1; 3], [0; 3], [1; 3], 1))
}

/// `x` with its last `reach` planes along `axis` repeated before the first, and its first after the last.
fn wrapped<B: Backend>(x: Tensor<B, 5>, axis: usize, reach: usize) -> Tensor<B, 5> {
    if reach == 0 {
        return x;
    }
    let length = x.dims()[axis];
    let last = x.clone().narrow(axis, length - reach, reach);
    let first = x.clone().narrow(axis, 0, reach);
    Tensor::cat(vec![last, x, first], axis)
}
