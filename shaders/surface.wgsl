// Surfaces in their boxes, lit for reading shape. Comes after backdrop.wgsl, view.wgsl and style.wgsl.

// Whether vertices have values of their own, to be coloured by.
override VALUED: bool = false;
// Whether anything is cut off.
override CLIPPED: bool = false;

@group(0) @binding(1) var occupancy: texture_3d<f32>;
@group(0) @binding(2) var occupancy_sampler: sampler;

const NO_VALUE = 1e38; // or more
const NEUTRAL = vec3f(0.25, 0.255, 0.265);

struct SurfaceVertex {
    @builtin(position) @invariant clip: vec4f,
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) cap: f32, // 1 on the caps, 0 elsewhere
    @location(3) value: f32,
}

fn decode(packed: vec2f) -> vec3f {
    let z = 1.0 - abs(packed.x) - abs(packed.y);
    let fold = max(-z, 0.0);
    return normalize(vec3f(packed - fold * select(vec2f(-1.0), vec2f(1.0), packed >= vec2f(0.0)), z));
}

// One instance per box; `position` in nodes.
fn place(position: vec3f, normal: vec2f, value: f32, instance: u32) -> SurfaceVertex {
    let boxes = vec3u(view.boxes);
    let number = vec3u(instance % boxes.x, instance / boxes.x % boxes.y, instance / (boxes.x * boxes.y));
    var out: SurfaceVertex;
    out.position = position * style.scale + vec3f(number) * view.sides;
    out.clip = view.clip * vec4f(out.position, 1.0);
    out.normal = decode(normal);
    out.value = value;
    // Only caps lie in a face and have its normal.
    let lower = position <= vec3f(0.0);
    let upper = position >= style.nodes;
    let facing = abs(out.normal) > vec3f(0.99999);
    out.cap = select(0.0, 1.0, any((lower | upper) & facing));
    // A translucent cap lies in the face of an opaque one, and over it.
    if out.cap > 0.5 && style.opacity < 1.0 {
        out.clip.z *= 1.0005;
    }
    // Caps between two boxes, seen by nobody unless something is cut off, become points.
    let inner = (lower & number > vec3u(0u)) | (upper & number + 1u < boxes);
    if any(inner & facing) {
        out.clip = vec4f(2.0, 2.0, 0.5, 1.0);
    }
    return out;
}

@vertex
fn surface_vertex(
    @location(0) position: vec3f,
    @location(1) normal: vec2f,
    @builtin(instance_index) instance: u32,
) -> SurfaceVertex {
    return place(position, normal, 0.0, instance);
}

@vertex
fn valued_vertex(
    @location(0) position: vec3f,
    @location(1) normal: vec2f,
    @location(2) value: f32,
    @builtin(instance_index) instance: u32,
) -> SurfaceVertex {
    return place(position, normal, value, instance);
}

// How much of the neighbourhood of a point the phase in front of the surface leaves dark: the other phase's
// share of it, blurred over 2^(octave + 1) grid units. Beyond the box there is nothing, which begins gently.
fn blocked(at: vec3f, octave: f32, solid: bool) -> f32 {
    let texel = (at + 0.5 * style.scale) / view.sides;
    let filled = textureSampleLevel(occupancy, occupancy_sampler, texel, octave + log2(view.unit / style.scale)).r;
    let depth = min(at - view.low, view.high - at) / (view.unit * exp2(octave));
    let within = saturate(min(depth.x, min(depth.y, depth.z)));
    return within * select(1.0 - filled, filled, solid);
}

// Share of the light from all directions that arrives: looks along the normal, in growing distances and blurs. So far
// out that the blur does not reach back to a flat surface, which would show the texels as rings. Further out it turns
// to the viewer, since what lies deep in a maze is to be darker than what lies at its front.
fn ambient_light(at: vec3f, normal: vec3f, solid: bool) -> f32 {
    let near = blocked(at + 2.8 * view.unit * normal, 0.0, solid);
    let middle = blocked(at + 5.6 * view.unit * normalize(normal + 0.4 * view.back), 1.0, solid);
    let far = blocked(at + 11.2 * view.unit * normalize(normal + view.back), 2.0, solid);
    let deep = blocked(at + 22.4 * view.unit * view.back, 2.0, solid);
    return max(1.0 - 0.38 * near - 0.38 * middle - 0.34 * far - 0.34 * deep, 0.05);
}

