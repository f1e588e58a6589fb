// What the kernels of a gated recurrent unit with C channels share: a has the channels of r, u, n, while h and the gates
// have those of r, u. All tensors are [batch, channel, node].

struct Shape {
    part: i32, // numbers in the C channels of a sample
    total: i32, // in those of all samples
    groups: i32, // workgroups along the first axis of the dispatch
    padding: i32,
}

// Which of the C channels' numbers, over all samples, an invocation is to compute.
fn number(group: vec3u, lane: u32, groups: i32) -> i32 {
    return (i32(group.y) * groups + i32(group.x)) * 64 + i32(lane);
}
