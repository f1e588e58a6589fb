// Sums over two fields at one moment: φ of the solver on N³ nodes, ψ of the network on (N/r)³, nodes aligned.
//
//     on the solver's grid, ψ interpolated trilinearly:   Σ(ψ − φ)²   Σ|∇φ|²   Σφ
//     on the network's grid, φ sampled:                    Σ(ψ − φ)²   Σf[φ]    Σf[ψ]   Σψ
//
// with f = ε/8 |∇φ|² + 9/(8ε) (1 − φ²)² and forward differences in all gradients.
// Every workgroup writes its own share; the shares are added in f64 on the CPU.

struct Parameters {
    size: u32, // N
    coarse_size: u32, // N/r
    gradient: f32, // ε/(8r²)
    potential: f32, // 9/(8ε)
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> solver: array<f32>;
@group(0) @binding(2) var<storage, read> network: array<f32>;
@group(0) @binding(3) var<storage, read_write> shares: array<Sums>;

struct Sums {
    distance: f32,
    gradient: f32,
    solver: f32,
    coarse_distance: f32,
    energy_solver: f32,
    energy_network: f32,
    network: f32,
}

const THREADS = 256u;

var<workgroup> sums: array<Sums, THREADS>;

fn unravel(i: u32, size: u32) -> vec3u {
    return vec3u(i / (size * size), i / size % size, i % size);
}

fn flat(at: vec3u, size: u32) -> u32 {
    return (at.x * size + at.y) * size + at.z;
}

// φ at a node of the solver's grid; nodes count modulo the box.
fn phi(at: vec3u) -> f32 {
    return solver[flat(at % parameters.size, parameters.size)];
}

fn psi(at: vec3u) -> f32 {
    return network[flat(at % parameters.coarse_size, parameters.coarse_size)];
}

// ψ at a node of the solver's grid.
fn interpolated(at: vec3u) -> f32 {
    let step = parameters.size / parameters.coarse_size;
    let low = at / step;
    let t = vec3f(at % step) / f32(step);
    var x: array<f32, 2>;
    for (var i = 0u; i < 2u; i++) {
        var y: array<f32, 2>;
        for (var j = 0u; j < 2u; j++) {
            y[j] = mix(psi(low + vec3u(i, j, 0u)), psi(low + vec3u(i, j, 1u)), t.z);
        }
        x[i] = mix(y[0], y[1], t.y);
    }
    return mix(x[0], x[1], t.x);
}

// The next values of φ along each axis, `step` nodes further.
fn next_phi(at: vec3u, step: u32) -> vec3f {
    return vec3f(phi(at + vec3u(step, 0u, 0u)), phi(at + vec3u(0u, step, 0u)), phi(at + vec3u(0u, 0u, step)));
}

fn next_psi(at: vec3u) -> vec3f {
    return vec3f(psi(at + vec3u(1u, 0u, 0u)), psi(at + vec3u(0u, 1u, 0u)), psi(at + vec3u(0u, 0u, 1u)));
}

// Energy density of a node with value `here` and the next values along each axis.
fn energy(here: f32, next: vec3f) -> f32 {
    let slope = next - here;
    let well = 1.0 - here * here;
    return parameters.gradient * dot(slope, slope) + parameters.potential * well * well;
}

fn add_fine(sum: ptr<function, Sums>, at: vec3u) {
    let here = phi(at);
    let distance = interpolated(at) - here;
    (*sum).distance += distance * distance;
    let slope = next_phi(at, 1u) - here;
    (*sum).gradient += dot(slope, slope);
    (*sum).solver += here;
}

fn add_coarse(sum: ptr<function, Sums>, at: vec3u) {
    let step = parameters.size / parameters.coarse_size;
    let fine = at * step;
    let here = phi(fine);
    let network_here = psi(at);
    let distance = network_here - here;
    (*sum).coarse_distance += distance * distance;
    (*sum).energy_solver += energy(here, next_phi(fine, step));
    (*sum).energy_network += energy(network_here, next_psi(at));
    (*sum).network += network_here;
}

fn added(a: Sums, b: Sums) -> Sums {
    return Sums(
        a.distance + b.distance,
        a.gradient + b.gradient,
        a.solver + b.solver,
        a.coarse_distance + b.coarse_distance,
        a.energy_solver + b.energy_solver,
        a.energy_network + b.energy_network,
        a.network + b.network,
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
    let n = parameters.size;
    let m = parameters.coarse_size;
    var sum = Sums();
    for (var i = first; i < n * n * n; i += stride) {
        add_fine(&sum, unravel(i, n));
    }
    for (var i = first; i < m * m * m; i += stride) {
        add_coarse(&sum, unravel(i, m));
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
