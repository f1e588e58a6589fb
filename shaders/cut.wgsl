// A plane across one axis of the box, unlit: its colours are those of a legend. Comes after view.wgsl and slice.wgsl.

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
    // A trifle nearer than the caps of a face that it lies in.
    out.clip.z *= 1.0005;
    return out;
}

@fragment
fn cut_fragment(in: CutVertex) -> @location(0) vec4f {
    let across = vec3f(AXES == vec3u(slice.axis));
    let place = fract(in.position / view.sides);
    let own = profile_and_gradient(false, place);
    var profiles = vec2f(own.w);
    var slope = vec2f(change_per_pixel(in.position, across, own.xyz / view.sides));
    if slice.two > 0u {
        let other = profile_and_gradient(true, place);
        profiles.y = other.w;
        slope.y = change_per_pixel(in.position, across, other.xyz / view.sides);
    }
    let colour = with_lines(plane_colour(profiles), profiles, slope);

    // It is outlined along its edges; along its own axis there are none.
    let inward = pixels_inward(in.position, across) + 1e6 * across;
    let edge = line_cover(min(inward.x, min(inward.y, inward.z)), view.line_width);
    return vec4f(encode(mix(colour, view.ground.line, 0.8 * edge)), style.opacity);
}
