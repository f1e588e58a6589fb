// [r, u] = σ([a_r, a_u] + h) and q = r ⊙ H.

@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> h: array<f32>;
@group(0) @binding(2) var<storage, read_write> memory: array<f32>;
@group(0) @binding(3) var<storage, read_write> gates: array<f32>;
@group(0) @binding(4) var<storage, read_write> q: array<f32>;
@group(0) @binding(5) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
    let i = number(group, lane, shape);
    if i >= shape.total {
        return;
    }
    let sample = i / shape.part * shape.part; // where its C channels begin
    let in_a = i + 2 * sample;
    let in_gates = i + sample;
    let r = logistic(a[in_a] + h[in_gates]);
    gates[in_gates] = r;
    gates[in_gates + shape.part] = logistic(a[in_a + shape.part] + h[in_gates + shape.part]);
    q[i] = r * memory[i];
}
