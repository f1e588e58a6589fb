//! The pointwise part of a gated recurrent unit, and its gradients; shapes as in [`super::super::gru_cell`].

use burn::tensor::TensorMetadata;
use burn_wgpu::into_contiguous;

use super::{
    super::GruBackward,
    kernel::{Kernel, LANES, Shader, WgpuTensor, dimensions, empty},
};

/// `[r, u]` and q.
pub fn gates(a: WgpuTensor, h: WgpuTensor, memory: WgpuTensor) -> (WgpuTensor, WgpuTensor) {
    let [a, h, memory] = [a, h, memory].map(into_contiguous);
    let (gates, q) = (empty(&h, h.shape()), empty(&memory, memory.shape()));
    launch(Shader::GruGates, &memory, &[&a, &h, &memory, &gates, &q]);
    (gates, q)
}

/// n and H'.
pub fn update(a: WgpuTensor, c: WgpuTensor, gates: WgpuTensor, memory: WgpuTensor) -> (WgpuTensor, WgpuTensor) {
    let [a, c, gates, memory] = [a, c, gates, memory].map(into_contiguous);
    let (n, next) = (empty(&memory, memory.shape()), empty(&memory, memory.shape()));
    launch(Shader::GruUpdate, &memory, &[&a, &c, &gates, &memory, &n, &next]);
    (n, next)
}

/// The gradient with respect to c, and to `a_n`, from that of H', `g`.
pub fn candidate_gradient(gates: WgpuTensor, n: WgpuTensor, g: WgpuTensor) -> WgpuTensor {
    let [gates, n, g] = [gates, n, g].map(into_contiguous);
    let g_n = empty(&n, n.shape());
    launch(Shader::GruCandidateGradient, &n, &[&gates, &n, &g, &g_n]);
    g_n
}

/// The gradients with respect to a, h and H.
pub fn gate_gradients(backward: GruBackward<WgpuTensor>) -> [WgpuTensor; 3] {
    let GruBackward { gates, n, memory, g, g_q, g_n: _ } = backward.map(into_contiguous);
    let [batch, channels, nx, ny, nz] = dimensions(&memory);
    let [g_a, g_h, g_memory] = [3, 2, 1].map(|groups| empty(&memory, [batch, groups * channels, nx, ny, nz]));
    launch(Shader::GruGateGradients, &memory, &[&gates, &n, &memory, &g, &g_q, &g_a, &g_h, &g_memory]);
    [g_a, g_h, g_memory]
}

/// One invocation per number of the memory H.
fn launch(shader: Shader, memory: &WgpuTensor, tensors: &[&WgpuTensor]) {
    let [batch, channels, nx, ny, nz] = dimensions(memory);
    let part = channels * nx * ny * nz;
    let total = batch * part;
    let shape = [part, total].map(|size| size as i32);
    Kernel { shader, constants: Vec::new() }.launch_over(total.div_ceil(LANES), 1, tensors, &shape);
}
