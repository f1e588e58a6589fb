//! The operations with their gradients: each is one node of the graph, whose backward pass calls the
//! gradient operations of the backend below.

mod gate_stack;
mod gru_cell;

use burn::{
    backend::{
        Autodiff,
        autodiff::{
            NodeId,
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
    },
    tensor::{TensorMetadata, ops::FloatTensor},
};

use super::{PeriodicBackend, Stack};

impl<B: PeriodicBackend, C: CheckpointStrategy> PeriodicBackend for Autodiff<B, C> {
    fn periodic_conv3d(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [&x, &weight, &bias].map(|tensor| tensor.node.clone());
        let y = B::periodic_conv3d(x.primitive.clone(), weight.primitive.clone(), bias.primitive);
        match Convolution.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish([x.primitive, weight.primitive], y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn periodic_conv3d_tanh(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let nodes = [&x, &weight, &bias].map(|tensor| tensor.node.clone());
        let t = B::periodic_conv3d_tanh(x.primitive.clone(), weight.primitive.clone(), bias.primitive);
        match ConvolutionTanh.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish([x.primitive, weight.primitive, t.clone()], t),
            OpsKind::UnTracked(prepared) => prepared.finish(t),
        }
    }

    fn gate_stack(x: FloatTensor<Self>, stack: Stack<Self>) -> FloatTensor<Self> {
        gate_stack::gate_stack::<B, C>(x, stack)
    }

    fn gru_cell(x: FloatTensor<Self>, memory: FloatTensor<Self>, stacks: [Stack<Self>; 3]) -> FloatTensor<Self> {
        gru_cell::gru_cell::<B, C>(x, memory, stacks)
    }
}

#[derive(Debug)]
struct Convolution;

impl<B: PeriodicBackend> Backward<B, 3> for Convolution {
    /// `x`, weight.
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let g = gradients.consume::<B>(&ops.node);
        let [x, weight] = ops.state;
        register_gradients::<B>(x, weight, g, ops.parents.map(|node| node.map(|node| node.id)), gradients);
    }
}

#[derive(Debug)]
struct ConvolutionTanh;

impl<B: PeriodicBackend> Backward<B, 3> for ConvolutionTanh {
    /// `x`, weight, result.
    type State = [FloatTensor<B>; 3];

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let g = gradients.consume::<B>(&ops.node);
        let [x, weight, t] = ops.state;
        let g = B::gradient_through_tanh(g, t);
        register_gradients::<B>(x, weight, g, ops.parents.map(|node| node.map(|node| node.id)), gradients);
    }
}

/// Registers the gradients of a convolution at those of the nodes of x, weight and bias that need one.
fn register_gradients<B: PeriodicBackend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    g: FloatTensor<B>,
    [x_node, weight_node, bias_node]: [Option<NodeId>; 3],
    gradients: &mut Gradients,
) {
    let k = weight.shape()[2];
    if let Some(node) = x_node {
        gradients.register::<B>(node, B::data_gradient(weight, g.clone()));
    }
    register_weight_gradients::<B>(x, g, k, [weight_node, bias_node], gradients);
}

/// Registers the gradients with respect to weight and bias of a convolution with `k`³ taps.
fn register_weight_gradients<B: PeriodicBackend>(
    x: FloatTensor<B>,
    g: FloatTensor<B>,
    k: usize,
    nodes: [Option<NodeId>; 2],
    gradients: &mut Gradients,
) {
    if nodes.iter().all(Option::is_none) {
        return;
    }
    let (weight, bias) = B::weight_gradient(x, g, k);
    for (node, gradient) in nodes.into_iter().zip([weight, bias]) {
        if let Some(node) = node {
            gradients.register::<B>(node, gradient);
        }
    }
}
