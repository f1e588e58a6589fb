// Sums over two fields at one moment: φ of the reference, and ψ of a candidate on all or every r-th of its nodes.
//
//     on the reference's nodes, ψ̃ and φ̃ interpolated:    Σ(ψ̃ − φ)²   Σ(φ̃ − φ)²   Σ|∇φ|²   Σf[φ]   Σφ
//     on the candidate's nodes, φ sampled:               Σ(ψ − φ)²   Σf[φ]   Σf[ψ]   Σψ
//
// with the energy density f and forward differences in all gradients, in units of each grid's spacing. Between nodes
// artanh φ is interpolated trilinearly, cut off at |φ| = 0.999, and what is cut off as it is: see `Field::refined`.
// Every workgroup writes its own share; the shares are added in f64 on the processor.

struct Side {
    shape: vec3u,
    @align(16) equation: Equation, // in units of its spacing
}

struct Parameters {
    fine: Side,
    coarse: Side,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> reference: array<f32>;
@group(0) @binding(2) var<storage, read> candidate: array<f32>;
@group(0) @binding(3) var<storage, read_write> shares: array<Sums>;

struct Sums {
    fine: f32,
    floor: f32,
    slope: f32,
    energy: f32,
    mean: f32,
    coarse: f32,
    energy_sampled: f32,
    energy_candidate: f32,
    mean_candidate: f32,
}

const THREADS = 256u;

const PROFILE_LIMIT = 0.999;

var<workgroup> sums: array<Sums, THREADS>;

// φ at a node of the reference's grid; nodes count modulo the box.
fn phi(at: vec3u) -> f32 {
    return reference[flat(at % parameters.fine.shape, parameters.fine.shape)];
}

fn psi(at: vec3u) -> f32 {
    return candidate[flat(at % parameters.coarse.shape, parameters.coarse.shape)];
}

// Nodes of the reference from one node of the candidate to the next, along each axis.
fn steps() -> vec3u {
    return parameters.fine.shape / parameters.coarse.shape;
}

// artanh of φ up to where it is cut off, and what is cut off.
fn profile(value: f32) -> vec2f {
    let within = clamp(value, -PROFILE_LIMIT, PROFILE_LIMIT);
    return vec2f(0.5 * log((1.0 + within) / (1.0 - within)), value - within);
}

// ψ and the sampled φ, interpolated to a node of the reference's grid.
fn interpolated(at: vec3u) -> vec2f {
    let step = steps();
    let low = at / step;
    let t = vec3f(at % step) / vec3f(step);
    var of_candidate = vec2f(0.0);
    var of_sample = vec2f(0.0);
    for (var i = 0u; i < 8u; i++) {
        let corner = vec3u(i >> 2u, (i >> 1u) & 1u, i & 1u);
        let near = select(1.0 - t, t, corner == vec3u(1u));
        let weight = near.x * near.y * near.z;
        // Most corners do not count: nodes of the candidate are nodes of the reference.
        if weight > 0.0 {
            of_candidate += weight * profile(psi(low + corner));
            of_sample += weight * profile(phi((low + corner) * step));
        }
    }
    return vec2f(tanh(of_candidate.x) + of_candidate.y, tanh(of_sample.x) + of_sample.y);
}

// The next values of φ along each axis, some nodes further.
fn next_phi(at: vec3u, step: vec3u) -> vec3f {
    return vec3f(
        phi(at + vec3u(step.x, 0u, 0u)), phi(at + vec3u(0u, step.y, 0u)), phi(at + vec3u(0u, 0u, step.z)),
    );
}

fn next_psi(at: vec3u) -> vec3f {
    return vec3f(psi(at + vec3u(1u, 0u, 0u)), psi(at + vec3u(0u, 1u, 0u)), psi(at + vec3u(0u, 0u, 1u)));
}

fn energy(equation: Equation, here: f32, next: vec3f) -> f32 {
    let slope = next - here;
    return energy_density(equation, here, dot(slope, slope));
}

fn add_fine(sum: ptr<function, Sums>, at: vec3u) {
    let here = phi(at);
    var distance = interpolated(at) - here;
    if all(at % steps() == vec3u(0u)) {
        // A node of both: nothing is interpolated.
        distance = vec2f(psi(at / steps()) - here, 0.0);
    }
    (*sum).fine += distance.x * distance.x;
    (*sum).floor += distance.y * distance.y;
    let next = next_phi(at, vec3u(1u));
    let slope = next - here;
    (*sum).slope += dot(slope, slope);
    (*sum).energy += energy(parameters.fine.equation, here, next);
    (*sum).mean += here;
}

fn add_coarse(sum: ptr<function, Sums>, at: vec3u) {
    let fine = at * steps();
    let here = phi(fine);
    let there = psi(at);
    let distance = there - here;
    (*sum).coarse += distance * distance;
    (*sum).energy_sampled += energy(parameters.coarse.equation, here, next_phi(fine, steps()));
    (*sum).energy_candidate += energy(parameters.coarse.equation, there, next_psi(at));
    (*sum).mean_candidate += there;
}

fn added(a: Sums, b: Sums) -> Sums {
    return Sums(
        a.fine + b.fine,
        a.floor + b.floor,
        a.slope + b.slope,
        a.energy + b.energy,
        a.mean + b.mean,
        a.coarse + b.coarse,
        a.energy_sampled + b.energy_sampled,
        a.energy_candidate + b.energy_candidate,
        a.mean_candidate + b.mean_candidate,
    );
}

@compute @workgroup_size(THREADS)
fn add_up(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let first = group.x * THREADS + thread;
    let stride = groups.x * THREADS;
    let fine = parameters.fine.shape;
    let coarse = parameters.coarse.shape;
    var sum = Sums();
    for (var i = first; i < fine.x * fine.y * fine.z; i += stride) {
        add_fine(&sum, unravel(i, fine));
    }
    for (var i = first; i < coarse.x * coarse.y * coarse.z; i += stride) {
        add_coarse(&sum, unravel(i, coarse));
    }
    sums[thread] = sum;

    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if thread < half {
            sums[thread] = added(sums[thread], sums[thread + half]);
        }
    }
    if thread == 0u {
        shares[group.x] = sums[0];
    }
}
