//! Damaged files: each is refused in one sentence that names it, and no bytes at all cause a panic.

use super::{meshes, npy::data};
use spinodal::formats::{
    mesh::{self, MeshFormat},
    npy,
};
use std::fs;

/// A one-line header of version 1.0, as NumPy writes it, followed by `values`.
fn npy_file(dictionary: &str, values: &[f32]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((dictionary.len() as u16 + 1).to_le_bytes());
    bytes.extend(dictionary.bytes());
    bytes.push(b'\n');
    values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    bytes
}

fn npy_of_shape(shape: &str, values: &[f32]) -> Vec<u8> {
    npy_file(&format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}"), values)
}

#[test]
fn bad_field_files_are_refused_in_one_sentence() {
    let whole = npy_of_shape("5, 5, 5", &[0.5; 125]);
    let mut not_a_number = [0.5; 125];
    not_a_number[31] = f32::NAN;
    let deep = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {}", "(".repeat(9000));
    let fortran = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 5, 5, 5), }";
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "it ends within its header"),
        ("text", b"0.5 0.5 0.5 and so on".to_vec(), "it does not begin like one"),
        ("header cut", whole[..40].to_vec(), "it ends within its header"),
        ("values cut", whole[..whole.len() - 1].to_vec(), "promises 500 bytes of values, but 499 follow"),
        ("values left", [&whole[..], &[0]].concat(), "promises 500 bytes of values, but 501 follow"),
        ("a plane", npy_of_shape("5, 5", &[0.0; 25]), "its shape is [5, 5], but [N, N, N] or"),
        ("a box", npy_of_shape("5, 5, 6", &[0.0; 150]), "its shape is [5, 5, 6]"),
        ("tiny", npy_of_shape("2, 2, 2", &[0.0; 8]), "its grid of 2³ is too small"),
        ("no frames", npy_of_shape("0, 5, 5, 5", &[]), "it holds no frames"),
        ("NaN", npy_of_shape("5, 5, 5", &not_a_number), "the value at (1, 1, 1) is not a finite number"),
        ("10⁹ frames", npy_of_shape("1000000000, 5, 5, 5", &[]), "promises 500000000000 bytes"),
        ("overflow", npy_of_shape("99999999999, 99999999999, 99999999999", &[]), "its shape is too large"),
        ("negative", npy_of_shape("-5, -5, -5", &[]), "its shape is not a list of numbers"),
        ("deep", npy_file(&deep, &[]), "it does not hold a plain array"),
        ("Fortran frames", npy_file(fortran, &[0.0; 250]), "numpy.ascontiguousarray"),
        ("integers", fs::read(data("numpy_6_int64.npy")).unwrap(), "type '<i8', but float32 or float64"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, reason) in cases {
        let path = folder.path().join("field.npy");
        fs::write(&path, bytes).unwrap();
        let error = npy::read_frames(&path, false).map(|_| ()).unwrap_err().to_string();
        let start = format!("{} is not a usable NumPy file: ", path.display());
        assert!(error.starts_with(&start) && error.contains(reason), "{name}: {error}");
        assert!(!error.contains('\n'), "{name}: {error}");
    }
}

