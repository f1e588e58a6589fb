// Convolution with one tap, a product of matrices at every node r,
//
//     y[o](r) = f( b[o] + Σ_i w[o, i] · x[i](r) ),
//
// where f is the identity, tanh, or a product with 1 − t² (the way back through t = tanh). Strides into the weights
// tell it from its adjoint. An invocation computes $OUTPUTS channels of $NODES nodes; its nodes lie 64 apart, so that
// invocations side by side read numbers side by side.

struct Shape {
    inputs: i32,
    outputs: i32,
    volume: i32, // nodes of a sample
    blocks: i32, // of $OUTPUTS channels
    // Where a weight lies: output_stride · o + input_stride · i.
    output_stride: i32,
    input_stride: i32,
    groups: i32, // workgroups along the first axis of the dispatch
    start: i32, // the first workgroup of this slice
}

@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [batch, inputs, node]
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [batch, outputs, node]
#if BIAS
@group(0) @binding(3) var<storage, read_write> bias: array<f32>; // [outputs]
#end
#if THROUGH_TANH
@group(0) @binding(3) var<storage, read_write> t: array<f32>; // as y
#end
@group(0) @binding($SHAPE) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
    let first = (shape.start + i32(group.y) * shape.groups + i32(group.x)) * 64 * $NODES + i32(lane);
    let output = i32(group.z) % shape.blocks * $OUTPUTS;
    let sample = i32(group.z) / shape.blocks;

    // Channels and nodes that overhang are computed, from weights and values that exist, and not stored.
    var sum: array<f32, $OUTPUTS * $NODES>;
#for o in 0..OUTPUTS
    let output$o = min(output + $o, shape.outputs - 1);
#if BIAS
    let start$o = bias[output$o];
#else
    let start$o = 0.0;
#end
#for v in 0..NODES
    sum[$o * $NODES + $v] = start$o;
#end
#end
#for v in 0..NODES
    let node$v = min(first + 64 * $v, shape.volume - 1);
#end
    for (var input = 0; input < shape.inputs; input++) {
        let channel = (sample * shape.inputs + input) * shape.volume;
#for v in 0..NODES
        let value$v = x[channel + node$v];
#end
#for o in 0..OUTPUTS
        let w$o = weight[shape.output_stride * output$o + shape.input_stride * input];
#for v in 0..NODES
        sum[$o * $NODES + $v] = fma(w$o, value$v, sum[$o * $NODES + $v]);
#end
#end
    }

#for v in 0..NODES
    if first + 64 * $v < shape.volume {
#for o in 0..OUTPUTS
        if output + $o < shape.outputs {
            let at = (sample * shape.outputs + output + $o) * shape.volume + node$v;
#if TANH
            y[at] = accurate_tanh(sum[$o * $NODES + $v]);
#end
#if THROUGH_TANH
            y[at] = sum[$o * $NODES + $v] * (1.0 - t[at] * t[at]);
#end
#if LINEAR
            y[at] = sum[$o * $NODES + $v];
#end
        }
#end
    }
#end
}
