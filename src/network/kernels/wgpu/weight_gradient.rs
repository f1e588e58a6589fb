//! Gradients of a periodic convolution with respect to weights and biases, as sums of partial sums in a fixed order.

use burn_wgpu::into_contiguous;

use super::kernel::{Kernel, LANES, Shader, WgpuTensor, block, dimensions, empty};

/// Output channels whose products with the 27 neighbours of a node an invocation sums in its registers.
const SPATIAL_OUTPUTS: usize = 5;

/// Channels whose products with each other an invocation sums in its registers.
const POINTWISE: usize = 10;

/// Invocations that occupy a graphics device; the nodes are dealt out to as many parts as make so many.
const INVOCATIONS: usize = 8192;

/// Least nodes and most parts that a sum is divided into: adding up the parts must cost little beside summing them.
const LEAST_NODES: usize = 128;
const MOST_PARTS: usize = 512;

/// Gradients of the weights `[out, in, k, k, k]` and the biases `[out]` from the inputs `x` `[batch, in, x, y, z]` and
/// the gradient `g` of the outputs; `k` = 1 or 3.
pub fn weight_gradient(x: WgpuTensor, g: WgpuTensor, k: usize) -> (WgpuTensor, WgpuTensor) {
    let (x, g) = (into_contiguous(x), into_contiguous(g));
    let [batch, inputs, nx, ny, nz] = dimensions(&x);
    let outputs = dimensions(&g)[1];
    let weight = empty(&x, [outputs, inputs, k, k, k]);
    let bias = empty(&x, [outputs]);

    let output_block = block(outputs, if k == 1 { POINTWISE } else { SPATIAL_OUTPUTS });
    let input_block = if k == 1 { block(inputs, POINTWISE) } else { 1 };
    let blocks = [outputs.div_ceil(output_block), inputs.div_ceil(input_block)];
    let columns = batch * ny * nz;
    let wanted = INVOCATIONS / (blocks[0] * blocks[1]);
    let parts = wanted.min(columns * nx / LEAST_NODES).clamp(LANES, MOST_PARTS);
    let weights = outputs * inputs * k.pow(3);
    let sums = empty(&x, [weights + outputs, parts]);

    let (shader, shape) = match k {
        1 => (Shader::PointwiseWeightGradient, vec![inputs, outputs, nx * ny * nz, batch, parts]),
        _ => (Shader::SpatialWeightGradient, vec![inputs, outputs, nx, ny, nz, columns, parts]),
    };
    let constants = vec![("OUTPUTS", output_block as u32), ("INPUTS", input_block as u32)];
    let groups = [parts.div_ceil(LANES), blocks[0], blocks[1]];
    let shape: Vec<_> = shape.into_iter().map(|size| size as i32).collect();
    Kernel { shader, constants }.launch(groups, &[&x, &g, &sums], &shape);

    let shape = [weights, outputs, parts].map(|size| size as i32);
    let total = Kernel { shader: Shader::PartialSums, constants: Vec::new() };
    total.launch([(weights + outputs).div_ceil(LANES), 1, 1], &[&sums, &weight, &bias], &shape);
    (weight, bias)
}
