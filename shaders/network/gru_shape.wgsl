// What the kernels of a gated recurrent unit with C channels share: a has the channels of r, u, n, while h and the
// gates have those of r, u. All tensors are [batch, channel, node].

struct Shape {
    part: i32, // numbers in the C channels of a sample
    total: i32, // in those of all samples
    groups: i32, // workgroups along the first axis of the dispatch
    start: i32, // the first workgroup of this slice
}

// Which of the C channels' numbers, over all samples, an invocation is to compute.
fn number(group: vec3u, lane: u32, shape: Shape) -> i32 {
    return (shape.start + i32(group.y) * shape.groups + i32(group.x)) * 64 + i32(lane);
}
