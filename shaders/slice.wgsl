// The colour of a place on a plane through one or two fields. Comes after grid.wgsl, backdrop.wgsl, style.wgsl and
// profile.wgsl.

struct Slice {
    own: vec3u, // nodes of the field
    two: u32, // whether there is another field
    other: vec3u, // its nodes
    line_width: f32, // pixels
    own_line: vec3f, // colours of the lines φ = 0
    axis: u32, // that the plane stands across
    other_line: vec3f,
    position: f32, // where it crosses that axis
}

@group(0) @binding(4) var<uniform> slice: Slice;

const DARK = vec3f(0.015, 0.015, 0.02);
const LIGHT = vec3f(0.85, 0.85, 0.86);

fn nodes_of(other: bool) -> vec3u {
    return select(slice.own, slice.other, vec3<bool>(other));
}

// The profiles of both fields.
fn profiles_at(place: vec3f) -> vec2f {
    let own = profile_at(false, place);
    if slice.two == 0u {
        return vec2f(own);
    }
    return vec2f(own, profile_at(true, place));
}

fn plane_colour(profiles: vec2f) -> vec3f {
    let phi = tanh(profiles);
    if style.by == BY_FIELD {
        return mapped(phi.x);
    }
    if style.by == BY_DIFFERENCE {
        return mapped(abs(phi.y - phi.x));
    }
    if style.by == BY_OTHER {
        return mapped(phi.y);
    }
    return mix(0.22 * style.inside, style.cap, saturate(0.5 + 0.5 * phi.x));
}

// One line over a colour, `away` pixels from its middle, with a seam that sets it off from the colours of a map.
fn with_line(colour: vec3f, line: vec3f, away: f32, seam: f32) -> vec3f {
    let contrast = select(LIGHT, DARK, dot(line, vec3f(0.2126, 0.7152, 0.0722)) > 0.15);
    let seamed = mix(colour, contrast, seam * line_cover(away, slice.line_width + 2.0));
    return mix(seamed, line, line_cover(away, slice.line_width));
}

// A colour with the lines φ = 0 over it, that of the other field below; `slope` is how much each profile changes per
// pixel.
fn with_lines(colour: vec3f, profiles: vec2f, slope: vec2f) -> vec3f {
    if slice.line_width <= 0.0 {
        return colour;
    }
    let away = abs(profiles) / max(slope, vec2f(1e-5));
    let seam = select(0.0, 0.75, style.by != 0u || slice.two > 0u);
    var lined = colour;
    if slice.two > 0u && style.by != BY_OTHER {
        lined = with_line(lined, slice.other_line, away.y, seam);
    }
    return with_line(lined, slice.own_line, away.x, seam);
}