#[test]
fn bad_mesh_files_are_refused_in_one_sentence() {
    use MeshFormat::{Obj, Ply, Stl};
    let edited = |bytes: Vec<u8>, from: &str, to: &str| {
        let text: String = bytes.into_iter().map(char::from).collect();
        assert!(text.contains(from));
        text.replacen(from, to, 1).chars().map(|c| c as u8).collect::<Vec<_>>()
    };
    let shortened = |mut bytes: Vec<u8>, by: usize| {
        bytes.truncate(bytes.len() - by);
        bytes
    };
    let mut promises = meshes::binary_stl("");
    promises[80..84].copy_from_slice(&1_000_000_000_u32.to_le_bytes());
    let mut infinite = meshes::binary_stl("");
    infinite[96..100].copy_from_slice(&f32::INFINITY.to_le_bytes());
    let zero = "ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nend_header\n";
    let cases: Vec<(&str, Vec<u8>, MeshFormat, &str)> = vec![
        ("empty PLY", Vec::new(), Ply, ""),
        ("empty OBJ", Vec::new(), Obj, "it holds no triangles"),
        ("empty STL", Vec::new(), Stl, "it is too short to be one"),
        ("no vertices", zero.into(), Ply, "it holds no triangles"),
        ("points", b"v 0 0 0\nv 1 0 0\np 1\nl 1 2\n".to_vec(), Obj, "it holds no triangles"),
        ("cut ASCII PLY", shortened(meshes::ascii_ply(), 30), Ply, ""),
        ("cut PLY", shortened(meshes::binary_ply(false), 10), Ply, ""),
        ("cut ASCII STL", shortened(meshes::ascii_stl(), 30), Stl, "it ends before its endsolid"),
        ("cut STL", shortened(meshes::binary_stl(""), 10), Stl, "promises 12 triangles, but only 11 follow"),
        ("cut OBJ", meshes::obj()[..70].to_vec(), Obj, "the position of a vertex is not three numbers"),
        (
            "index",
            edited(meshes::ascii_ply(), "4 0 3 2 1", "4 0 3 2 8"),
            Ply,
            "triangle 1 uses a vertex that does not exist",
        ),
        ("negative index", edited(meshes::ascii_ply(), "4 0 3 2 1", "4 0 3 2 -1"), Ply, ""),
        (
            "index in OBJ",
            edited(meshes::obj(), "f 3 4 8 7", "f 3 4 9 7"),
            Obj,
            "a face uses a vertex that does not exist",
        ),
        (
            "10⁹ ASCII",
            edited(meshes::ascii_ply(), "vertex 8", "vertex 1000000000"),
            Ply,
            "promises 1000000000 elements “vertex”",
        ),
        (
            "10⁹ binary",
            edited(meshes::binary_ply(true), "vertex 8", "vertex 1000000000"),
            Ply,
            "promises 1000000000 elements",
        ),
        (
            "10⁹ faces",
            edited(meshes::binary_ply(false), "face 6", "face 1000000000"),
            Ply,
            "promises 1000000000 elements “face”",
        ),
        ("10⁹ nothings", edited(zero.into(), "vertex 0", "void 1000000000"), Ply, "promises 1000000000"),
        ("10⁹ triangles", promises, Stl, "promises 1000000000 triangles, but only 12 follow"),
        ("infinite", infinite, Stl, "the coordinates of vertex 0 are not finite"),
        ("NaN", edited(meshes::obj(), "v 0 0 0", "v NaN 0 0"), Obj, "are not finite numbers"),
        ("no z", edited(meshes::binary_ply(false), "float z", "float w"), Ply, "are not finite numbers"),
        (
            "no number",
            edited(meshes::obj(), "v 0 0 0", "v zero 0 0"),
            Obj,
            "the position of a vertex is not three numbers",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, format, reason) in cases {
        let extension = format!("{format:?}").to_lowercase();
        let path = folder.path().join("mesh").with_extension(&extension);
        fs::write(&path, bytes).unwrap();
        let error = mesh::read(&path).map(|mesh| mesh.triangles.len()).expect_err(name).to_string();
        let start = format!("{} is not a usable {} file: ", path.display(), extension.to_uppercase());
        assert!(error.starts_with(&start) && error.len() > start.len() && error.contains(reason), "{name}: {error}");
        assert!(!error.contains('\n'), "{name}: {error}");
    }
}

#[test]
fn missing_files_folders_and_unknown_extensions_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder_mesh = folder.path().join("folder.obj");
    fs::create_dir(&folder_mesh).unwrap();
    let cases = [
        (mesh::read(&folder.path().join("none.ply")).map(drop), "none.ply: No such file"),
        (mesh::read(&folder_mesh).map(drop), "folder.obj: "),
        (mesh::read(&folder.path().join("shape.gltf")).map(drop), "shape.gltf is not a mesh this program knows"),
        (npy::read_field(&folder.path().join("none.npy"), false).map(drop), "none.npy: No such file"),
        (npy::read_field(folder.path(), false).map(drop), "cannot read "),
    ];
    for (result, expected) in cases {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// The file cut within its first `changed` bytes, and with each of these replaced in several ways.
fn damaged(bytes: &[u8], changed: usize) -> impl Iterator<Item = Vec<u8>> {
    let cuts = (0..changed).map(|length| bytes[..length].to_vec());
    let changes = (0..changed).flat_map(|at| {
        [0x00, 0x20, b'-', b'9', b'\n', 0x7f, 0xff].map(|byte| {
            let mut copy = bytes.to_vec();
            copy[at] = byte;
            copy
        })
    });
    cuts.chain(changes)
}

#[test]
fn no_damage_to_a_mesh_causes_a_panic() {
    for (_, bytes, format) in meshes::all() {
        for damaged in damaged(&bytes, bytes.len()) {
            if let Ok(mesh) = mesh::parse(&damaged, format) {
                assert!(mesh.triangles.iter().flatten().all(|&i| (i as usize) < mesh.vertices.len()));
                assert!(mesh.vertices.iter().flatten().all(|c| c.is_finite()));
            }
        }
        for other in [MeshFormat::Ply, MeshFormat::Obj, MeshFormat::Stl] {
            let _ = mesh::parse(&bytes, other);
        }
    }
}

#[test]
fn no_damage_to_a_field_causes_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("field.npy");
    for damaged in damaged(&fs::read(data("numpy_6_f32.npy")).unwrap(), 160) {
        fs::write(&path, &damaged).unwrap();
        if let Ok(field) = npy::read_field(&path, false) {
            assert!(field.values().iter().all(|v| v.is_finite()));
        }
    }
}
