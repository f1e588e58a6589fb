// A flat field as a picture: both phases in their colours, the interface φ = 0 as a line, and the outline of the box.
// Comes after backdrop.wgsl.

struct Plane {
    start: vec2f, // where the lower left corner of the picture lies, in sides of the box
    step: vec2f, // from one pixel to the next, in sides of the box
    size: vec2f, // pixels
    nodes: vec2u, // along the axis to the right and the axis up
    strides: vec2u, // from one node to the next along them
    samples: u32, // per pixel along each axis
    low: vec3f, // colour of φ ≤ −1
    high: vec3f, // colour of φ ≥ 1
    line: vec3f, // colour of φ = 0
}

@group(0) @binding(0) var<uniform> plane: Plane;
// artanh φ, which is linear across an interface where φ is not.
@group(0) @binding(1) var<storage, read> profile: array<f32>;

const INTERFACE_WIDTH = 1.5; // pixels

fn at_node(node: vec2u) -> f32 {
    let wrapped = node % plane.nodes;
    return profile[dot(wrapped, plane.strides)];
}

// Interpolates linearly between the nodes about a place, in sides of the box from 0 to 1.
fn value_at(place: vec2f) -> f32 {
    let position = place * vec2f(plane.nodes);
    let node = vec2u(max(position, vec2f(0.0)));
    let along = fract(position);
    let below = mix(at_node(node), at_node(node + vec2u(1u, 0u)), along.x);
    let above = mix(at_node(node + vec2u(0u, 1u)), at_node(node + vec2u(1u, 1u)), along.x);
    return mix(below, above, along.y);
}

// Mean colour over a pixel.
fn phases(place: vec2f) -> vec3f {
    var share = 0.0;
    for (var i = 0u; i < plane.samples * plane.samples; i += 1u) {
        let offset = (vec2f(vec2u(i % plane.samples, i / plane.samples)) + 0.5) / f32(plane.samples) - 0.5;
        share += 0.5 + 0.5 * tanh(value_at(fract(place + offset * plane.step)));
    }
    return mix(plane.low, plane.high, share / f32(plane.samples * plane.samples));
}

@fragment
fn plane_fragment(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
    let place = plane.start + vec2f(pixel.x, plane.size.y - pixel.y) * plane.step;
    let here = value_at(fract(place));
    // How many pixels φ = 0 is away, by the slope of the field itself: across the edge of the box places jump.
    let right = value_at(fract(place + vec2f(plane.step.x, 0.0))) - here;
    let up = value_at(fract(place + vec2f(0.0, plane.step.y))) - here;
    let distance = abs(here) / max(length(vec2f(right, up)), 1e-5);
    let interface_cover = saturate(0.5 * INTERFACE_WIDTH + 0.5 - distance);
    let field = mix(phases(place), plane.line, interface_cover);

    // Pixels from the edge of the box, positive inside.
    let inward = min(place, 1.0 - place) / plane.step;
    let depth = min(inward.x, inward.y);
    let edge = saturate(0.5 * LINE_WIDTH + 0.5 - abs(depth)) * 0.8;
    let outside = max(-inward, vec2f(0.0));
    let near = select(0.0, edge, max(outside.x, outside.y) < LINE_WIDTH);
    let ground = backdrop(pixel.xy, plane.size.y);
    return vec4f(encode(mix(mix(ground, field, saturate(depth + 0.5)), LINE, near)), 1.0);
}
