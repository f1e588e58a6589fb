// What a view shows around its surfaces and planes: a background and the box. The longest side of one box is 1; there
// may be several, side by side. Comes after backdrop.wgsl.

struct View {
    clip: mat4x4f, // world to clip space
    eye: vec3f,
    unit: f32, // how far light looks: a grid unit
    right: vec3f, // camera axes; `back` points towards the viewer
    width: f32, // pixels of the target
    up: vec3f,
    height: f32,
    back: vec3f,
    distance: f32, // from eye to the centre of all boxes
    sides: vec3f, // of one box
    fog: f32, // how much the ground takes of the furthest
    boxes: vec3f, // along each axis
    line_width: f32, // pixels
    low: vec3f, // corners of what is not cut off
    whole_height: f32, // pixels of the picture that the target is a part of
    high: vec3f,
    origin: vec2f, // pixels from the corner of that picture
    ground: Ground,
}

@group(0) @binding(0) var<uniform> view: View;

fn background(pixel: vec2f) -> vec4f {
    return backdrop(view.ground, pixel + view.origin, view.whole_height);
}

@fragment
fn background_fragment(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
    let colour = background(pixel.xy);
    return vec4f(encode(colour.rgb), colour.a);
}

// 1 at the front of what is drawn, 0 at its back.
fn nearness(depth: f32) -> f32 {
    let sides = view.sides * view.boxes;
    let reach = max(sides.x, max(sides.y, sides.z));
    return 1.0 - smoothstep(-0.75 * reach, 0.9 * reach, depth - view.distance);
}

// How much a quantity with this gradient changes per pixel over a surface with this normal. By geometry, not by
// derivatives, which drivers get wrong along the edges of triangles.
fn change_per_pixel(at: vec3f, normal: vec3f, gradient: vec3f) -> f32 {
    let ray = view.eye - at;
    let upward = vec3f(view.clip[0].y, view.clip[1].y, view.clip[2].y);
    let pixel = 2.0 * dot(ray, view.back) / (view.height * length(upward));
    // As the ray moves across, the point of the surface moves along, too.
    let to_eye = normalize(ray);
    let facing = dot(normal, to_eye);
    let tilt = dot(gradient, to_eye) / select(min(facing, -0.05), max(facing, 0.05), facing > 0.0);
    return pixel * length(gradient - tilt * normal);
}

// How many pixels a point of a surface with this normal is away from where each axis is cut, positive inside.
fn pixels_inward(at: vec3f, normal: vec3f) -> vec3f {
    let rate = vec3f(
        change_per_pixel(at, normal, vec3f(1.0, 0.0, 0.0)),
        change_per_pixel(at, normal, vec3f(0.0, 1.0, 0.0)),
        change_per_pixel(at, normal, vec3f(0.0, 0.0, 1.0)),
    );
    return min(at - view.low, view.high - at) / max(rate, vec3f(1e-7));
}

// Which samples of a pixel are not cut off: about as many as its share, for a smooth edge.
fn kept_samples(at: vec3f, normal: vec3f) -> u32 {
    let inward = pixels_inward(at, normal);
    let share = saturate(0.5 + min(inward.x, min(inward.y, inward.z)));
    return (1u << u32(round(4.0 * share))) - 1u;
}


struct LineVertex {
    @builtin(position) clip: vec4f,
    @location(0) @interpolate(linear) across: f32, // pixels from the middle of the line
    @location(1) strength: f32,
}

const AXES = vec3u(0u, 1u, 2u);

// Six vertices per edge: a quad in the image plane, a pixel wider than the line on either side. Twelve edges around all
// boxes, then twelve around what is not cut off.
@vertex
fn box_vertex(@builtin(vertex_index) i: u32, @builtin(instance_index) instance: u32) -> LineVertex {
    let edge = instance % 12u;
    let cut = instance >= 12u;
    let low = select(vec3f(0.0), view.low, cut);
    let high = select(view.sides * view.boxes, view.high, cut);
    let axis = edge / 4u;
    // By masks: a component chosen at run time cannot be assigned to under Direct3D's older compiler.
    let one = AXES == vec3u((axis + 1u) % 3u) & vec3<bool>((edge & 1u) == 1u);
    let other = AXES == vec3u((axis + 2u) % 3u) & vec3<bool>(((edge >> 1u) & 1u) == 1u);
    let start = select(low, high, one | other);
    let end = select(start, high, AXES == vec3u(axis));

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
    let side = select(-1.0, 1.0, (which & 1u) == 1u) * (0.5 * max(view.line_width, 1.0) + 1.0);
    let at = select(a, b, which >= 2u);
    var out: LineVertex;
    // A trifle nearer than the caps that end on the line.
    out.clip = vec4f(at.xy + normal * side / half_view * at.w, 1.003 * at.z, at.w);
    out.across = side;
    // The edges in front of everything are drawn faintly.
    let upper = vec2u(edge & 1u, (edge >> 1u) & 1u);
    let others = vec2u((axis + 1u) % 3u, (axis + 2u) % 3u);
    let eye = vec2f(view.eye[others.x], view.eye[others.y]);
    let near_faces = vec2f(low[others.x], low[others.y]);
    let far_faces = vec2f(high[others.x], high[others.y]);
    let in_front = all(select(near_faces > eye, eye > far_faces, upper == vec2u(1u)));
    out.strength = select(1.0, 0.4, in_front || cut) * select(1.0, 0.0, a.w < near && b.w < near)
        * mix(0.55, 1.0, nearness(at.w));
    return out;
}

@fragment
fn box_fragment(in: LineVertex) -> @location(0) vec4f {
    return vec4f(encode(view.ground.line), line_cover(in.across, view.line_width) * 0.8 * in.strength);
}
