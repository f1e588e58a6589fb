// What egui lays out, drawn into the window's picture: instead of bevy_egui's own shader, with its bindings.
//
// egui multiplies, interpolates and blends colours in their sRGB encoding, with alpha multiplied in. Textures and picture
// hold them so.

struct Transform {
    scale: vec2<f32>,
    translation: vec2<f32>,
}

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) color: vec4<f32>,
    @location(1) uv: vec2<f32>,
}

@group(0) @binding(0) var<uniform> transform: Transform;
@group(1) @binding(0) var image: texture_2d<f32>;
@group(1) @binding(1) var image_sampler: sampler;

@vertex
fn vs_main(@location(0) position: vec2<f32>, @location(1) uv: vec2<f32>, @location(2) color: vec4<f32>) -> Corner {
    return Corner(vec4(position * transform.scale + transform.translation, 0.0, 1.0), color, uv);
}

@fragment
fn fs_main(at: Corner) -> @location(0) vec4<f32> {
    return textureSample(image, image_sampler, at.uv) * at.color;
}
