//! Periodic convolution and its adjoint, with 3³ taps or one.

use burn_wgpu::into_contiguous;

use super::kernel::{Kernel, LANES, MOST_GROUPS, Shader, WgpuTensor, block, dimensions, empty};

/// Output channels and nodes that an invocation computes: their sums fill the registers of graphics devices.
const OUTPUTS: usize = 10;
const NODES: usize = 8;

/// What is added to the sums, and what becomes of them.
pub enum Finish {
    /// `sum + bias`.
    Bias(WgpuTensor),
    /// `tanh(sum + bias)`.
    BiasTanh(WgpuTensor),
    /// The sums themselves.
    Linear,
    /// `sum · (1 − t²)` with a tensor `t` of the result's shape.
    ThroughTanh(WgpuTensor),
}

/// Whether so many samples of so many output channels fit into one launch.
pub fn fits(batch: usize, outputs: usize) -> bool {
    batch * outputs.div_ceil(block(outputs, OUTPUTS)) <= MOST_GROUPS
}

/// Convolves `x` `[batch, in, x, y, z]` with `weight` `[out, in, k, k, k]`, `k` = 1 or 3.
pub fn forward(x: WgpuTensor, weight: WgpuTensor, finish: Finish) -> WgpuTensor {
    let [outputs, inputs, k, ..] = dimensions(&weight);
    let taps = k.pow(3);
    convolve(x, weight, [outputs, k], [0, inputs * taps, taps].map(|stride| stride as i32), 1, finish)
}

/// Carries the gradient `g` `[batch, out, x, y, z]` of the result of a convolution with `weight` back to its input: the
/// convolution with the flipped kernel, its channels exchanged.
pub fn adjoint(g: WgpuTensor, weight: WgpuTensor, finish: Finish) -> WgpuTensor {
    let [_, inputs, k, ..] = dimensions(&weight);
    let taps = k.pow(3);
    convolve(g, weight, [inputs, k], [taps - 1, taps, inputs * taps].map(|stride| stride as i32), -1, finish)
}

/// With the weight of channels o, i and a tap at `first + output_stride · o + input_stride · i + tap_stride · tap`.
fn convolve(
    x: WgpuTensor,
    weight: WgpuTensor,
    [outputs, k]: [usize; 2],
    [first, output_stride, input_stride]: [i32; 3],
    tap_stride: i32,
    finish: Finish,
) -> WgpuTensor {
    let (x, weight) = (into_contiguous(x), into_contiguous(weight));
    let [batch, inputs, nx, ny, nz] = dimensions(&x);
    let y = empty(&x, [batch, outputs, nx, ny, nz]);
    let (flags, operand) = match finish {
        Finish::Bias(bias) => (["BIAS", "LINEAR"].as_slice(), Some(bias)),
        Finish::BiasTanh(bias) => (["BIAS", "TANH"].as_slice(), Some(bias)),
        Finish::Linear => (["LINEAR"].as_slice(), None),
        Finish::ThroughTanh(t) => (["THROUGH_TANH"].as_slice(), Some(t)),
    };
    let operand = operand.map(into_contiguous);
    let tensors: Vec<_> = [&x, &weight, &y].into_iter().chain(&operand).collect();

    let block = block(outputs, OUTPUTS);
    let blocks = outputs.div_ceil(block);
    let numbers = [("OUTPUTS", block), ("NODES", NODES), ("ROWS", NODES + 2), ("SHAPE", tensors.len())];
    let numbers = numbers.map(|(name, value)| (name, value as u32));
    let constants = numbers.into_iter().chain(flags.iter().map(|flag| (*flag, 1))).collect();
    if k == 1 {
        let volume = nx * ny * nz;
        let sizes = [inputs, outputs, volume, blocks].map(|size| size as i32);
        let shape = [sizes.as_slice(), &[output_stride, input_stride]].concat();
        let kernel = Kernel { shader: Shader::PointwiseConvolution, constants };
        kernel.launch_over(volume.div_ceil(LANES * NODES), batch * blocks, &tensors, &shape);
    } else {
        let strips = ny.div_ceil(NODES);
        let sizes = [inputs, outputs, nx, ny, nz, strips, blocks].map(|size| size as i32);
        let shape = [sizes.as_slice(), &[first, output_stride, input_stride, tap_stride]].concat();
        let kernel = Kernel { shader: Shader::SpatialConvolution, constants };
        kernel.launch_over((nx * strips * nz).div_ceil(LANES), batch * blocks, &tensors, &shape);
    }
    y
}
