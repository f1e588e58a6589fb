// A plane across one axis of the box, unlit: its colours are those of a legend. Comes after slice.wgsl and view.wgsl.

struct CutVertex {
    @builtin(position) clip: vec4f,
    @location(0) position: vec3f,
}

// Two triangles over what is not cut off.
@vertex
fn cut_vertex(@builtin(vertex_index) i: u32) -> CutVertex {
    let corner = vec2<bool>(i == 1u || i == 2u || i == 4u, i == 2u || i == 4u || i == 5u);
    let one = AXES == vec3u((slice.axis + 1u) % 3u) & vec3<bool>(corner.x);
    let other = AXES == vec3u((slice.axis + 2u) % 3u) & vec3<bool>(corner.y);
    let in_plane = select(view.low, view.high, one | other);
    var out: CutVertex;
    out.position = select(in_plane, vec3f(slice.position), AXES == vec3u(slice.axis));
    out.clip = view.clip * vec4f(out.position, 1.0);
    return out;
}

@fragment
fn cut_fragment(in: CutVertex) -> @location(0) vec4f {
    let profiles = profiles_at(fract(in.position / view.sides));
    let slope = sqrt(dpdx(profiles) * dpdx(profiles) + dpdy(profiles) * dpdy(profiles));
    let colour = with_lines(plane_colour(profiles), profiles, slope);

    // Pixels from the edges of the plane, along which it is outlined; along its own axis there are none.
    let step = max(fwidth(in.position), vec3f(1e-6));
    let inward = select(min(in.position - view.low, view.high - in.position) / step, vec3f(1e6), AXES == vec3u(slice.axis));
    let edge = line_cover(min(inward.x, min(inward.y, inward.z)), view.line_width);
    return vec4f(encode(mix(colour, view.ground.line, 0.8 * edge)), style.opacity);
}
