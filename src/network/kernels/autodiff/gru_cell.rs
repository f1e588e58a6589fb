//! A whole gated recurrent unit as one node of the graph. Its inner results are kept once, where the graph of its
//! parts would keep sums, slices and products of the same numbers again and again.

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
    tensor::ops::FloatTensor,
};

use super::{
    super::{GruBackward, PeriodicBackend, Stack},
    gate_stack,
};

pub fn gru_cell<B: PeriodicBackend, C: CheckpointStrategy>(
    x: FloatTensor<Autodiff<B, C>>,
    memory: FloatTensor<Autodiff<B, C>>,
    stacks: [Stack<Autodiff<B, C>>; 3],
) -> FloatTensor<Autodiff<B, C>> {
    let [[i0, i1, i2, i3], [m0, m1, m2, m3], [c0, c1, c2, c3]] = &stacks;
    let parents = [&x, &memory, i0, i1, i2, i3, m0, m1, m2, m3, c0, c1, c2, c3];
    let nodes = parents.map(|tensor| tensor.node.clone());
    let [input, from_memory, candidate] = stacks.map(|stack| stack.map(|tensor| tensor.primitive));
    let memory = memory.primitive;

    let (a, input) = gate_stack::forward::<B>(x.primitive, input);
    let (h, from_memory) = gate_stack::forward::<B>(memory.clone(), from_memory);
    let (gates, q) = B::gru_gates(a.clone(), h, memory.clone());
    let (c, candidate) = gate_stack::forward::<B>(q, candidate);
    let (n, next) = B::gru_update(a, c, gates.clone(), memory.clone());

    match GruCell.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => {
            prepared.finish(State::<B> { stacks: [input, from_memory, candidate], gates, n, memory }, next)
        }
        OpsKind::UnTracked(prepared) => prepared.finish(next),
    }
}

/// What the backward pass needs of the forward pass.
#[derive(Clone, Debug)]
struct State<B: PeriodicBackend> {
    stacks: [gate_stack::State<B>; 3],
    gates: FloatTensor<B>,
    n: FloatTensor<B>,
    memory: FloatTensor<B>,
}

#[derive(Debug)]
struct GruCell;

impl<B: PeriodicBackend> Backward<B, 14> for GruCell {
    type State = State<B>;

    fn backward(self, ops: Ops<Self::State, 14>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let g = gradients.consume::<B>(&ops.node);
        let [x_node, memory_node, stacks @ ..] = ops.parents.map(|node| node.map(|node| node.id));
        let [input_nodes, memory_nodes, candidate_nodes] = by_stack(stacks);
        let State { stacks: [input, from_memory, candidate], gates, n, memory } = ops.state;

        let g_n = B::gru_candidate_gradient(gates.clone(), n.clone(), g.clone());
        let Some(g_q) = gate_stack::backward::<B>(candidate, g_n.clone(), true, candidate_nodes, gradients) else {
            return;
        };
        let [g_a, g_h, g_memory] = B::gru_gate_gradients(GruBackward { gates, n, memory, g, g_q, g_n });
        let g_x = gate_stack::backward::<B>(input, g_a, x_node.is_some(), input_nodes, gradients);
        let g_through_h = gate_stack::backward::<B>(from_memory, g_h, memory_node.is_some(), memory_nodes, gradients);

        let found = [(x_node, g_x), (memory_node, Some(g_memory)), (memory_node, g_through_h)];
        for (node, gradient) in found {
            if let (Some(node), Some(gradient)) = (node, gradient) {
                gradients.register::<B>(node, gradient);
            }
        }
    }
}

/// The nodes of the three stacks.
fn by_stack(nodes: [Option<NodeId>; 12]) -> [[Option<NodeId>; 4]; 3] {
    let mut nodes = nodes.into_iter();
    std::array::from_fn(|_| std::array::from_fn(|_| nodes.next().flatten()))
}
