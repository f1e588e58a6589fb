// One forward Euler step of the Cahn–Hilliard equation on a periodic grid of n³ nodes,
//
//     μ  = 18/ε (φ³ − φ) − ε ∇²φ
//     φ' = φ + Δt M ∇²μ
//
// with the 7-point Laplacian of spacing 1. A workgroup updates a cube of TILE³ nodes: it loads φ with a
// halo of two nodes, computes μ with a halo of one, and writes φ'.
//
// Near rest a step is smaller than the last digit of φ in the phases, and would be lost in the addition. What
// the last addition lost is therefore added to the next step (Kahan, Commun. ACM 8, 40, 1965): the change
// that was meant, less the one from the φ before to φ. Both fields are read from memory, where no compiler
// that takes liberties with floating point (Metal's does by default) can cancel the difference.

struct Parameters {
    size: u32,
    potential: f32, // 18/ε
    epsilon: f32,
    rate: f32, // Δt M
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> before: array<f32>;
// Holds the field of one step earlier until it is overwritten.
@group(0) @binding(2) var<storage, read_write> after: array<f32>;
// The change of φ that the last step meant.
@group(0) @binding(3) var<storage, read_write> meant: array<f32>;

const TILE = 8u;
const PHI = 12u; // TILE and a halo of 2 on either side
const MU = 10u; // TILE and a halo of 1
const THREADS = 256u;

var<workgroup> phi: array<f32, 1728>; // PHI³
var<workgroup> mu: array<f32, 1000>; // MU³

// Node i of a cube with `side` nodes per axis, z fastest.
fn unravel(i: u32, side: u32) -> vec3u {
    return vec3u(i / (side * side), i / side % side, i % side);
}

fn flat(at: vec3u, side: u32) -> u32 {
    return (at.x * side + at.y) * side + at.z;
}

// Flat index of a node that may lie up to one box outside. Nodes further out belong to the part of a
// tile that overhangs the box and are never used: they are only kept within the array.
fn periodic(at: vec3i) -> u32 {
    let n = vec3i(i32(parameters.size));
    let inside = select(select(at, at - n, at >= n), at + n, at < vec3i(0));
    return flat(vec3u(min(inside, n - 1)), parameters.size);
}

@compute @workgroup_size(THREADS)
fn step(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) thread: u32) {
    // The z axis is contiguous, so neighbouring workgroups (x first) share rows along it.
    let origin = tile.zyx * TILE;

    for (var i = thread; i < PHI * PHI * PHI; i += THREADS) {
        phi[i] = before[periodic(vec3i(origin + unravel(i, PHI)) - 2)];
    }
    workgroupBarrier();

    for (var i = thread; i < MU * MU * MU; i += THREADS) {
        let at = flat(unravel(i, MU) + 1u, PHI);
        let p = phi[at];
        let neighbours = (phi[at - 1u] + phi[at + 1u]) + (phi[at - PHI] + phi[at + PHI])
            + (phi[at - PHI * PHI] + phi[at + PHI * PHI]);
        mu[i] = parameters.potential * (p * p * p - p) - parameters.epsilon * (neighbours - 6.0 * p);
    }
    workgroupBarrier();

    for (var i = thread; i < TILE * TILE * TILE; i += THREADS) {
        let local = unravel(i, TILE);
        let node = origin + local;
        if any(node >= vec3u(parameters.size)) {
            continue;
        }
        let at = flat(local + 1u, MU);
        let neighbours = (mu[at - 1u] + mu[at + 1u]) + (mu[at - MU] + mu[at + MU])
            + (mu[at - MU * MU] + mu[at + MU * MU]);
        let laplacian = neighbours - 6.0 * mu[at];
        let value = phi[flat(local + 2u, PHI)];
        let i = flat(node, parameters.size);
        let lost = meant[i] - (value - after[i]);
        let change = parameters.rate * laplacian + lost;
        meant[i] = change;
        after[i] = value + change;
    }
}
