// What all views have in common: what is behind them, the colour of lines, and how colours become those of the target.
// Colours are linear; the target's format, or `encode`, makes them sRGB.

// Whether the target stores what it is given (as opposed to encoding it itself).
override ENCODE: bool = false;

const BACKGROUND_TOP = vec3f(0.0185, 0.0212, 0.0262);
const BACKGROUND_BOTTOM = vec3f(0.0052, 0.0058, 0.0074);
const LINE = vec3f(0.36, 0.42, 0.50);
const LINE_WIDTH = 1.25; // pixels

fn encode(linear: vec3f) -> vec3f {
    if !ENCODE {
        return linear;
    }
    let low = 12.92 * linear;
    let high = 1.055 * pow(max(linear, vec3f(0.0)), vec3f(1.0 / 2.4)) - 0.055;
    return select(high, low, linear <= vec3f(0.0031308));
}

// One triangle over the whole target.
@vertex
fn background_vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
    let corner = vec2f(f32(i & 1u), f32(i >> 1u)) * 4.0 - 1.0;
    return vec4f(corner, 0.0, 1.0);
}

// Interleaved gradient noise (Jimenez 2014), to keep the dark gradient free of bands.
fn dither(pixel: vec2f) -> f32 {
    return fract(52.9829189 * fract(dot(pixel, vec2f(0.06711056, 0.00583715)))) - 0.5;
}

// The colour behind everything at a pixel of a target so high.
fn backdrop(pixel: vec2f, height: f32) -> vec3f {
    let colour = mix(BACKGROUND_BOTTOM, BACKGROUND_TOP, smoothstep(-0.1, 1.1, 1.0 - pixel.y / height));
    return colour + dither(pixel) * 0.0005;
}
