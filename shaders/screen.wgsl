// The window's picture, brought to its surface: the last pass of bevy, which gives it these bindings.
//
// The picture holds colours in their sRGB encoding. The surface encodes what it is given.

@group(0) @binding(0) var picture: texture_2d<f32>;

@fragment
fn fs_main(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let colour = textureLoad(picture, vec2<u32>(at.xy), 0);
    return vec4(light_of_srgb(colour.rgb), colour.a);
}
