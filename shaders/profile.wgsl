// The profile artanh φ of one or two fields between their nodes. Comes after grid.wgsl; what it is put before says how
// many nodes the fields have:
//
//     fn nodes_of(other: bool) -> vec3u

@group(0) @binding(1) var<storage, read> own_profile: array<f32>;
@group(0) @binding(2) var<storage, read> other_profile: array<f32>;

fn profile_at_node(other: bool, node: vec3i) -> f32 {
    let i = periodic(node, nodes_of(other));
    if other {
        return other_profile[i];
    }
    return own_profile[i];
}

// Interpolates trilinearly at a place in sides of the box, from 0 to 1 along each axis.
fn profile_at(other: bool, place: vec3f) -> f32 {
    let position = saturate(place) * vec3f(nodes_of(other));
    let node = vec3i(position);
    let along = position - vec3f(node);
    var sum = vec4f();
    for (var i = 0; i < 4; i++) {
        let start = node + vec3i(i & 1, i >> 1u, 0);
        sum[i] = mix(profile_at_node(other, start), profile_at_node(other, start + vec3i(0, 0, 1)), along.z);
    }
    return mix(mix(sum.x, sum.y, along.x), mix(sum.z, sum.w, along.x), along.y);
}

// The gradient per side of the box, and the profile.
fn profile_and_gradient(other: bool, place: vec3f) -> vec4f {
    let nodes = vec3f(nodes_of(other));
    let position = saturate(place) * nodes;
    let node = vec3i(position);
    let along = position - vec3f(node);
    // Along z, then y: each with its slopes across.
    var rows: array<vec2f, 4>;
    for (var i = 0; i < 4; i++) {
        let start = node + vec3i(i >> 1u, i & 1, 0);
        let low = profile_at_node(other, start);
        let high = profile_at_node(other, start + vec3i(0, 0, 1));
        rows[i] = vec2f(mix(low, high, along.z), high - low);
    }
    let near = mix(rows[0], rows[1], along.y);
    let far = mix(rows[2], rows[3], along.y);
    let across_y = mix(rows[1].x - rows[0].x, rows[3].x - rows[2].x, along.x);
    let both = mix(near, far, along.x);
    return vec4f(vec3f(far.x - near.x, across_y, both.y) * nodes, both.x);
}
