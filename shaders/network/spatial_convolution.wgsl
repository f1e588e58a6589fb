// Convolution with 3³ taps on a periodic grid,
//
//     y[o](r) = f( b[o] + Σ_i Σ_tap w[o, i, tap] · x[i](r + tap) ),
//
// where f is the identity, tanh, or a product with 1 − t² (the way back through t = tanh). Its adjoint, which carries
// gradients from y to x, is the same sum with the kernel flipped and its channels exchanged: strides into the weights
// tell the two apart. An invocation computes $OUTPUTS channels of $NODES neighbours along y: a value of x, once read,
// serves 3·$OUTPUTS products, and a weight $NODES. Invocations side by side differ in z, along which memory runs.

struct Shape {
    inputs: i32,
    outputs: i32,
    size_x: i32,
    size_y: i32,
    size_z: i32,
    strips: i32, // of $NODES nodes along y
    blocks: i32, // of $OUTPUTS channels
    // Where a weight lies: first + output_stride · o + input_stride · i + tap_stride · tap.
    first: i32,
    output_stride: i32,
    input_stride: i32,
    tap_stride: i32,
    groups: i32, // workgroups along the first axis of the dispatch
    start: i32, // the first workgroup of this slice
}

@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [batch, inputs, x, y, z]
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [batch, outputs, x, y, z]
#if BIAS
@group(0) @binding(3) var<storage, read_write> bias: array<f32>; // [outputs]
#end
#if THROUGH_TANH
@group(0) @binding(3) var<storage, read_write> t: array<f32>; // as y
#end
@group(0) @binding($SHAPE) var<uniform> shape: Shape;

// Coordinate of a node at most one box outside.
fn wrap(i: i32, size: i32) -> i32 {
    return select(select(i, i - size, i >= size), i + size, i < 0);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
    let column = (shape.start + i32(group.y) * shape.groups + i32(group.x)) * 64 + i32(lane);
    if column >= shape.size_x * shape.strips * shape.size_z {
        return;
    }
    let at_z = column % shape.size_z;
    let at_y = column / shape.size_z % shape.strips * $NODES;
    let at_x = column / (shape.size_z * shape.strips);
    let output = i32(group.z) % shape.blocks * $OUTPUTS;
    let sample = i32(group.z) / shape.blocks;
    let plane = shape.size_y * shape.size_z;
    let volume = shape.size_x * plane;

    // Channels and nodes that overhang are computed, from weights and values that exist, and not stored.
#for o in 0..OUTPUTS
    let output$o = min(output + $o, shape.outputs - 1);
#if BIAS
    let start$o = bias[output$o];
#else
    let start$o = 0.0;
#end
#end
    var sum: array<f32, $OUTPUTS * $NODES>;
#for o in 0..OUTPUTS
#for v in 0..NODES
    sum[$o * $NODES + $v] = start$o;
#end
#end
    var row: array<i32, $NODES + 2>;
#for v in 0..ROWS
    row[$v] = (at_y + $v - 1 + shape.size_y) % shape.size_y * shape.size_z;
#end

    for (var input = 0; input < shape.inputs; input++) {
        for (var dx = 0; dx < 3; dx++) {
            let box_x = (sample * shape.inputs + input) * volume + wrap(at_x + dx - 1, shape.size_x) * plane;
            for (var dz = 0; dz < 3; dz++) {
                let at_tap = box_x + wrap(at_z + dz - 1, shape.size_z);
                let tap = shape.first + shape.input_stride * input + shape.tap_stride * (9 * dx + dz);
                var value: array<f32, $NODES + 2>;
#for v in 0..ROWS
                value[$v] = x[at_tap + row[$v]];
#end
#for o in 0..OUTPUTS
                let weights$o = tap + shape.output_stride * output$o;
#for dy in 0..3
                let w$o_at_$dy = weight[weights$o + shape.tap_stride * 3 * $dy];
#for v in 0..NODES
                sum[$o * $NODES + $v] = fma(w$o_at_$dy, value[$v + $dy], sum[$o * $NODES + $v]);
#end
#end
#end
            }
        }
    }

#for v in 0..NODES
    if at_y + $v < shape.size_y {
        let node = sample * shape.outputs * volume + at_x * plane + (at_y + $v) * shape.size_z + at_z;
#for o in 0..OUTPUTS
        if output + $o < shape.outputs {
            let at = node + (output + $o) * volume;
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
