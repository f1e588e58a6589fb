//! glTF files, read by the letter of the specification (Khronos, glTF 2.0).

use serde_json::Value;
use spinodal::{
    field::Field,
    formats::mesh::{self, MeshFormat},
    initial::Initial,
    surface::{self, Caps, SurfaceMesh, measures},
};
use std::{fs, path::Path};

/// The JSON and the binary chunk.
fn chunks(bytes: &[u8]) -> (Value, &[u8]) {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!(&bytes[..4], b"glTF");
    assert_eq!((word(4), word(8)), (2, bytes.len()));
    let json = word(12);
    assert_eq!((&bytes[16..20], json % 4), (b"JSON".as_slice(), 0));
    let at = 20 + json;
    let binary = word(at);
    assert_eq!((&bytes[at + 4..at + 8], binary % 4), (b"BIN\0".as_slice(), 0));
    assert_eq!(at + 8 + binary, bytes.len(), "nothing follows");
    (serde_json::from_slice(&bytes[20..at]).unwrap(), &bytes[at + 8..])
}

/// The words of an accessor: its component type, and its values of so many components.
fn accessor<'a>(document: &Value, binary: &'a [u8], index: usize) -> (u64, usize, Vec<&'a [u8]>) {
    let accessor = &document["accessors"][index];
    let view = &document["bufferViews"][accessor["bufferView"].as_u64().unwrap() as usize];
    let number = |value: &Value, or: u64| value.as_u64().unwrap_or(or) as usize;
    let offset = number(&view["byteOffset"], 0) + number(&accessor["byteOffset"], 0);
    let components = match accessor["type"].as_str().unwrap() {
        "SCALAR" => 1,
        "VEC3" => 3,
        other => panic!("{other}"),
    };
    let length = 4 * components * number(&accessor["count"], 0);
    assert_eq!((number(&view["buffer"], 9), offset % 4), (0, 0));
    assert_eq!(length, number(&view["byteLength"], 0), "a view is as long as its accessor");
    let target = if components == 1 { 34963 } else { 34962 };
    assert_eq!(number(&view["target"], 0), target);
    let words = binary[offset..offset + length].chunks_exact(4).collect();
    (accessor["componentType"].as_u64().unwrap(), components, words)
}

fn vectors(document: &Value, binary: &[u8], index: usize) -> Vec<[f32; 3]> {
    let (kind, components, words) = accessor(document, binary, index);
    assert_eq!((kind, components), (5126, 3));
    let floats: Vec<_> = words.iter().map(|word| f32::from_le_bytes((*word).try_into().unwrap())).collect();
    floats.as_chunks().0.to_vec()
}

#[test]
fn a_surface_is_whole_in_gltf() {
    let field = Field::from_fn(20, |x, y, z| 6.3 - ((x - 9.7).powi(2) + (y - 10.2).powi(2) + (z - 8.9).powi(2)).sqrt());
    let surface = surface::extract(&field.unwrap(), 0.0, Caps::Closed);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ball.glb");
    mesh::write(&path, &surface.positions, &surface.normals, &surface.triangles).unwrap();

    let bytes = fs::read(path).unwrap();
    let (document, binary) = chunks(&bytes);
    assert_eq!(document["asset"]["version"], "2.0");
    assert_eq!(document["buffers"][0]["byteLength"].as_u64().unwrap() as usize, binary.len());
    assert!(document["buffers"][0].get("uri").is_none(), "the buffer is the chunk behind");
    let node = &document["nodes"][document["scenes"][0]["nodes"][0].as_u64().unwrap() as usize];
    let primitive = &document["meshes"][node["mesh"].as_u64().unwrap() as usize]["primitives"][0];
    assert_eq!(primitive["mode"], 4);
    let place = |value: &Value| value.as_u64().unwrap() as usize;
    let (attributes, indices) = (&primitive["attributes"], place(&primitive["indices"]));
    let positions = vectors(&document, binary, place(&attributes["POSITION"]));
    let normals = vectors(&document, binary, place(&attributes["NORMAL"]));
    let (kind, components, words) = accessor(&document, binary, indices);
    assert_eq!((kind, components), (5125, 1));
    let corners: Vec<_> = words.iter().map(|word| u32::from_le_bytes((*word).try_into().unwrap())).collect();
    let read = SurfaceMesh { positions, normals, triangles: corners.as_chunks().0.to_vec() };
    assert_eq!(read, surface);
    assert!(
        (measures::enclosed_volume(&read) / (4.0 / 3.0 * std::f64::consts::PI * 6.3_f64.powi(3)) - 1.0).abs() < 0.02
    );

    // The bounds are those of the numbers in the file, to the last bit.
    let stated = |bound: &str, axis: usize| {
        document["accessors"][place(&attributes["POSITION"])][bound][axis].as_f64().unwrap() as f32
    };
    for axis in 0..3 {
        let along = || read.positions.iter().map(|position| position[axis]);
        assert_eq!(stated("min", axis), along().fold(f32::INFINITY, f32::min));
        assert_eq!(stated("max", axis), along().fold(f32::NEG_INFINITY, f32::max));
    }
    // The node's rotation takes z to y: q v q* of a unit quaternion.
    let [x, y, z, w] = [0, 1, 2, 3].map(|i| node["rotation"][i].as_f64().unwrap());
    assert!((x * x + y * y + z * z + w * w - 1.0).abs() < 1e-6);
    let up = [2.0 * (x * z + w * y), 2.0 * (y * z - w * x), 1.0 - 2.0 * (x * x + y * y)];
    assert!(up.iter().zip([0.0, 1.0, 0.0]).all(|(found, expected)| (found - expected).abs() < 1e-6), "{up:?}");
}

#[test]
fn gltf_is_only_written() {
    let path = Path::new("mesh.GLB");
    assert_eq!(MeshFormat::of(path), Some(MeshFormat::Glb));
    assert!(Initial::parse("mesh.glb").unwrap_err().to_string().contains("nor a mesh (.ply, .obj, .stl)"));
    assert!(mesh::parse(b"glTF", MeshFormat::Glb).unwrap_err().contains("only written"));
    let folder = tempfile::tempdir().unwrap();
    let empty = mesh::write(&folder.path().join("empty.glb"), &[], &[], &[]).unwrap_err().to_string();
    assert!(empty.contains("needs a triangle"), "{empty}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
