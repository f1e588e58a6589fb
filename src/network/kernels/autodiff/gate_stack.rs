//! `y = W₂·t + b₂` with `t = tanh(W₁∗x + b₁)`, and its gradients.

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

use super::{
    super::{PeriodicBackend, Stack},
    register_weight_gradients,
};

/// What the backward pass needs of the forward pass: `x`, `W₁`, `W₂`, `t`.
pub type State<B> = [FloatTensor<B>; 4];

pub fn gate_stack<B: PeriodicBackend, C: CheckpointStrategy>(
    x: FloatTensor<Autodiff<B, C>>,
    stack: Stack<Autodiff<B, C>>,
) -> FloatTensor<Autodiff<B, C>> {
    let [w1, b1, w2, b2] = &stack;
    let nodes = [&x, w1, b1, w2, b2].map(|tensor| tensor.node.clone());
    let (y, state) = forward::<B>(x.primitive, stack.map(|tensor| tensor.primitive));
    match GateStack.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish(state, y),
        OpsKind::UnTracked(prepared) => prepared.finish(y),
    }
}

#[derive(Debug)]
struct GateStack;

impl<B: PeriodicBackend> Backward<B, 5> for GateStack {
    type State = State<B>;

    fn backward(self, ops: Ops<Self::State, 5>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let g = gradients.consume::<B>(&ops.node);
        let [x_node, stack_nodes @ ..] = ops.parents.map(|node| node.map(|node| node.id));
        let g_x = backward::<B>(ops.state, g, x_node.is_some(), stack_nodes, gradients);
        if let (Some(node), Some(g_x)) = (x_node, g_x) {
            gradients.register::<B>(node, g_x);
        }
    }
}

/// The result, and what the backward pass needs.
pub fn forward<B: PeriodicBackend>(x: FloatTensor<B>, [w1, b1, w2, b2]: Stack<B>) -> (FloatTensor<B>, State<B>) {
    let t = B::periodic_conv3d_tanh(x.clone(), w1.clone(), b1);
    let y = B::periodic_conv3d(t.clone(), w2.clone(), b2);
    (y, [x, w1, w2, t])
}

/// Registers the gradients of weights and biases from that of the result; gives the one of `x` if it is wanted.
pub fn backward<B: PeriodicBackend>(
    [x, w1, w2, t]: State<B>,
    g: FloatTensor<B>,
    x_wanted: bool,
    [w1_node, b1_node, w2_node, b2_node]: [Option<NodeId>; 4],
    gradients: &mut Gradients,
) -> Option<FloatTensor<B>> {
    let k = w1.shape()[2];
    let first_wanted = x_wanted || w1_node.is_some() || b1_node.is_some();
    let g_first = first_wanted.then(|| B::data_gradient_through_tanh(w2.clone(), g.clone(), t.clone()));
    register_weight_gradients::<B>(t, g, w2.shape()[2], [w2_node, b2_node], gradients);
    let g_first = g_first?;
    register_weight_gradients::<B>(x, g_first.clone(), k, [w1_node, b1_node], gradients);
    x_wanted.then(|| B::data_gradient(w1, g_first))
}
