// What a view shows: a background, the box, and the surface in it, lit for reading shape. The longest side of the box is 1.
// Comes after backdrop.wgsl.

struct View {
    clip: mat4x4f, // world to clip space
    eye: vec3f,
    unit: f32, // how far light looks: a grid unit
    right: vec3f, // camera axes; `back` points towards the viewer
    width: f32, // pixels
    up: vec3f,
    height: f32,
    back: vec3f,
    distance: f32, // from eye to the centre of the box
    outside: vec3f, // colour of the surface seen from φ < 0
    scale: f32, // distance of the surface's nodes
    inside: vec3f, // colour seen from φ > 0
    cap: vec3f, // colour of the flat caps
    nodes: vec3f, // nodes of the surface's grid along each axis
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var occupancy: texture_3d<f32>;
@group(0) @binding(2) var occupancy_sampler: sampler;

fn sides() -> vec3f {
    return view.nodes * view.scale;
}

fn background(pixel: vec2f) -> vec3f {
    return backdrop(pixel, view.height);
}

@fragment
fn background_fragment(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
    return vec4f(encode(background(pixel.xy)), 1.0);
}


struct LineVertex {
    @builtin(position) clip: vec4f,
    @location(0) @interpolate(linear) across: f32, // pixels from the middle of the line
    @location(1) strength: f32,
}

const AXES = vec3u(0u, 1u, 2u);

// Six vertices per edge: a quad in the image plane, half a pixel wider than the line on either side.
@vertex
fn box_vertex(@builtin(vertex_index) i: u32, @builtin(instance_index) edge: u32) -> LineVertex {
    let axis = edge / 4u;
    // By masks: a component chosen at run time cannot be assigned to under Direct3D's older compiler.
    let one = AXES == vec3u((axis + 1u) % 3u) & vec3<bool>((edge & 1u) == 1u);
    let other = AXES == vec3u((axis + 2u) % 3u) & vec3<bool>(((edge >> 1u) & 1u) == 1u);
    let start = select(vec3f(0.0), sides(), one | other);
    let end = select(start, sides(), AXES == vec3u(axis));

    let ends = array<vec4f, 2>(view.clip * vec4f(start, 1.0), view.clip * vec4f(end, 1.0));
    // An end behind the camera is pulled along the edge to just in front of it.
    let near = 0.001 * view.distance;
    var a = ends[0];
    var b = ends[1];
    if a.w < near {
        a = mix(a, b, (near - a.w) / max(b.w - a.w, 1e-6));
    } else if b.w < near {
        b = mix(b, a, (near - b.w) / max(a.w - b.w, 1e-6));
    }
    let half_view = 0.5 * vec2f(view.width, view.height);
    let along = normalize((b.xy / b.w - a.xy / a.w) * half_view + vec2f(1e-6, 0.0));
    let normal = vec2f(-along.y, along.x);

    let which = array<u32, 6>(0u, 1u, 2u, 2u, 1u, 3u)[i];
    let side = select(-1.0, 1.0, (which & 1u) == 1u) * (0.5 * LINE_WIDTH + 1.0);
    let at = select(a, b, which >= 2u);
    var out: LineVertex;
    // A trifle nearer than the caps that end on the line.
    out.clip = vec4f(at.xy + normal * side / half_view * at.w, 1.003 * at.z, at.w);
    out.across = side;
    // The edges in front of everything are drawn faintly.
    let upper = vec2u(edge & 1u, (edge >> 1u) & 1u);
    let eye = vec2f(view.eye[(axis + 1u) % 3u], view.eye[(axis + 2u) % 3u]);
    let whole = sides();
    let far = vec2f(whole[(axis + 1u) % 3u], whole[(axis + 2u) % 3u]);
    let in_front = all(select(vec2f(0.0) > eye, eye > far, upper == vec2u(1u)));
    out.strength = select(1.0, 0.4, in_front) * select(1.0, 0.0, a.w < near && b.w < near) * depth_cue(at.w);
    return out;
}

@fragment
fn box_fragment(in: LineVertex) -> @location(0) vec4f {
    let coverage = saturate(0.5 * LINE_WIDTH + 0.5 - abs(in.across));
    return vec4f(encode(LINE), coverage * 0.8 * in.strength);
}

// 1 at the front of the box, less towards its back.
fn depth_cue(depth: f32) -> f32 {
    return mix(1.0, 0.55, smoothstep(-0.75, 0.9, depth - view.distance));
}


struct SurfaceVertex {
    @builtin(position) clip: vec4f,
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) cap: f32, // 1 on the caps, 0 elsewhere
}

