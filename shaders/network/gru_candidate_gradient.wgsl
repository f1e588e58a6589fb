// g_n = g ⊙ (1 − u) ⊙ (1 − n²): the gradient with respect to c, and to a_n, from the gradient g of H'.

@group(0) @binding(0) var<storage, read_write> gates: array<f32>;
@group(0) @binding(1) var<storage, read_write> n: array<f32>;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> g_n: array<f32>;
@group(0) @binding(4) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
    let i = number(group, lane, shape);
    if i >= shape.total {
        return;
    }
    let sample = i / shape.part * shape.part; // where its C channels begin
    g_n[i] = g[i] * (1.0 - gates[i + sample + shape.part]) * (1.0 - n[i] * n[i]);
}
