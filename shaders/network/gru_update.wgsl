// n = tanh(a_n + c) and H' = n + u ⊙ (H − n).

@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;
@group(0) @binding(2) var<storage, read_write> gates: array<f32>;
@group(0) @binding(3) var<storage, read_write> memory: array<f32>;
@group(0) @binding(4) var<storage, read_write> n: array<f32>;
@group(0) @binding(5) var<storage, read_write> next: array<f32>;
@group(0) @binding(6) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
    let i = number(group, lane, shape);
    if i >= shape.total {
        return;
    }
    let sample = i / shape.part * shape.part; // where its C channels begin
    let candidate = accurate_tanh(a[i + 2 * sample + 2 * shape.part] + c[i]);
    n[i] = candidate;
    next[i] = fma(gates[i + sample + shape.part], memory[i] - candidate, candidate);
}
