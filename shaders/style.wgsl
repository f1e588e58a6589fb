// The colours of a surface or a plane.

struct Style {
    outside: vec3f, // of a surface seen from φ < level
    opacity: f32,
    inside: vec3f, // seen from φ > level
    by: u32, // what decides the colour of a plane
    cap: vec3f, // of flat caps
    scale: f32, // distance of a surface's nodes
    nodes: vec3f, // of a surface, along each axis
    range: vec2f, // values at the ends of the map
    map: array<vec4f, 33>,
}

@group(0) @binding(3) var<uniform> style: Style;

const BY_FIELD = 1u;
const BY_DIFFERENCE = 2u;
const BY_OTHER = 3u;

fn mapped(value: f32) -> vec3f {
    let place = 32.0 * saturate((value - style.range.x) / (style.range.y - style.range.x));
    let first = min(u32(place), 31u);
    return mix(style.map[first].rgb, style.map[first + 1u].rgb, place - f32(first));
}
