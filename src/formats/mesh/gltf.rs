//! glTF 2.0 in its binary form (`.glb`): written here, for slides, browsers and Blender.

use serde_json::{Value, json};
use std::io::{self, Write};

/// The first word of a file: "glTF".
const MAGIC: u32 = 0x4654_6C67;
const VERSION: u32 = 2;
/// What the chunks hold: "JSON" and "BIN".
const JSON: u32 = 0x4E4F_534A;
const BINARY: u32 = 0x004E_4942;
/// Numbers of OpenGL, by which glTF names types and uses of buffers.
const FLOAT: u32 = 5126;
const UNSIGNED_INT: u32 = 5125;
const ARRAY_BUFFER: u32 = 34962;
const ELEMENT_ARRAY_BUFFER: u32 = 34963;

/// Writes one mesh in one scene: positions and unit normals as f32, indices as u32, in one buffer behind the JSON. A
/// node turns z, which is up here, into y, which is up there.
pub(super) fn write(
    file: &mut impl Write,
    positions: &[[f32; 3]],
    normals: &[[f32; 3]],
    triangles: &[[u32; 3]],
) -> io::Result<()> {
    let refused = |reason| io::Error::new(io::ErrorKind::InvalidInput, reason);
    if triangles.is_empty() {
        return Err(refused("a glTF mesh needs a triangle"));
    }
    let parts = [bytemuck::cast_slice(positions), bytemuck::cast_slice(normals), bytemuck::cast_slice(triangles)];
    let mut json = document(positions, triangles.len(), parts.map(<[u8]>::len)).to_string().into_bytes();
    // Chunks are whole words.
    json.resize(json.len().next_multiple_of(4), b' ');
    let binary = parts.iter().map(|part| part.len()).sum::<usize>();
    let length = |bytes: usize| u32::try_from(bytes).map_err(|_| refused("a glTF file holds at most 4 GiB"));
    let whole = length(12 + 8 + json.len() + 8 + binary)?;
    let words = |words: [u32; 2]| words.map(u32::to_le_bytes).concat();
    file.write_all(&[words([MAGIC, VERSION]), whole.to_le_bytes().to_vec()].concat())?;
    file.write_all(&words([length(json.len())?, JSON]))?;
    file.write_all(&json)?;
    file.write_all(&words([length(binary)?, BINARY]))?;
    write_little_endian(file, parts)
}

/// All three parts are of words of four bytes.
fn write_little_endian(file: &mut impl Write, parts: [&[u8]; 3]) -> io::Result<()> {
    if cfg!(target_endian = "little") {
        return parts.iter().try_for_each(|part| file.write_all(part));
    }
    let reversed = |word: &[u8]| word.iter().rev().copied().collect::<Vec<_>>();
    parts.iter().flat_map(|part| part.chunks_exact(4)).try_for_each(|word| file.write_all(&reversed(word)))
}

fn document(positions: &[[f32; 3]], triangles: usize, [at_positions, at_normals, at_indices]: [usize; 3]) -> Value {
    let bound = |pick: fn(f32, f32) -> f32| {
        let first = positions.first().copied().unwrap_or_default();
        positions.iter().fold(first, |bound, position| [0, 1, 2].map(|axis| pick(bound[axis], position[axis])))
    };
    let view = |offset: usize, length: usize, target: u32| json!({ "buffer": 0, "byteOffset": offset, "byteLength": length, "target": target });
    let quarter = std::f32::consts::FRAC_1_SQRT_2;
    json!({
        "asset": { "version": "2.0", "generator": concat!("Spinodal ", env!("CARGO_PKG_VERSION")) },
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": [{ "mesh": 0, "name": "surface", "rotation": [-quarter, 0.0, 0.0, quarter] }],
        "meshes": [{
            "primitives": [{ "attributes": { "POSITION": 0, "NORMAL": 1 }, "indices": 2, "material": 0, "mode": 4 }],
        }],
        "materials": [{
            "doubleSided": true,
            "pbrMetallicRoughness": {
                "baseColorFactor": [0.8, 0.8, 0.8, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.6,
            },
        }],
        "buffers": [{ "byteLength": at_positions + at_normals + at_indices }],
        "bufferViews": [
            view(0, at_positions, ARRAY_BUFFER),
            view(at_positions, at_normals, ARRAY_BUFFER),
            view(at_positions + at_normals, at_indices, ELEMENT_ARRAY_BUFFER),
        ],
        "accessors": [
            {
                "bufferView": 0, "componentType": FLOAT, "count": positions.len(), "type": "VEC3",
                "min": bound(f32::min), "max": bound(f32::max),
            },
            { "bufferView": 1, "componentType": FLOAT, "count": positions.len(), "type": "VEC3" },
            { "bufferView": 2, "componentType": UNSIGNED_INT, "count": 3 * triangles, "type": "SCALAR" },
        ],
    })
}
