//! The operations on burn's CPU backend, by the kernels of [`super::cpu`].

use std::borrow::Cow;

use burn::tensor::{Bytes, DType, Element, Shape, TensorMetadata};
use burn_flex::{Flex, FlexTensor, Layout};
use bytemuck::Pod;

use super::{
    GruBackward, PeriodicBackend,
    cpu::{self, Finish, Grid, Real, Weights, gru},
    generic, primitive, tensor,
};

/// Calls a function with the tensors' element type, or falls back to burn's operations where the kernels have
/// no such type or size.
macro_rules! typed {
    ($dtype:expr, $k:expr, $function:ident($($argument:expr),*), $otherwise:expr) => {
        match ($dtype, $k) {
            (DType::F32, 1 | 3) => $function::<f32>($($argument),*),
            (DType::F64, 1 | 3) => $function::<f64>($($argument),*),
            _ => $otherwise,
        }
    };
}

impl PeriodicBackend for Flex {
    fn periodic_conv3d(x: FlexTensor, weight: FlexTensor, bias: FlexTensor) -> FlexTensor {
        typed!(x.dtype(), kernel_size(&weight), forward(&x, &weight, &bias, Finish::Linear), {
            primitive(generic::periodic_conv3d::<Self>(tensor(x), tensor(weight), tensor(bias)))
        })
    }

    fn periodic_conv3d_tanh(x: FlexTensor, weight: FlexTensor, bias: FlexTensor) -> FlexTensor {
        typed!(x.dtype(), kernel_size(&weight), forward(&x, &weight, &bias, Finish::Tanh), {
            primitive(generic::periodic_conv3d::<Self>(tensor(x), tensor(weight), tensor(bias)).tanh())
        })
    }

    fn data_gradient(weight: FlexTensor, g: FlexTensor) -> FlexTensor {
        typed!(g.dtype(), kernel_size(&weight), backward(&weight, &g, None), {
            primitive(generic::data_gradient::<Self>(tensor(weight), tensor(g)))
        })
    }

    fn data_gradient_through_tanh(weight: FlexTensor, g: FlexTensor, t: FlexTensor) -> FlexTensor {
        typed!(g.dtype(), kernel_size(&weight), backward(&weight, &g, Some(&t)), {
            Self::gradient_through_tanh(Self::data_gradient(weight, g), t)
        })
    }

    fn weight_gradient(x: FlexTensor, g: FlexTensor, k: usize) -> (FlexTensor, FlexTensor) {
        typed!(x.dtype(), k, weights(&x, &g, k), {
            let (weight, bias) = generic::weight_gradient::<Self>(tensor(x), tensor(g), k);
            (primitive(weight), primitive(bias))
        })
    }

    fn gru_gates(a: FlexTensor, h: FlexTensor, memory: FlexTensor) -> (FlexTensor, FlexTensor) {
        typed!(a.dtype(), 1, gates(&a, &h, &memory), {
            let (gates, q) = generic::gru_gates::<Self>(tensor(a), tensor(h), tensor(memory));
            (primitive(gates), primitive(q))
        })
    }

    fn gru_update(a: FlexTensor, c: FlexTensor, gates: FlexTensor, memory: FlexTensor) -> (FlexTensor, FlexTensor) {
        typed!(a.dtype(), 1, update(&a, &c, &gates, &memory), {
            let (n, next) = generic::gru_update::<Self>(tensor(a), tensor(c), tensor(gates), tensor(memory));
            (primitive(n), primitive(next))
        })
    }

    fn gru_candidate_gradient(gates: FlexTensor, n: FlexTensor, g: FlexTensor) -> FlexTensor {
        typed!(n.dtype(), 1, candidate_gradient(&gates, &n, &g), {
            primitive(generic::gru_candidate_gradient::<Self>(tensor(gates), tensor(n), tensor(g)))
        })
    }

    fn gru_gate_gradients(backward: GruBackward<FlexTensor>) -> [FlexTensor; 3] {
        typed!(backward.n.dtype(), 1, gate_gradients(&backward), {
            generic::gru_gate_gradients::<Self>(backward.map(tensor)).map(primitive)
        })
    }
}

