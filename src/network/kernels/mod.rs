//! Convolution on a periodic grid, and the compositions of it that the network is made of, as
//! operations of the backend: a backend with kernels of its own overrides them.
//!
//! Tensors are `[batch, channel, x, y, z]` with z contiguous, weights `[out, in, x, y, z]`, biases
//! `[out]`. "∗" is PyTorch's convolution, that is, a cross-correlation.

mod autodiff;
pub mod cpu;
mod flex;
pub mod generic;
mod wgpu;

pub use wgpu::slices;

use burn::tensor::{Tensor, TensorPrimitive, backend::Backend, ops::FloatTensor};

/// Weights and biases of both convolutions of a gate stack: `[w1, b1, w2, b2]`.
pub type Stack<B> = [FloatTensor<B>; 4];

/// Weight and bias of both convolutions of a gate stack.
pub type StackWeights<B> = [(Tensor<B, 5>, Tensor<B, 1>); 2];

/// What the backward pass of a recurrent unit needs: gates `[r, u]`, n and H of the forward pass, the gradients `g` of
/// H' and `g_q` of q = r ⊙ H, and `g_n`, that of `a_n`.
#[derive(Clone, Debug)]
pub struct GruBackward<T> {
    pub gates: T,
    pub n: T,
    pub memory: T,
    pub g: T,
    pub g_q: T,
    pub g_n: T,
}

impl<T> GruBackward<T> {
    /// The same with every tensor converted.
    pub fn map<U>(self, f: impl Fn(T) -> U) -> GruBackward<U> {
        let Self { gates, n, memory, g, g_q, g_n } = self;
        GruBackward { gates: f(gates), n: f(n), memory: f(memory), g: f(g), g_q: f(g_q), g_n: f(g_n) }
    }
}

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
    fn gate_stack(x: FloatTensor<Self>, [w1, b1, w2, b2]: Stack<Self>) -> FloatTensor<Self> {
        Self::periodic_conv3d(Self::periodic_conv3d_tanh(x, w1, b1), w2, b2)
    }

    /// The next memory of a gated recurrent unit; see [`gru_cell`].
    fn gru_cell(
        x: FloatTensor<Self>,
        memory: FloatTensor<Self>,
        [input, from_memory, candidate]: [Stack<Self>; 3],
    ) -> FloatTensor<Self> {
        let a = Self::gate_stack(x, input);
        let h = Self::gate_stack(memory.clone(), from_memory);
        let (gates, q) = Self::gru_gates(a.clone(), h, memory.clone());
        let c = Self::gate_stack(q, candidate);
        Self::gru_update(a, c, gates, memory).1
    }

    /// `[r, u] = σ([a_r, a_u] + h)` and `q = r ⊙ H`.
    fn gru_gates(
        a: FloatTensor<Self>,
        h: FloatTensor<Self>,
        memory: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (gates, q) = generic::gru_gates::<Self>(tensor(a), tensor(h), tensor(memory));
        (primitive(gates), primitive(q))
    }

    /// `n = tanh(a_n + c)` and `H' = n + u ⊙ (H − n)`.
    fn gru_update(
        a: FloatTensor<Self>,
        c: FloatTensor<Self>,
        gates: FloatTensor<Self>,
        memory: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (n, next) = generic::gru_update::<Self>(tensor(a), tensor(c), tensor(gates), tensor(memory));
        (primitive(n), primitive(next))
    }

    /// Gradient of [`Self::gru_update`] with respect to c, and to `a_n`, from the gradient `g` of H'.
    fn gru_candidate_gradient(
        gates: FloatTensor<Self>,
        n: FloatTensor<Self>,
        g: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        primitive(generic::gru_candidate_gradient::<Self>(tensor(gates), tensor(n), tensor(g)))
    }

    /// Gradients of [`Self::gru_gates`] and [`Self::gru_update`] together with respect to a, h and H.
    fn gru_gate_gradients(backward: GruBackward<FloatTensor<Self>>) -> [FloatTensor<Self>; 3] {
        generic::gru_gate_gradients::<Self>(backward.map(tensor)).map(primitive)
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
pub fn gate_stack<B: PeriodicBackend>(x: Tensor<B, 5>, [first, second]: StackWeights<B>) -> Tensor<B, 5> {
    tensor(B::gate_stack(primitive(x), stack([first, second])))
}

/// The next memory of a gated recurrent unit, from its input `x` `[batch, in, x, y, z]` and its memory H
/// `[batch, C, x, y, z]`:
///
/// ```text
/// a = input(x)   h = from_memory(H)
/// r = σ(a_r + h_r)   u = σ(a_u + h_u)   n = tanh(a_n + candidate(r ⊙ H))
/// H' = (1 − u) ⊙ n + u ⊙ H
/// ```
///
/// where a holds 3C channels, those of r, u, n, and h 2C, those of r, u. The three stacks are those of
/// [`gate_stack`], in this order.
pub fn gru_cell<B: PeriodicBackend>(
    x: Tensor<B, 5>,
    memory: Tensor<B, 5>,
    stacks: [StackWeights<B>; 3],
) -> Tensor<B, 5> {
    tensor(B::gru_cell(primitive(x), primitive(memory), stacks.map(stack)))
}

fn stack<B: PeriodicBackend>([(w1, b1), (w2, b2)]: StackWeights<B>) -> Stack<B> {
    [primitive(w1), primitive(b1), primitive(w2), primitive(b2)]
}

fn tensor<B: Backend, const D: usize>(primitive: FloatTensor<B>) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(primitive))
}

fn primitive<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> FloatTensor<B> {
    tensor.into_primitive().tensor()
}
