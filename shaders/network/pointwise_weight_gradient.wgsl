// Gradients of a convolution with one tap with respect to its weights and biases, up to a last sum: with g the gradient
// of its result,
//
//     ∂w[o, i] = Σ_r g[o](r) · x[i](r)        ∂b[o] = Σ_r g[o](r).
//
// Nodes are dealt out to `parts` invocations, each of which sums $OUTPUTS · $INPUTS products in registers. The sums
// over parts, in a fixed order, are left to partial_sums.wgsl.

struct Shape {
    inputs: i32,
    outputs: i32,
    volume: i32, // nodes of a sample
    batch: i32,
    parts: i32,
    padding: i32,
}

@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [batch, inputs, node]
@group(0) @binding(1) var<storage, read_write> g: array<f32>; // [batch, outputs, node]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // [outputs · inputs + outputs, parts]
@group(0) @binding(3) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
    let part = i32(group.x) * 64 + i32(lane);
    if part >= shape.parts {
        return;
    }
    let output = i32(group.y) * $OUTPUTS;
    let input = i32(group.z) * $INPUTS;

    var sum: array<f32, $OUTPUTS * $INPUTS>;
    var bias: array<f32, $OUTPUTS>;
#for o in 0..OUTPUTS
    let output$o = min(output + $o, shape.outputs - 1) * shape.volume;
    bias[$o] = 0.0;
#for i in 0..INPUTS
    sum[$o * $INPUTS + $i] = 0.0;
#end
#end
#for i in 0..INPUTS
    let input$i = min(input + $i, shape.inputs - 1) * shape.volume;
#end
    for (var sample = 0; sample < shape.batch; sample++) {
        for (var node = part; node < shape.volume; node += shape.parts) {
            let inputs = sample * shape.inputs * shape.volume + node;
            let gradients = sample * shape.outputs * shape.volume + node;
#for i in 0..INPUTS
            let x$i = x[inputs + input$i];
#end
#for o in 0..OUTPUTS
            let g$o = g[gradients + output$o];
            bias[$o] += g$o;
#for i in 0..INPUTS
            sum[$o * $INPUTS + $i] = fma(g$o, x$i, sum[$o * $INPUTS + $i]);
#end
#end
        }
    }

#for o in 0..OUTPUTS
    if output + $o < shape.outputs {
#for i in 0..INPUTS
        if input + $i < shape.inputs {
            let row = (output + $o) * shape.inputs + input + $i;
            sums[row * shape.parts + part] = sum[$o * $INPUTS + $i];
        }
#end
        if input == 0 {
            let row = shape.outputs * shape.inputs + output + $o;
            sums[row * shape.parts + part] = bias[$o];
        }
    }
#end
}
