//! Convolution on a periodic grid, and the compositions of it that the network is made of, as
//! operations of the backend: a backend with kernels of its own overrides them.
//!
//! Tensors are `[batch, channel, x, y, z]` with z contiguous, weights `[out, in, x, y, z]`, biases
//! `[out]`. "∗" is PyTorch's convolution, that is, a cross-correlation.

mod autodiff;
pub mod cpu;
mod flex;
pub mod generic;

use burn::tensor::{Tensor, TensorPrimitive, backend::Backend, ops::FloatTensor};
use burn_wgpu::Wgpu;

/// A backend on which the network runs. Every operation has a generic implementation.
pub trait PeriodicBackend: Backend {
    /// `W ∗ x + b` with an odd cubic kernel whose reach wraps around the box.
    fn periodic_conv3d(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        primitive(generic::periodic_conv3d::<Self>(tensor(x), tensor(weight), tensor(bias)))
    }

    /// `tanh(W ∗ x + b)`.
    fn periodic_conv3d_tanh(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::float_tanh(Self::periodic_conv3d(x, weight, bias))
    }

    /// `W₂·tanh(W₁∗x + b₁) + b₂` with a 3³ kernel `W₁` and a 1³ kernel `W₂`.
    fn gate_stack(
        x: FloatTensor<Self>,
        w1: FloatTensor<Self>,
        b1: FloatTensor<Self>,
        w2: FloatTensor<Self>,
        b2: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::periodic_conv3d(Self::periodic_conv3d_tanh(x, w1, b1), w2, b2)
    }

    /// Gradient of [`Self::periodic_conv3d`] with respect to `x` from the gradient `g` of its result.
    fn data_gradient(weight: FloatTensor<Self>, g: FloatTensor<Self>) -> FloatTensor<Self> {
        primitive(generic::data_gradient::<Self>(tensor(weight), tensor(g)))
    }

    /// [`Self::data_gradient`] where `x` is `t = tanh(·)`, carried on to the argument of the tanh.
    fn data_gradient_through_tanh(
        weight: FloatTensor<Self>,
        g: FloatTensor<Self>,
        t: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::gradient_through_tanh(Self::data_gradient(weight, g), t)
    }

    /// Gradients of [`Self::periodic_conv3d`] with respect to weight and bias, for a kernel of `k`³ taps.
    fn weight_gradient(x: FloatTensor<Self>, g: FloatTensor<Self>, k: usize) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (weight, bias) = generic::weight_gradient::<Self>(tensor(x), tensor(g), k);
        (primitive(weight), primitive(bias))
    }

    /// `g·(1 − t²)`: the gradient of `t = tanh(·)` with respect to its argument.
    fn gradient_through_tanh(g: FloatTensor<Self>, t: FloatTensor<Self>) -> FloatTensor<Self> {
        let square = Self::float_mul(t.clone(), t);
        Self::float_sub(g.clone(), Self::float_mul(g, square))
    }
}

impl PeriodicBackend for Wgpu {}

/// `W ∗ x + b` on the periodic grid: `x` `[batch, in, x, y, z]`, `weight` `[out, in, k, k, k]` with odd
/// `k`, `bias` `[out]`; the result is `[batch, out, x, y, z]`.
pub fn periodic_conv3d<B: PeriodicBackend>(x: Tensor<B, 5>, weight: Tensor<B, 5>, bias: Tensor<B, 1>) -> Tensor<B, 5> {
    tensor(B::periodic_conv3d(primitive(x), primitive(weight), primitive(bias)))
}

/// `tanh(W ∗ x + b)`; shapes as in [`periodic_conv3d`].
pub fn periodic_conv3d_tanh<B: PeriodicBackend>(
    x: Tensor<B, 5>,
    weight: Tensor<B, 5>,
    bias: Tensor<B, 1>,
) -> Tensor<B, 5> {
    tensor(B::periodic_conv3d_tanh(primitive(x), primitive(weight), primitive(bias)))
}

/// `W₂·tanh(W₁∗x + b₁) + b₂`: `w1` `[mid, in, 3, 3, 3]`, `w2` `[out, mid, 1, 1, 1]`.
pub fn gate_stack<B: PeriodicBackend>(
    x: Tensor<B, 5>,
    (w1, b1): (Tensor<B, 5>, Tensor<B, 1>),
    (w2, b2): (Tensor<B, 5>, Tensor<B, 1>),
) -> Tensor<B, 5> {
    tensor(B::gate_stack(primitive(x), primitive(w1), primitive(b1), primitive(w2), primitive(b2)))
}

fn tensor<B: Backend, const D: usize>(primitive: FloatTensor<B>) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(primitive))
}

fn primitive<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> FloatTensor<B> {
    tensor.into_primitive().tensor()
}
