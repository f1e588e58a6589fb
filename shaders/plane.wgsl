// A flat field as a picture: its colours, the interface φ = 0 as a line, and the outline of the box. Comes after
// slice.wgsl.

struct Plane {
    start: vec2f, // where the lower left corner of the picture lies, in sides of the box
    step: vec2f, // from one pixel to the next, in sides of the box
    size: vec2f, // pixels
    samples: u32, // per pixel along each axis
    outline: f32, // width of the outline, pixels
    ground: Ground,
}

@group(0) @binding(0) var<uniform> plane: Plane;

// Profiles at a place in the plane, which may lie beyond the box.
fn flat_profiles(place: vec2f) -> vec2f {
    let within = fract(place);
    let axes = vec3<bool>(slice.axis == 0u, slice.axis == 1u, slice.axis == 2u);
    let first = select(within.x, 0.0, axes.x);
    let second = select(select(within.y, within.x, axes.x), 0.0, axes.y);
    return profiles_at(vec3f(first, second, select(within.y, 0.0, axes.z)));
}

// Mean colour over a pixel.
fn mean_colour(place: vec2f) -> vec3f {
    var sum = vec3f(0.0);
    for (var i = 0u; i < plane.samples * plane.samples; i += 1u) {
        let offset = (vec2f(vec2u(i % plane.samples, i / plane.samples)) + 0.5) / f32(plane.samples) - 0.5;
        sum += plane_colour(flat_profiles(place + offset * plane.step));
    }
    return sum / f32(plane.samples * plane.samples);
}

@fragment
fn plane_fragment(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
    let place = plane.start + vec2f(pixel.x, plane.size.y - pixel.y) * plane.step;
    let here = flat_profiles(place);
    // By the slopes of the fields themselves: across the edge of the box places jump.
    let right = flat_profiles(place + vec2f(plane.step.x, 0.0)) - here;
    let up = flat_profiles(place + vec2f(0.0, plane.step.y)) - here;
    let field = with_lines(mean_colour(place), here, sqrt(right * right + up * up));

    // Pixels from the edge of the box, positive inside.
    let inward = min(place, 1.0 - place) / plane.step;
    let depth = min(inward.x, inward.y);
    let outside = max(-inward, vec2f(0.0));
    let edge = select(0.0, 0.8 * line_cover(depth, plane.outline), max(outside.x, outside.y) < plane.outline + 1.0);
    let ground = backdrop(plane.ground, pixel.xy, plane.size.y);
    let colour = mix(vec4f(ground.rgb, ground.a), vec4f(field, 1.0), saturate(depth + 0.5));
    return vec4f(encode(mix(colour.rgb, plane.ground.line, edge)), mix(colour.a, 1.0, edge));
}
