//! The operations with their gradients: each is one node of the graph, whose backward pass calls the
//! gradient operations of the backend below.

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

use super::PeriodicBackend;

impl<B: PeriodicBackend, C: CheckpointStrategy> PeriodicBackend for Autodiff<B, C> {
    fn periodic_conv3d(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        let y = B::periodic_conv3d(x.primitive.clone(), weight.primitive.clone(), bias.primitive);
        let nodes = [x.node.clone(), weight.node.clone(), bias.node];
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
        let t = B::periodic_conv3d_tanh(x.primitive.clone(), weight.primitive.clone(), bias.primitive);
        let nodes = [x.node.clone(), weight.node.clone(), bias.node];
        match ConvolutionTanh.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish([x.primitive, weight.primitive, t.clone()], t),
            OpsKind::UnTracked(prepared) => prepared.finish(t),
        }
    }

    fn gate_stack(
        x: FloatTensor<Self>,
        w1: FloatTensor<Self>,
        b1: FloatTensor<Self>,
        w2: FloatTensor<Self>,
        b2: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let t = B::periodic_conv3d_tanh(x.primitive.clone(), w1.primitive.clone(), b1.primitive);
        let y = B::periodic_conv3d(t.clone(), w2.primitive.clone(), b2.primitive);
        let nodes = [x.node.clone(), w1.node.clone(), b1.node, w2.node.clone(), b2.node];
        match GateStack.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish([x.primitive, w1.primitive, w2.primitive, t], y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
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
        convolution_gradients::<B>(x, weight, g, ops.parents.map(|node| node.map(|node| node.id)), gradients);
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
        convolution_gradients::<B>(x, weight, g, ops.parents.map(|node| node.map(|node| node.id)), gradients);
    }
}

#[derive(Debug)]
struct GateStack;

impl<B: PeriodicBackend> Backward<B, 5> for GateStack {
    /// `x`, first and second weight, and the tanh between them.
    type State = [FloatTensor<B>; 4];

    fn backward(self, ops: Ops<Self::State, 5>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let g = gradients.consume::<B>(&ops.node);
        let [x, w1, w2, t] = ops.state;
        let [x_node, w1_node, b1_node, w2_node, b2_node] = ops.parents.map(|node| node.map(|node| node.id));
        if x_node.is_some() || w1_node.is_some() || b1_node.is_some() {
            let g = B::data_gradient_through_tanh(w2.clone(), g.clone(), t.clone());
            convolution_gradients::<B>(x, w1, g, [x_node, w1_node, b1_node], gradients);
        }
        convolution_gradients::<B>(t, w2, g, [None, w2_node, b2_node], gradients);
    }
}

/// Registers the gradients of a convolution of `x` at those of its nodes, for `x`, weight and bias, that need one.
fn convolution_gradients<B: PeriodicBackend>(
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
    if weight_node.is_some() || bias_node.is_some() {
        let (weight, bias) = B::weight_gradient(x, g, k);
        weight_node.map(|node| gradients.register::<B>(node, weight));
        bias_node.map(|node| gradients.register::<B>(node, bias));
    }
}