fn decode(packed: vec2f) -> vec3f {
    let z = 1.0 - abs(packed.x) - abs(packed.y);
    let fold = max(-z, 0.0);
    return normalize(vec3f(packed - fold * select(vec2f(-1.0), vec2f(1.0), packed >= vec2f(0.0)), z));
}

@vertex
fn surface_vertex(@location(0) position: vec3f, @location(1) normal: vec2f) -> SurfaceVertex {
    var out: SurfaceVertex;
    out.position = position * view.scale;
    out.clip = view.clip * vec4f(out.position, 1.0);
    out.normal = decode(normal);
    // Only caps lie in a face and have its normal.
    let on_face = (position <= vec3f(0.0)) | (position >= view.nodes);
    out.cap = select(0.0, 1.0, any(on_face & (abs(out.normal) > vec3f(0.99999))));
    return out;
}

// How much of the neighbourhood of a point the phase in front of the surface leaves dark: the other phase's
// share of it, blurred over 2^(octave + 1) grid units. Beyond the box there is nothing, which begins gently.
fn blocked(at: vec3f, octave: f32, solid: bool) -> f32 {
    let texel = (at + 0.5 * view.scale) / sides();
    let filled = textureSampleLevel(occupancy, occupancy_sampler, texel, octave + log2(view.unit / view.scale)).r;
    let depth = min(at, sides() - at) / (view.unit * exp2(octave));
    let within = saturate(min(depth.x, min(depth.y, depth.z)));
    return within * select(1.0 - filled, filled, solid);
}

// Share of the light from all directions that arrives: looks along the normal, in three distances and blurs. So far
// out that the blur does not reach back to a flat surface, which would show the texels as rings.
fn ambient_light(at: vec3f, normal: vec3f, solid: bool) -> f32 {
    var light = 1.0;
    for (var octave = 0.0; octave < 3.0; octave += 1.0) {
        light -= 0.36 * blocked(at + normal * 2.8 * view.unit * exp2(octave), octave, solid);
    }
    return max(light, 0.0);
}

// Share of the light from one direction that arrives: a cone that widens as it leaves the surface.
fn direct_light(at: vec3f, normal: vec3f, towards: vec3f, solid: bool) -> f32 {
    let start = at + 2.5 * view.unit * normal;
    var light = 1.0;
    for (var octave = 1.0; octave < 3.0; octave += 1.0) {
        let ahead = start + towards * 3.0 * view.unit * exp2(octave);
        light *= 1.0 - 0.7 * smoothstep(0.1, 0.9, blocked(ahead, octave, solid));
    }
    return light;
}

@fragment
fn surface_fragment(in: SurfaceVertex, @builtin(front_facing) front: bool) -> @location(0) vec4f {
    let normal = normalize(select(-in.normal, in.normal, front));
    let to_eye = normalize(view.eye - in.position);
    let capped = in.cap > 0.5;
    let colour = select(view.inside, select(view.outside, view.cap, capped), front);

    // Lights stand by the camera, so that no orbit leads into the dark: key from the upper left, fill from
    // the right.
    let key = normalize(-0.55 * view.right + 0.75 * view.up + 0.62 * view.back);
    let fill = normalize(0.85 * view.right - 0.1 * view.up + 0.45 * view.back);
    let open = ambient_light(in.position, normal, front);
    let sky = mix(vec3f(0.13, 0.12, 0.13), vec3f(0.27, 0.29, 0.33), 0.5 + 0.5 * normal.z);
    let facing = saturate(0.92 * dot(normal, key) + 0.08) * direct_light(in.position, normal, key, front);
    let lit = sky * open
        + vec3f(1.08, 1.02, 0.94) * facing * mix(0.55, 1.0, open)
        + vec3f(0.27, 0.27, 0.28) * saturate(dot(normal, fill)) * open;

    let halfway = normalize(key + to_eye);
    let fresnel = pow(1.0 - saturate(dot(normal, to_eye)), 4.0);
    let gloss = select(1.0, 0.25, capped);
    let specular = gloss * open * (0.20 * facing * pow(saturate(dot(normal, halfway)), 42.0) + 0.10 * fresnel);

    let shaded = colour * lit + vec3f(specular);
    let depth = dot(view.eye - in.position, view.back);
    let cued = mix(background(in.clip.xy), shaded, mix(0.85, 1.0, (depth_cue(depth) - 0.55) / 0.45));
    return vec4f(encode(tone(cued)), 1.0);
}

// Leaves dark and middle tones alone and rolls highlights off below 1.
fn tone(colour: vec3f) -> vec3f {
    let knee = 0.7;
    let over = max(colour - knee, vec3f(0.0));
    return min(colour, vec3f(knee)) + (1.0 - knee) * over / (over + (1.0 - knee));
}
