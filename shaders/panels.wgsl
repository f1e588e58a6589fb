// What egui lays out, drawn into the window's picture: instead of bevy_egui's own shader, with its bindings.
//
// egui multiplies and interpolates colours in their sRGB encoding, with alpha multiplied in. The textures are decoded
// when they are read and the picture is encoded when it is written, so both have to be undone in between.

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
    let texel = textureSample(image, image_sampler, at.uv);
    let color = vec4(srgb_of_light(texel.rgb), texel.a) * at.color;
    return vec4(light_of_srgb(color.rgb), color.a);
}
