// One number per vertex of a surface φ = level. Comes after grid.wgsl and profile.wgsl.
//
// With the profile p = artanh φ, which is linear across an interface and has the same level surfaces as φ, and q that
// of the other field ψ:
//
//     mean curvature   ∇·n = (n·Hn − tr H) / |∇p|,  n = −∇p / |∇p|,  H the Hessian of p
//     difference       |tanh q − tanh p|
//     distance         (q − p) / |∇p|
//     other            tanh q

struct Parameters {
    own: vec3u, // nodes of the field
    spacing: f32, // distance of its nodes in grid units
    other: vec3u, // nodes of the other field
    quantity: u32,
    nodes: vec3f, // nodes of the surface
    vertices: u32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(3) var<storage, read> vertices: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> values: array<f32>;

const MEAN_CURVATURE = 0u;
const DIFFERENCE = 1u;
const OTHER = 3u;
const NO_VALUE = 3e38;

fn nodes_of(other: bool) -> vec3u {
    return select(parameters.own, parameters.other, vec3<bool>(other));
}

// The difference quotients of the profile at a node, per distance of nodes.
struct Derivatives {
    gradient: vec3f,
    pure: vec3f, // xx, yy, zz
    mixed: vec3f, // yz, zx, xy
}

fn derivatives_at(node: vec3i) -> Derivatives {
    var d: Derivatives;
    for (var i = 0; i < 27; i++) {
        let offset = vec3i(i / 9, i / 3 % 3, i % 3) - 1;
        let p = profile_at_node(false, node + offset);
        let o = vec3f(offset);
        // Averages across, [1 2 1] / 4 along each of the other axes, as Sobel's operator takes them.
        let near = (2.0 - abs(o)) / 4.0;
        let second = 3.0 * abs(o) - 2.0;
        d.gradient += 0.5 * o * near.yzx * near.zxy * p;
        d.pure += second * near.yzx * near.zxy * p;
        d.mixed += 0.25 * o.yzx * o.zxy * near * p;
    }
    return d;
}

fn derivatives(place: vec3f) -> Derivatives {
    let position = place * vec3f(parameters.own);
    let node = vec3i(position);
    let along = position - vec3f(node);
    var sum: Derivatives;
    for (var i = 0; i < 8; i++) {
        let corner = vec3i(i & 1, (i >> 1u) & 1, i >> 2u);
        let weights = select(1.0 - along, along, corner == vec3i(1));
        let weight = weights.x * weights.y * weights.z;
        // A vertex lies on an edge: most corners do not count.
        if weight < 1e-4 {
            continue;
        }
        let d = derivatives_at(node + corner);
        sum.gradient += weight * d.gradient;
        sum.pure += weight * d.pure;
        sum.mixed += weight * d.mixed;
    }
    return sum;
}

fn curvature(place: vec3f) -> f32 {
    let d = derivatives(place);
    let slope = max(length(d.gradient), 1e-6);
    let n = -d.gradient / slope;
    let along = dot(d.pure, n * n) + 2.0 * dot(d.mixed, n.yzx * n.zxy);
    return (along - d.pure.x - d.pure.y - d.pure.z) / (slope * parameters.spacing);
}

// As in the shader of surfaces: only caps lie in a face and have its normal, which a component of ±1, or the fold of
// an octahedron, encodes.
fn is_cap(at: vec3f, packed: u32) -> bool {
    let flat = unpack2x16snorm(packed);
    let z = 1.0 - abs(flat.x) - abs(flat.y);
    let fold = max(-z, 0.0);
    let normal = normalize(vec3f(flat - fold * select(vec2f(-1.0), vec2f(1.0), flat >= vec2f(0.0)), z));
    return any(((at <= vec3f(0.0)) | (at >= parameters.nodes)) & (abs(normal) > vec3f(0.99999)));
}

@compute @workgroup_size(64)
fn find(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.y * groups.x * 64u + id.x;
    if i >= parameters.vertices {
        return;
    }
    let at = bitcast<vec3f>(vertices[i].xyz);
    let place = at / parameters.nodes;
    let cap = is_cap(at, vertices[i].w);
    var value = NO_VALUE;
    if parameters.quantity == DIFFERENCE {
        value = abs(tanh(profile_at(true, place)) - tanh(profile_at(false, place)));
    } else if parameters.quantity == OTHER {
        value = tanh(profile_at(true, place));
    } else if !cap && parameters.quantity == MEAN_CURVATURE {
        value = curvature(place);
    } else if !cap {
        let slope = length(derivatives(place).gradient) / parameters.spacing;
        value = (profile_at(true, place) - profile_at(false, place)) / max(slope, 1e-6);
    }
    values[i] = value;
}
