// Gradients of a periodic convolution with 3³ taps with respect to its weights and biases, up to a last sum: with g the
// gradient of its result,
//
//     ∂w[o, i, tap] = Σ_r g[o](r) · x[i](r + tap)        ∂b[o] = Σ_r g[o](r).
//
// Columns of nodes along x are dealt out to `parts` invocations, each of which sums $OUTPUTS · 27 products in
// registers: walking along its columns it reads 9 new values of x per node and keeps those of the two nodes before. The
// sums over parts, in a fixed order, are left to partial_sums.wgsl.

struct Shape {
    inputs: i32,
    outputs: i32,
    size_x: i32,
    size_y: i32,
    size_z: i32,
    columns: i32, // batch · size_y · size_z
    parts: i32,
    padding: i32,
}

@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [batch, inputs, x, y, z]
@group(0) @binding(1) var<storage, read_write> g: array<f32>; // [batch, outputs, x, y, z]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // [outputs · inputs · 27 + outputs, parts]
@group(0) @binding(3) var<uniform> shape: Shape;

fn wrap(i: i32, size: i32) -> i32 {
    return select(select(i, i - size, i >= size), i + size, i < 0);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
    let part = i32(group.x) * 64 + i32(lane);
    if part >= shape.parts {
        return;
    }
    let output = i32(group.y) * $OUTPUTS;
    let input = i32(group.z);
    let plane = shape.size_y * shape.size_z;
    let volume = shape.size_x * plane;

    var sum: array<f32, $OUTPUTS * 27>;
    var bias: array<f32, $OUTPUTS>;
#for o in 0..OUTPUTS
    let channel$o = min(output + $o, shape.outputs - 1) * volume;
    bias[$o] = 0.0;
#for tap in 0..27
    sum[$o * 27 + $tap] = 0.0;
#end
#end
    for (var column = part; column < shape.columns; column += shape.parts) {
        let at_z = column % shape.size_z;
        let at_y = column / shape.size_z % shape.size_y;
        let sample = column / plane;
        let channel = (sample * shape.inputs + input) * volume;
        let gradients = sample * shape.outputs * volume + at_y * shape.size_z + at_z;
        var before: array<f32, 9>;
        var here: array<f32, 9>;
        var after: array<f32, 9>;
#for t in 0..9
        let row$t = channel + wrap(at_y + $t / 3 - 1, shape.size_y) * shape.size_z + wrap(at_z + $t % 3 - 1, shape.size_z);
        here[$t] = x[row$t + volume - plane];
        after[$t] = x[row$t];
#end
        for (var at_x = 0; at_x < shape.size_x; at_x++) {
            let next = wrap(at_x + 1, shape.size_x) * plane;
#for t in 0..9
            before[$t] = here[$t];
            here[$t] = after[$t];
            after[$t] = x[row$t + next];
#end
#for o in 0..OUTPUTS
            let g$o = g[gradients + channel$o + at_x * plane];
            bias[$o] += g$o;
#for t in 0..9
            sum[$o * 27 + $t] = fma(g$o, before[$t], sum[$o * 27 + $t]);
            sum[$o * 27 + 9 + $t] = fma(g$o, here[$t], sum[$o * 27 + 9 + $t]);
            sum[$o * 27 + 18 + $t] = fma(g$o, after[$t], sum[$o * 27 + 18 + $t]);
#end
#end
        }
    }

#for o in 0..OUTPUTS
    if output + $o < shape.outputs {
        let first = ((output + $o) * shape.inputs + input) * 27;
#for tap in 0..27
        sums[(first + $tap) * shape.parts + part] = sum[$o * 27 + $tap];
#end
        if input == 0 {
            let row = 27 * shape.outputs * shape.inputs + output + $o;
            sums[row * shape.parts + part] = bias[$o];
        }
    }
#end
}
