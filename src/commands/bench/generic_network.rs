//! The network in burn's own operations alone, differentiated by burn operation by operation: what our kernels are
//! measured against.

use crate::network::{
    Crnn, Hidden,
    cell::{Convolution, GateStack, GruCell},
    crnn::next_field,
    kernels::generic,
};
use burn::tensor::{Tensor, backend::Backend};

/// The same as [`Crnn::step`].
pub fn step<B: Backend>(network: &Crnn<B>, phi: Tensor<B, 5>, hidden: Hidden<B>) -> (Tensor<B, 5>, Hidden<B>) {
    let mut x = phi.clone();
    let mut remembered = Vec::with_capacity(network.cells.len());
    for (cell, memory) in network.cells.iter().zip(hidden.0) {
        x = next_memory(cell, x, memory);
        remembered.push(x.clone());
    }
    let output = &network.output;
    let first = convolve(&output.first, x).tanh();
    let last = convolve(&output.last, convolve(&output.second, first).tanh());
    (next_field(network.config.output, phi, last), Hidden(remembered))
}

fn next_memory<B: Backend>(cell: &GruCell<B>, x: Tensor<B, 5>, memory: Tensor<B, 5>) -> Tensor<B, 5> {
    let (a, h) = (gate_stack(&cell.input, x), gate_stack(&cell.memory, memory.clone()));
    let (gates, q) = generic::gru_gates(a.clone(), h, memory.clone());
    generic::gru_update(a, gate_stack(&cell.candidate, q), gates, memory).1
}

fn gate_stack<B: Backend>(stack: &GateStack<B>, x: Tensor<B, 5>) -> Tensor<B, 5> {
    convolve(&stack.pointwise, convolve(&stack.spatial, x).tanh())
}

fn convolve<B: Backend>(convolution: &Convolution<B>, x: Tensor<B, 5>) -> Tensor<B, 5> {
    generic::periodic_conv3d(x, convolution.weight.val(), convolution.bias.val())
}
