//! The operations on burn's graphics backend, by our own shaders. They are launched on burn's stream, so that they keep
//! their order among its operations; kernels of another size than 3³ or 1³, and numbers of another type than f32, are
//! left to the generic operations.
//!
//! A gate stack stays two kernels. The 1³ convolution needs all channels of a node at once, up to three times as many
//! sums as fit into registers beside enough nodes to pay for reading the weights; what fusion would save, writing and
//! reading those channels once, is small beside 27 products for each pair of them.

mod convolution;
mod gru;
mod kernel;
pub mod slices;
mod template;
mod weight_gradient;

use burn::tensor::DType;
use burn_wgpu::Wgpu;
use convolution::{Finish, fits};
use kernel::{WgpuTensor, dimensions};

use super::{GruBackward, PeriodicBackend, generic, primitive, tensor};

impl PeriodicBackend for Wgpu {
    fn periodic_conv3d(x: WgpuTensor, weight: WgpuTensor, bias: WgpuTensor) -> WgpuTensor {
        let [outputs, _, k, ..] = dimensions(&weight);
        if has_kernel(&x, k, outputs) {
            convolution::forward(x, weight, Finish::Bias(bias))
        } else {
            primitive(generic::periodic_conv3d::<Self>(tensor(x), tensor(weight), tensor(bias)))
        }
    }

    fn periodic_conv3d_tanh(x: WgpuTensor, weight: WgpuTensor, bias: WgpuTensor) -> WgpuTensor {
        let [outputs, _, k, ..] = dimensions(&weight);
        if has_kernel(&x, k, outputs) {
            convolution::forward(x, weight, Finish::BiasTanh(bias))
        } else {
            primitive(generic::periodic_conv3d::<Self>(tensor(x), tensor(weight), tensor(bias)).tanh())
        }
    }

    fn data_gradient(weight: WgpuTensor, g: WgpuTensor) -> WgpuTensor {
        let [_, inputs, k, ..] = dimensions(&weight);
        if has_kernel(&g, k, inputs) {
            convolution::adjoint(g, weight, Finish::Linear)
        } else {
            primitive(generic::data_gradient::<Self>(tensor(weight), tensor(g)))
        }
    }

    fn data_gradient_through_tanh(weight: WgpuTensor, g: WgpuTensor, t: WgpuTensor) -> WgpuTensor {
        let [_, inputs, k, ..] = dimensions(&weight);
        if has_kernel(&g, k, inputs) {
            convolution::adjoint(g, weight, Finish::ThroughTanh(t))
        } else {
            Self::gradient_through_tanh(Self::data_gradient(weight, g), t)
        }
    }

    fn weight_gradient(x: WgpuTensor, g: WgpuTensor, k: usize) -> (WgpuTensor, WgpuTensor) {
        if has_kernel(&x, k, 1) {
            weight_gradient::weight_gradient(x, g, k)
        } else {
            let (weight, bias) = generic::weight_gradient::<Self>(tensor(x), tensor(g), k);
            (primitive(weight), primitive(bias))
        }
    }

    fn gru_gates(a: WgpuTensor, h: WgpuTensor, memory: WgpuTensor) -> (WgpuTensor, WgpuTensor) {
        if has_kernel(&a, 1, 1) {
            gru::gates(a, h, memory)
        } else {
            let (gates, q) = generic::gru_gates::<Self>(tensor(a), tensor(h), tensor(memory));
            (primitive(gates), primitive(q))
        }
    }

    fn gru_update(a: WgpuTensor, c: WgpuTensor, gates: WgpuTensor, memory: WgpuTensor) -> (WgpuTensor, WgpuTensor) {
        if has_kernel(&a, 1, 1) {
            gru::update(a, c, gates, memory)
        } else {
            let (n, next) = generic::gru_update::<Self>(tensor(a), tensor(c), tensor(gates), tensor(memory));
            (primitive(n), primitive(next))
        }
    }

    fn gru_candidate_gradient(gates: WgpuTensor, n: WgpuTensor, g: WgpuTensor) -> WgpuTensor {
        if has_kernel(&n, 1, 1) {
            gru::candidate_gradient(gates, n, g)
        } else {
            primitive(generic::gru_candidate_gradient::<Self>(tensor(gates), tensor(n), tensor(g)))
        }
    }

    fn gru_gate_gradients(backward: GruBackward<WgpuTensor>) -> [WgpuTensor; 3] {
        if has_kernel(&backward.n, 1, 1) {
            gru::gate_gradients(backward)
        } else {
            generic::gru_gate_gradients::<Self>(backward.map(tensor)).map(primitive)
        }
    }
}

/// Whether a shader takes such numbers, kernels of `k`³ taps, and so many channels of the result.
fn has_kernel(x: &WgpuTensor, k: usize, outputs: usize) -> bool {
    x.dtype == DType::F32 && matches!(k, 1 | 3) && fits(dimensions(x)[0], outputs)
}
