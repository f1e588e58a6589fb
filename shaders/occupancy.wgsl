// How much of the neighbourhood the phase φ > level fills: the field as 0 or 1, averaged over blocks, one
// block size per mip level of a texture over the box. The renderer looks along normals through it to
// darken what lies in the hollows of a surface.

struct Parameters {
    shape: vec3u,
    level: f32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> field: array<f32>;
@group(0) @binding(2) var occupancy: texture_storage_3d<rgba8unorm, write>;

@compute @workgroup_size(4, 4, 4)
fn fill(@builtin(global_invocation_id) texel: vec3u) {
    let n = parameters.shape;
    let texels = textureDimensions(occupancy);
    if any(texel >= texels) {
        return;
    }
    let first = texel * n / texels;
    let last = ((texel + 1u) * n + texels - 1u) / texels;
    var filled = 0.0;
    for (var x = first.x; x < last.x; x++) {
        for (var y = first.y; y < last.y; y++) {
            for (var z = first.z; z < last.z; z++) {
                // The interface is a few nodes wide: a step of one would show as stairs.
                filled += saturate(0.5 + 0.5 * (field[flat(vec3u(x, y, z), n)] - parameters.level));
            }
        }
    }
    let block = last - first;
    textureStore(occupancy, texel, vec4f(filled / f32(block.x * block.y * block.z), 0.0, 0.0, 1.0));
}
