//! Damaged meshes, and what is made of them.

use super::{
    assert_sentence,
    damage::{Sound, damage, every, lines},
    memory, try_all,
};
use crate::formats::meshes;
use spinodal::{
    formats::mesh::{self, MeshFormat},
    grid::Shape,
    initial::{Initial, InitialOptions},
};
use std::fs;
use tempfile::tempdir;

/// Memory that a byte of a mesh may take: the shortest face of a PLY file is one byte, and a list in memory.
const EACH: usize = 128;

#[test]
fn meshes_of_every_format() {
    let all = meshes::all();
    let formats = all.clone().map(|(_, _, format)| format);
    let files = all
        .map(|(name, bytes, _)| Sound::whole(bytes, if name.starts_with("binary STL") { every::<10> } else { lines }));
    let folder = tempdir().unwrap();
    let options = InitialOptions { grid: Shape::cube(8), ..InitialOptions::default() };
    let read = |bytes: &[u8], format: MeshFormat| {
        let path = folder.path().join("mesh").with_extension(format.extension());
        fs::write(&path, bytes).unwrap();
        let justified = (1 << 20) + EACH * bytes.len();
        match memory::within(justified, || mesh::read(&path)) {
            Ok(mesh) => {
                assert!(!mesh.triangles.is_empty());
                assert!(mesh.triangles.iter().flatten().all(|&corner| (corner as usize) < mesh.vertices.len()));
                assert!(mesh.vertices.iter().flatten().all(|coordinate| coordinate.is_finite()));
            }
            Err(error) => assert_sentence(&error.to_string()),
        }
        match Initial::Mesh(path).build(&options) {
            Ok(field) => assert!(field.values().iter().all(|value| value.is_finite())),
            Err(error) => assert_sentence(&error.to_string()),
        }
    };
    try_all(&damage(), |damage| {
        let (number, bytes) = damage.of(&files);
        read(&bytes, formats[number]);
        // A file may call itself what it is not.
        read(&bytes, formats[(number + 3) % formats.len()]);
    });
}