// Share of the light from one direction that arrives: what is ahead, blurred.
fn direct_light(at: vec3f, normal: vec3f, towards: vec3f, solid: bool) -> f32 {
    let ahead = at + view.unit * (2.5 * normal + 7.0 * towards);
    return 1.0 - 0.85 * smoothstep(0.05, 0.75, blocked(ahead, 1.0, solid));
}

fn base_colour(in: SurfaceVertex, front: bool) -> vec3f {
    if VALUED {
        return select(mapped(in.value), NEUTRAL, in.value > NO_VALUE);
    }
    return select(style.inside, select(style.outside, style.cap, in.cap > 0.5), front);
}

fn shade(in: SurfaceVertex, front: bool) -> vec4f {
    let normal = normalize(select(-in.normal, in.normal, front));
    let to_eye = normalize(view.eye - in.position);

    // Lights stand by the camera, so that no orbit leads into the dark: key from the upper left, fill from
    // the right.
    let key = normalize(-0.55 * view.right + 0.75 * view.up + 0.62 * view.back);
    let fill = normalize(0.85 * view.right - 0.1 * view.up + 0.45 * view.back);
    let depth = dot(view.eye - in.position, view.back);
    let open = ambient_light(in.position, normal, front);
    let unshadowed = direct_light(in.position, normal, key, front);
    let sky = mix(vec3f(0.13, 0.12, 0.13), vec3f(0.27, 0.29, 0.33), 0.5 + 0.5 * normal.z);
    let facing = saturate(0.92 * dot(normal, key) + 0.08) * unshadowed;
    let lit = sky * open
        + vec3f(1.08, 1.02, 0.94) * facing * mix(0.4, 1.0, open)
        + vec3f(0.27, 0.27, 0.28) * saturate(dot(normal, fill)) * open;

    let halfway = normalize(key + to_eye);
    let grazing = 1.0 - saturate(dot(normal, to_eye));
    // Highlights would wash out the colours of a map.
    let gloss = select(1.0, 0.25, in.cap > 0.5 || VALUED);
    let highlight = 0.20 * facing * pow(saturate(dot(normal, halfway)), 42.0);
    let specular = gloss * open * (highlight + 0.10 * pow(grazing, 4.0));

    let shaded = base_colour(in, front) * lit + vec3f(specular);
    let cued = mix(shaded, background(in.clip.xy).rgb, view.fog * (1.0 - nearness(depth)));
    // What is seen through is seen less along its rim, which shows its shape.
    let opacity = mix(style.opacity, 1.0, select(0.0, 0.6 * pow(grazing, 3.0), style.opacity < 1.0));
    return vec4f(encode(tone(cued)), opacity);
}

@fragment
fn surface_fragment(in: SurfaceVertex, @builtin(front_facing) front: bool) -> @location(0) vec4f {
    return shade(in, front);
}

struct Clipped {
    @location(0) colour: vec4f,
    @builtin(sample_mask) samples: u32,
}

@fragment
fn clipped_fragment(in: SurfaceVertex, @builtin(front_facing) front: bool) -> Clipped {
    let samples = kept_samples(in.position, in.normal);
    if samples == 0u {
        discard;
    }
    return Clipped(shade(in, front), samples);
}

// For depth alone.
@fragment
fn depth_fragment(in: SurfaceVertex) -> @builtin(sample_mask) u32 {
    return select(15u, kept_samples(in.position, in.normal), CLIPPED);
}

// Leaves dark and middle tones alone and rolls highlights off below 1.
fn tone(colour: vec3f) -> vec3f {
    let knee = 0.7;
    let over = max(colour - knee, vec3f(0.0));
    return min(colour, vec3f(knee)) + (1.0 - knee) * over / (over + (1.0 - knee));
}