fn forward<T: Number>(x: &FlexTensor, weight: &FlexTensor, bias: &FlexTensor, finish: Finish<T>) -> FlexTensor {
    let outputs = weight.shape()[0];
    let weights = Weights::new(&values(weight), &values(bias), kernel_size(weight));
    from_values(cpu::convolve(grid(x), &values(x), &weights, finish), with_channels(x, outputs))
}

fn backward<T: Number>(weight: &FlexTensor, g: &FlexTensor, t: Option<&FlexTensor>) -> FlexTensor {
    let [outputs, inputs] = [weight.shape()[0], weight.shape()[1]];
    let weights = Weights::<T>::adjoint(&values(weight), outputs, kernel_size(weight));
    let t = t.map(values);
    let finish = t.as_deref().map_or(Finish::Linear, Finish::ThroughTanh);
    from_values(cpu::convolve(grid(g), &values(g), &weights, finish), with_channels(g, inputs))
}

fn weights<T: Number>(x: &FlexTensor, g: &FlexTensor, k: usize) -> (FlexTensor, FlexTensor) {
    let [inputs, outputs] = [x.shape()[1], g.shape()[1]];
    let (weight, bias) = cpu::weight_gradient::<T>(grid(x), &values(x), &values(g), k);
    (from_values(weight, Shape::new([outputs, inputs, k, k, k])), from_values(bias, Shape::new([outputs])))
}

fn gates<T: Number>(a: &FlexTensor, h: &FlexTensor, memory: &FlexTensor) -> (FlexTensor, FlexTensor) {
    let (gates, q) = gru::gates::<T>(grid(a).batch, &values(a), &values(h), &values(memory));
    (from_values(gates, h.shape()), from_values(q, memory.shape()))
}

fn update<T: Number>(
    a: &FlexTensor,
    c: &FlexTensor,
    gates: &FlexTensor,
    memory: &FlexTensor,
) -> (FlexTensor, FlexTensor) {
    let batch = grid(a).batch;
    let (n, next) = gru::update::<T>(batch, &values(a), &values(c), &values(gates), &values(memory));
    (from_values(n, c.shape()), from_values(next, memory.shape()))
}

fn candidate_gradient<T: Number>(gates: &FlexTensor, n: &FlexTensor, g: &FlexTensor) -> FlexTensor {
    from_values(gru::candidate_gradient::<T>(grid(n).batch, &values(gates), &values(n), &values(g)), n.shape())
}

fn gate_gradients<T: Number>(backward: &GruBackward<FlexTensor>) -> [FlexTensor; 3] {
    let GruBackward { gates, n, memory, g, g_q, g_n } = backward;
    let (g_a, g_h, g_memory) = gru::GateGradients::<T> {
        gates: &values(gates),
        n: &values(n),
        memory: &values(memory),
        g: &values(g),
        g_q: &values(g_q),
        g_n: &values(g_n),
    }
    .compute(grid(n).batch);
    let channels = n.shape()[1];
    [
        from_values(g_a, with_channels(n, 3 * channels)),
        from_values(g_h, with_channels(n, 2 * channels)),
        from_values(g_memory, n.shape()),
    ]
}

/// What a tensor of this backend and the kernels both can hold.
trait Number: Real + Element + Pod {}
impl Number for f32 {}
impl Number for f64 {}

fn kernel_size(weight: &FlexTensor) -> usize {
    weight.shape()[2]
}

fn grid(tensor: &FlexTensor) -> Grid {
    let shape = tensor.shape();
    Grid { batch: shape[0], size: [shape[2], shape[3], shape[4]] }
}

fn with_channels(tensor: &FlexTensor, channels: usize) -> Shape {
    let mut shape = tensor.shape();
    shape[1] = channels;
    shape
}

/// The numbers of a tensor in the order of its axes; copied only where a view has another order.
fn values<T: Number>(tensor: &FlexTensor) -> Cow<'_, [T]> {
    match tensor.as_slice() {
        Some(values) => Cow::Borrowed(values),
        None => Cow::Owned(tensor.to_contiguous().storage().to_vec()),
    }
}

fn from_values<T: Number>(values: Vec<T>, shape: Shape) -> FlexTensor {
    FlexTensor::new(Bytes::from_elems(values), Layout::contiguous(shape), T::dtype())
}
