// What all views have in common: what is behind them, and how colours become those of the target. Colours are linear;
// the target's format, or `encode`, makes them sRGB.

// Whether the target stores what it is given (as opposed to encoding it itself).
override ENCODE: bool = false;

struct Ground {
    top: vec4f, // colour and opacity
    bottom: vec4f,
    line: vec3f, // colour of the lines of the box
}

fn encode(linear: vec3f) -> vec3f {
    return select(linear, srgb_of_light(max(linear, vec3f(0.0))), ENCODE);
}

// One triangle over the whole target.
@vertex
fn background_vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
    let corner = vec2f(f32(i & 1u), f32(i >> 1u)) * 4.0 - 1.0;
    return vec4f(corner, 0.0, 1.0);
}

// Interleaved gradient noise (Jimenez 2014), to keep a dark gradient free of bands.
fn dither(pixel: vec2f) -> f32 {
    return fract(52.9829189 * fract(dot(pixel, vec2f(0.06711056, 0.00583715)))) - 0.5;
}

// Colour and opacity behind everything at a pixel of a picture so high.
fn backdrop(ground: Ground, pixel: vec2f, height: f32) -> vec4f {
    let colour = mix(ground.bottom, ground.top, smoothstep(-0.1, 1.1, 1.0 - pixel.y / height));
    let noise = select(0.0005 * dither(pixel), 0.0, all(ground.top == ground.bottom));
    return vec4f(colour.rgb + noise, colour.a);
}

// How much of a pixel a line covers whose middle is so many pixels away.
fn line_cover(away: f32, width: f32) -> f32 {
    return saturate(0.5 * max(width, 1.0) + 0.5 - abs(away)) * min(width, 1.0);
}
