// One forward Euler step of a phase-field equation on a periodic grid,
//
//     μ  = 18/ε (φ³ − φ) − ε ∇²φ
//     φ' = φ + Δt M ∇²μ    if φ is conserved (Cahn–Hilliard)
//     φ' = φ − Δt M μ      otherwise (Allen–Cahn)
//
// with the 7-point Laplacian of spacing 1. A workgroup updates a cube of TILE³ nodes: it loads φ with a
// halo of two nodes, computes μ with a halo of one, and writes φ'.
//
// Near rest a step is smaller than the last digit of φ in the phases, and would be lost in the addition. What
// the last addition lost is therefore added to the next step (Kahan, Commun. ACM 8, 40, 1965): the change
// that was meant, less the one from the φ before to φ. Both fields are read from memory, where no compiler
// that takes liberties with floating point (Metal's does by default) can cancel the difference.

struct Parameters {
    shape: vec3u,
    rate: f32, // Δt M
    equation: Equation,
    conserved: u32,
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

// The cubes of nodes that a workgroup holds.
const PHI_CUBE = vec3u(PHI);
const MU_CUBE = vec3u(MU);

@compute @workgroup_size(THREADS)
fn step(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) thread: u32) {
    // The z axis is contiguous, so neighbouring workgroups (x first) share rows along it.
    let origin = tile.zyx * TILE;

    for (var i = thread; i < PHI * PHI * PHI; i += THREADS) {
        phi[i] = before[periodic(vec3i(origin + unravel(i, PHI_CUBE)) - 2, parameters.shape)];
    }
    workgroupBarrier();

    for (var i = thread; i < MU * MU * MU; i += THREADS) {
        let at = flat(unravel(i, MU_CUBE) + 1u, PHI_CUBE);
        let p = phi[at];
        let neighbours = (phi[at - 1u] + phi[at + 1u]) + (phi[at - PHI] + phi[at + PHI])
            + (phi[at - PHI * PHI] + phi[at + PHI * PHI]);
        mu[i] = chemical_potential(parameters.equation, p, neighbours - 6.0 * p);
    }
    workgroupBarrier();

    for (var i = thread; i < TILE * TILE * TILE; i += THREADS) {
        let local = unravel(i, vec3u(TILE));
        let node = origin + local;
        if any(node >= parameters.shape) {
            continue;
        }
        let at = flat(local + 1u, MU_CUBE);
        let neighbours = (mu[at - 1u] + mu[at + 1u]) + (mu[at - MU] + mu[at + MU])
            + (mu[at - MU * MU] + mu[at + MU * MU]);
        let speed = select(-mu[at], neighbours - 6.0 * mu[at], parameters.conserved == 1u);
        let value = phi[flat(local + 2u, PHI_CUBE)];
        let i = flat(node, parameters.shape);
        let lost = meant[i] - (value - after[i]);
        let change = parameters.rate * speed + lost;
        meant[i] = change;
        after[i] = value + change;
    }
}
