// From the gradients g of H' and g_q of q = r ⊙ H, those with respect to a, h and H (where H enters directly):
//
//     g_r = g_q ⊙ H ⊙ r ⊙ (1 − r)     g_u = g ⊙ (H − n) ⊙ u ⊙ (1 − u)     g_n = g ⊙ (1 − u) ⊙ (1 − n²)
//     g_a = [g_r, g_u, g_n]           g_h = [g_r, g_u]                    g_H = g ⊙ u + g_q ⊙ r
//
// g_n is computed again rather than read: a ninth buffer is more than some devices bind.

@group(0) @binding(0) var<storage, read_write> gates: array<f32>;
@group(0) @binding(1) var<storage, read_write> n: array<f32>;
@group(0) @binding(2) var<storage, read_write> memory: array<f32>;
@group(0) @binding(3) var<storage, read_write> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> g_q: array<f32>;
@group(0) @binding(5) var<storage, read_write> g_a: array<f32>;
@group(0) @binding(6) var<storage, read_write> g_h: array<f32>;
@group(0) @binding(7) var<storage, read_write> g_memory: array<f32>;
@group(0) @binding(8) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
    let i = number(group, lane, shape);
    if i >= shape.total {
        return;
    }
    let sample = i / shape.part * shape.part; // where its C channels begin
    let in_a = i + 2 * sample;
    let in_gates = i + sample;
    let r = gates[in_gates];
    let u = gates[in_gates + shape.part];
    let g_r = g_q[i] * memory[i] * r * (1.0 - r);
    let g_u = g[i] * (memory[i] - n[i]) * u * (1.0 - u);
    g_a[in_a] = g_r;
    g_a[in_a + shape.part] = g_u;
    g_a[in_a + 2 * shape.part] = g[i] * (1.0 - u) * (1.0 - n[i] * n[i]);
    g_h[in_gates] = g_r;
    g_h[in_gates + shape.part] = g_u;
    g_memory[i] = fma(g[i], u, g_q[i] * r);
}
