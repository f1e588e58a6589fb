// The last sum of the weight gradients: over the parts of each weight and each bias, in their order.

struct Shape {
    weights: i32,
    biases: i32,
    parts: i32,
    padding: i32,
}

@group(0) @binding(0) var<storage, read_write> sums: array<f32>; // [weights + biases, parts]
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let row = i32(id.x);
    if row >= shape.weights + shape.biases {
        return;
    }
    var sum = 0.0;
    for (var part = 0; part < shape.parts; part++) {
        sum += sums[row * shape.parts + part];
    }
    if row < shape.weights {
        weight[row] = sum;
    } else {
        bias[row - shape.weights] = sum;
    }
}
