// Nodes of a periodic box in C order: node (x, y, z) is element (x·ny + y)·nz + z.

fn flat(at: vec3u, shape: vec3u) -> u32 {
    return (at.x * shape.y + at.y) * shape.z + at.z;
}

fn unravel(i: u32, shape: vec3u) -> vec3u {
    return vec3u(i / (shape.y * shape.z), i / shape.z % shape.y, i % shape.z);
}

// Flat index of a node that may lie up to one box outside, or anywhere along an axis with one node. Nodes further out
// are only kept within the array.
fn periodic(at: vec3i, shape: vec3u) -> u32 {
    let n = vec3i(shape);
    let inside = select(select(at, at - n, at >= n), at + n, at < vec3i(0));
    return flat(vec3u(clamp(inside, vec3i(0), n - 1)), shape);
}
