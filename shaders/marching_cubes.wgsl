// The surface φ = level of a periodic field as a list of triangles.
//
// Open: the cells of the box, node n being node 0. Closed: one layer of cells of zero thickness more on
// every face, whose outer nodes (−1 and n+1) lie on the face and are below the level, so that the region
// φ > level ends in flat caps. Triangles turn counter-clockwise seen from φ < level. A node exactly at the level
// counts as below it.
//
// `count` adds up the triangles of all cells. `emit` computes them again and writes them, unless there are more
// than fit: then it leaves everything as it was.

struct Parameters {
    shape: vec3u,
    closed: u32,
    level: f32,
    capacity: u32, // triangles
}

struct Counters {
    total: atomic<u32>,
    written: atomic<u32>,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> field: array<f32>;
// Per case 16 bytes: up to 15 edges, three per triangle, and last the number of triangles.
@group(0) @binding(2) var<uniform> cases: array<vec4u, 256>;
@group(0) @binding(3) var<storage, read_write> counters: Counters;
// Position in units of the spacing, and the normal in octahedral coordinates (2 × 16 bits).
@group(0) @binding(4) var<storage, read_write> vertices: array<vec4u>;
// Arguments of an indirect draw: vertices, instances, first vertex, first instance.
@group(0) @binding(5) var<storage, read_write> draw: array<u32, 4>;

// Corner i of a cell, after Bourke.
const CORNERS = array<vec3i, 8>(
    vec3i(0, 0, 0), vec3i(1, 0, 0), vec3i(1, 1, 0), vec3i(0, 1, 0),
    vec3i(0, 0, 1), vec3i(1, 0, 1), vec3i(1, 1, 1), vec3i(0, 1, 1),
);
// Corners that edge i joins, the one with the smaller coordinates first: cells that share an edge
// then find the same point on it, to the last bit.
const EDGES = array<vec2u, 12>(
    vec2u(0, 1), vec2u(1, 2), vec2u(3, 2), vec2u(0, 3), vec2u(4, 5), vec2u(5, 6),
    vec2u(7, 6), vec2u(4, 7), vec2u(0, 4), vec2u(1, 5), vec2u(2, 6), vec2u(3, 7),
);

var<workgroup> group_total: atomic<u32>;
var<workgroup> group_start: u32;

// First node of this thread's cell; z, the contiguous axis, varies fastest between threads.
fn cell_of(id: vec3u) -> vec3i {
    return vec3i(id.zyx) - i32(parameters.closed);
}

fn inside_sweep(cell: vec3i) -> bool {
    return all(cell < vec3i(parameters.shape + parameters.closed));
}

fn value(node: vec3i) -> f32 {
    if any(node < vec3i(0)) || any(node > vec3i(parameters.shape)) {
        return parameters.level - 1.0;
    }
    return field[periodic(node, parameters.shape)];
}

fn position(node: vec3i) -> vec3f {
    return vec3f(clamp(node, vec3i(0), vec3i(parameters.shape)));
}

// Direction of the gradient by Sobel's operator: central differences, smoothed across.
fn gradient(node: vec3i) -> vec3f {
    var sum = vec3f(0.0);
    for (var i = 0; i < 27; i++) {
        let offset = vec3i(i / 9, i / 3 % 3, i % 3) - 1;
        let near = 2.0 - vec3f(abs(offset));
        sum += vec3f(offset) * near.yzx * near.zxy * field[periodic(node + offset, parameters.shape)];
    }
    return sum;
}

// Bit i is set where corner i lies above the level.
fn case_of(cell: vec3i) -> u32 {
    var index = 0u;
    for (var i = 0u; i < 8u; i++) {
        index |= select(0u, 1u << i, value(cell + CORNERS[i]) > parameters.level);
    }
    return index;
}

fn triangles_of(case_index: u32) -> u32 {
    return cases[case_index].w >> 24u;
}

// The edge on which vertex i of a case's triangles lies. The table turns clockwise seen from below the level.
fn edge_of(case_index: u32, i: u32) -> u32 {
    let reversed = i + 2u - 2u * (i % 3u);
    return (cases[case_index][reversed / 4u] >> (8u * (reversed % 4u))) & 0xffu;
}

// Outward normal of the face that a cell caps; zero for the cells of the box.
fn cap_normal(cell: vec3i) -> vec3f {
    let outward = select(select(vec3f(0.0), vec3f(1.0), cell >= vec3i(parameters.shape)), vec3f(-1.0), cell < vec3i(0));
    // Outside of several faces, the first axis counts.
    let first = vec3<bool>(true, outward.x == 0.0, outward.x == 0.0 && outward.y == 0.0);
    return select(vec3f(0.0), outward, first);
}

// Unit vector → octahedron → square, 16 bits per coordinate.
fn encode(normal: vec3f) -> u32 {
    let flat = normal.xy / (abs(normal.x) + abs(normal.y) + abs(normal.z));
    let folded = (1.0 - abs(flat.yx)) * select(vec2f(-1.0), vec2f(1.0), flat >= vec2f(0.0));
    return pack2x16snorm(select(folded, flat, normal.z >= 0.0));
}

fn vertex(cell: vec3i, edge: u32, cap: vec3f) -> vec4u {
    let low = cell + CORNERS[EDGES[edge].x];
    let high = cell + CORNERS[EDGES[edge].y];
    let start = value(low);
    let t = saturate((parameters.level - start) / (value(high) - start));
    let at = position(low) + t * (position(high) - position(low));
    var normal = cap;
    if all(cap == vec3f(0.0)) {
        normal = -mix(gradient(low), gradient(high), t);
        let length = length(normal);
        normal = select(vec3f(0.0, 0.0, 1.0), normal / length, length > 0.0);
    }
    return vec4u(bitcast<vec3u>(at), encode(normal));
}

@compute @workgroup_size(16, 4, 4)
fn count(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) thread: u32) {
    if thread == 0u {
        atomicStore(&group_total, 0u);
    }
    workgroupBarrier();
    let cell = cell_of(id);
    if inside_sweep(cell) {
        let triangles = triangles_of(case_of(cell));
        if triangles > 0u {
            atomicAdd(&group_total, triangles);
        }
    }
    workgroupBarrier();
    if thread == 0u {
        atomicAdd(&counters.total, atomicLoad(&group_total));
    }
}

@compute @workgroup_size(16, 4, 4)
fn emit(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) thread: u32) {
    if thread == 0u {
        atomicStore(&group_total, 0u);
    }
    workgroupBarrier();
    let total = atomicLoad(&counters.total);
    let fits = total <= parameters.capacity;
    if fits && all(id == vec3u(0u)) {
        draw[0] = 3u * total;
    }

    let cell = cell_of(id);
    var case_index = 0u;
    if fits && inside_sweep(cell) {
        case_index = case_of(cell);
    }
    let triangles = triangles_of(case_index);
    var start = 0u;
    if triangles > 0u {
        start = atomicAdd(&group_total, triangles);
    }
    workgroupBarrier();
    if thread == 0u {
        group_start = atomicAdd(&counters.written, atomicLoad(&group_total));
    }
    workgroupBarrier();

    let cap = cap_normal(cell);
    let first = 3u * (group_start + start);
    for (var i = 0u; i < 3u * triangles; i++) {
        vertices[first + i] = vertex(cell, edge_of(case_index, i), cap);
    }
}
