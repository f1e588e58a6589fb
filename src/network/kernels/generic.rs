//! The operations and their gradients in burn's own: right on every backend, fast on none.

use super::GruBackward;
use burn::tensor::{Tensor, activation::sigmoid, backend::Backend, module::conv3d, ops::ConvOptions};

/// `W ∗ x + b` by copying `x` into a box that is wider by the kernel's reach on every side; shapes as
/// in [`super::periodic_conv3d`]. The reach must not exceed the box.
pub fn periodic_conv3d<B: Backend>(x: Tensor<B, 5>, weight: Tensor<B, 5>, bias: Tensor<B, 1>) -> Tensor<B, 5> {
    let reach = weight.dims()[2] / 2;
    conv3d(padded(x, reach), weight, Some(bias), ConvOptions::new([1; 3], [0; 3], [1; 3], 1))
}

/// The gradient with respect to `x` from the gradient `g` of the result: the convolution of `g` with the
/// flipped kernel, its channels exchanged.
pub fn data_gradient<B: Backend>(weight: Tensor<B, 5>, g: Tensor<B, 5>) -> Tensor<B, 5> {
    let adjoint = weight.swap_dims(0, 1).flip([2, 3, 4]);
    let bias = Tensor::zeros([adjoint.dims()[0]], (&g.device(), g.dtype()));
    periodic_conv3d(g, adjoint, bias)
}

/// The gradients with respect to the weights, `k`³ of them for each pair of channels, and the biases: one
/// product of matrices per tap.
pub fn weight_gradient<B: Backend>(x: Tensor<B, 5>, g: Tensor<B, 5>, k: usize) -> (Tensor<B, 5>, Tensor<B, 1>) {
    let [_, inputs, nx, ny, nz] = x.dims();
    let outputs = g.dims()[1];
    let x = padded(x, k / 2);
    let nodes = g.flatten::<3>(2, 4);
    let tap = |i: usize| {
        let (x0, y0, z0) = (i / (k * k), i / k % k, i % k);
        let shifted = x.clone().narrow(2, x0, nx).narrow(3, y0, ny).narrow(4, z0, nz).flatten::<3>(2, 4);
        nodes.clone().matmul(shifted.transpose()).sum_dim(0).reshape([outputs, inputs, 1])
    };
    let weight = Tensor::cat((0..k.pow(3)).map(tap).collect(), 2).reshape([outputs, inputs, k, k, k]);
    let bias = nodes.swap_dims(0, 1).flatten::<2>(1, 2).sum_dim(1).flatten(0, 1);
    (weight, bias)
}

/// `x` wider by `reach` on every side, as if the box went on periodically.
fn padded<B: Backend>(x: Tensor<B, 5>, reach: usize) -> Tensor<B, 5> {
    (2..5).fold(x, |x, axis| wrapped(x, axis, reach))
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

/// `[r, u] = σ([a_r, a_u] + h)` and `q = r ⊙ H`.
pub fn gru_gates<B: Backend>(a: Tensor<B, 5>, h: Tensor<B, 5>, memory: Tensor<B, 5>) -> (Tensor<B, 5>, Tensor<B, 5>) {
    let channels = memory.dims()[1];
    let gates = sigmoid(a.narrow(1, 0, 2 * channels) + h);
    let q = gates.clone().narrow(1, 0, channels) * memory;
    (gates, q)
}

/// `n = tanh(a_n + c)` and `H' = n + u ⊙ (H − n)`.
pub fn gru_update<B: Backend>(
    a: Tensor<B, 5>,
    c: Tensor<B, 5>,
    gates: Tensor<B, 5>,
    memory: Tensor<B, 5>,
) -> (Tensor<B, 5>, Tensor<B, 5>) {
    let channels = memory.dims()[1];
    let n = (a.narrow(1, 2 * channels, channels) + c).tanh();
    let next = n.clone() + gates.narrow(1, channels, channels) * (memory - n.clone());
    (n, next)
}

/// `g ⊙ (1 − u) ⊙ (1 − n²)`.
pub fn gru_candidate_gradient<B: Backend>(gates: Tensor<B, 5>, n: Tensor<B, 5>, g: Tensor<B, 5>) -> Tensor<B, 5> {
    let channels = n.dims()[1];
    let u = gates.narrow(1, channels, channels);
    (g.clone() - g * u) * (-n.square() + 1.0)
}

/// The gradients of the gates and the update together with respect to a, h and H.
pub fn gru_gate_gradients<B: Backend>(backward: GruBackward<Tensor<B, 5>>) -> [Tensor<B, 5>; 3] {
    let GruBackward { gates, n, memory, g, g_q, g_n } = backward;
    let channels = n.dims()[1];
    let u = gates.clone().narrow(1, channels, channels);
    let g_memory = g.clone() * u + g_q.clone() * gates.clone().narrow(1, 0, channels);
    let through_gates = Tensor::cat(vec![g_q * memory.clone(), g * (memory - n)], 1);
    let g_h = through_gates * (gates.clone() - gates.square());
    let g_a = Tensor::cat(vec![g_h.clone(), g_n], 1);
    [g_a, g_h, g_memory]
}
