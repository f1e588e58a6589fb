//! Convolutional gated recurrent unit.

use super::kernels::{self, PeriodicBackend, StackWeights};
use burn::{
    module::{Module, Param},
    tensor::{Tensor, backend::Backend},
};

/// Kernel and bias of a convolution on the periodic grid.
#[derive(Module, Debug)]
pub struct Convolution<B: Backend> {
    /// `[out, in, x, y, z]`.
    pub weight: Param<Tensor<B, 5>>,
    /// `[out]`.
    pub bias: Param<Tensor<B, 1>>,
}

impl<B: Backend> Convolution<B> {
    fn values(&self) -> (Tensor<B, 5>, Tensor<B, 1>) {
        (self.weight.val(), self.bias.val())
    }
}

impl<B: PeriodicBackend> Convolution<B> {
    /// `W ∗ x + b`.
    pub fn forward(&self, x: Tensor<B, 5>) -> Tensor<B, 5> {
        kernels::periodic_conv3d(x, self.weight.val(), self.bias.val())
    }

    /// `tanh(W ∗ x + b)`.
    pub fn forward_tanh(&self, x: Tensor<B, 5>) -> Tensor<B, 5> {
        kernels::periodic_conv3d_tanh(x, self.weight.val(), self.bias.val())
    }
}

/// `W₂·tanh(W₁∗x + b₁) + b₂`: a 3³ convolution and a 1³ one.
#[derive(Module, Debug)]
pub struct GateStack<B: Backend> {
    pub spatial: Convolution<B>,
    pub pointwise: Convolution<B>,
}

impl<B: Backend> GateStack<B> {
    fn values(&self) -> StackWeights<B> {
        [self.spatial.values(), self.pointwise.values()]
    }
}

/// One layer of the network: from its input `x` and its memory `H`, C channels, to the next memory,
///
/// ```text
/// r = σ(a_r + h_r)   u = σ(a_u + h_u)   n = tanh(a_n + candidate(r ⊙ H))
/// H' = (1 − u) ⊙ n + u ⊙ H
/// ```
///
/// where `a = input(x)` holds the channels of r, u, n and `h = memory(H)` those of r, u.
#[derive(Module, Debug)]
pub struct GruCell<B: Backend> {
    pub input: GateStack<B>,
    pub memory: GateStack<B>,
    pub candidate: GateStack<B>,
}

impl<B: PeriodicBackend> GruCell<B> {
    /// The next memory `[batch, C, x, y, z]`, from the input `[batch, in, x, y, z]` and the memory.
    pub fn step(&self, x: Tensor<B, 5>, memory: Tensor<B, 5>) -> Tensor<B, 5> {
        kernels::gru_cell(x, memory, [&self.input, &self.memory, &self.candidate].map(GateStack::values))
    }
}
