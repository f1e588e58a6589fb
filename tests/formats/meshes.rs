//! One cube in every dialect of every mesh format.

use spinodal::{
    field::Field,
    formats::mesh::{self, MeshFormat, TriangleMesh},
    surface::{self, Caps, measures},
};
use std::fmt::Write;

pub const CORNERS: [[f32; 3]; 8] = [
    [0.0, 0.0, 0.0],
    [1.0, 0.0, 0.0],
    [1.0, 1.0, 0.0],
    [0.0, 1.0, 0.0],
    [0.0, 0.0, 1.0],
    [1.0, 0.0, 1.0],
    [1.0, 1.0, 1.0],
    [0.0, 1.0, 1.0],
];

/// The faces, seen from outside counterclockwise.
pub const QUADS: [[u32; 4]; 6] = [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]];

fn triangles() -> impl Iterator<Item = [u32; 3]> {
    QUADS.into_iter().flat_map(|[a, b, c, d]| [[a, b, c], [a, c, d]])
}

pub fn ascii_ply() -> Vec<u8> {
    let mut text = String::from(
        "ply\r\nformat ascii 1.0\r\ncomment a cube\r\nelement vertex 8\r\nproperty double x\r\nproperty uchar red\r\n\
         property double y\r\nproperty double z\r\nelement face 6\r\nproperty list uchar int vertex_indices\r\n\
         end_header\r\n",
    );
    CORNERS.iter().for_each(|[x, y, z]| write!(text, "{x} 255 {y} {z}\r\n").unwrap());
    QUADS.iter().for_each(|[a, b, c, d]| write!(text, "4 {a} {b} {c} {d}\r\n").unwrap());
    text.into_bytes()
}

pub fn binary_ply(big_endian: bool) -> Vec<u8> {
    let order = if big_endian { "big" } else { "little" };
    let mut bytes = format!(
        "ply\nformat binary_{order}_endian 1.0\nelement vertex 8\nproperty float x\nproperty float y\n\
         property float z\nproperty float confidence\nelement face 6\nproperty list uchar ushort vertex_index\n\
         element edge 1\nproperty int vertex1\nend_header\n"
    )
    .into_bytes();
    for value in CORNERS.iter().flat_map(|[x, y, z]| [*x, *y, *z, 0.5]) {
        bytes.extend(if big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }
    for quad in QUADS {
        bytes.push(4);
        let encode = |index: u32| if big_endian { (index as u16).to_be_bytes() } else { (index as u16).to_le_bytes() };
        quad.into_iter().for_each(|index| bytes.extend(encode(index)));
    }
    bytes.extend([0; 4]);
    bytes
}

pub fn obj() -> Vec<u8> {
    let mut text = String::from("# caf\u{e9}\nmtllib missing.mtl\no cube\nvn 0 0 1\nvt 0 0\n");
    CORNERS.iter().for_each(|[x, y, z]| writeln!(text, "v {x} {y} {z}").unwrap());
    for (face, [a, b, c, d]) in QUADS.iter().map(|quad| quad.map(|i| i + 1)).enumerate() {
        match face {
            0 => writeln!(text, "f {a}/1/1 {b}/1/1 {c}/1/1 {d}/1/1").unwrap(),
            1 => writeln!(text, "f {a}//1 {b}//1 {c}//1 {d}//1\ng rest\nusemtl none").unwrap(),
            2 => writeln!(text, "f {} {} {} {}", a as i32 - 9, b as i32 - 9, c as i32 - 9, d as i32 - 9).unwrap(),
            _ => writeln!(text, "f {a} {b} {c} {d}").unwrap(),
        }
    }
    text.push_str("l 1 2\n");
    // In Latin-1, as old exporters write it.
    text.chars().map(|c| c as u8).collect()
}

pub fn ascii_stl() -> Vec<u8> {
    let mut text = String::from("solid\n");
    for (face, triangle) in triangles().enumerate() {
        if face == 6 {
            text.push_str("endsolid\nSOLID second half\n");
        }
        text.push_str("  FACET NORMAL 0 0 0\n outer loop\n");
        for [x, y, z] in triangle.map(|i| CORNERS[i as usize]) {
            writeln!(text, "vertex {x:E} {y:e} {z}").unwrap();
        }
        text.push_str("endloop\nendfacet\n\n");
    }
    text.push_str("endsolid second half\n");
    text.into_bytes()
}

pub fn binary_stl(header: &str) -> Vec<u8> {
    let mut bytes = header.as_bytes().to_vec();
    bytes.resize(80, b' ');
    bytes.extend(12_u32.to_le_bytes());
    for triangle in triangles() {
        bytes.extend([0; 12]);
        triangle.iter().flat_map(|&i| CORNERS[i as usize]).for_each(|c| bytes.extend(c.to_le_bytes()));
        bytes.extend([0; 2]);
    }
    bytes
}

/// Every valid file of this module.
pub fn all() -> [(&'static str, Vec<u8>, MeshFormat); 7] {
    [
        ("ASCII PLY", ascii_ply(), MeshFormat::Ply),
        ("little-endian PLY", binary_ply(false), MeshFormat::Ply),
        ("big-endian PLY", binary_ply(true), MeshFormat::Ply),
        ("OBJ", obj(), MeshFormat::Obj),
        ("ASCII STL", ascii_stl(), MeshFormat::Stl),
        ("binary STL", binary_stl("made by a test"), MeshFormat::Stl),
        ("binary STL that calls itself solid", binary_stl("solid cube"), MeshFormat::Stl),
    ]
}

/// Volume by the divergence theorem; right only if every face is there and looks outwards.
fn volume(mesh: &TriangleMesh) -> f32 {
    let corner = |i: u32| mesh.vertices[i as usize];
    let triple = |[a, b, c]: [[f32; 3]; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    mesh.triangles.iter().map(|t| triple(t.map(corner)) / 6.0).sum()
}

#[test]
fn every_dialect_gives_the_same_cube() {
    for (name, bytes, format) in all() {
        let cube = mesh::parse(&bytes, format).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        assert_eq!(cube.triangles.len(), 12, "{name}");
        assert!((volume(&cube) - 1.0).abs() < 1e-6, "{name}: volume {}", volume(&cube));
    }
}

#[test]
fn comments_in_other_encodings_change_nothing() {
    for (name, bytes, format) in all().into_iter().filter(|(_, _, format)| *format == MeshFormat::Ply) {
        let plain = mesh::parse(&bytes, format).unwrap();
        let at = bytes.windows(8).position(|word| word == b"element ").unwrap();
        let mut latin = bytes;
        latin.splice(at..at, b"comment caf\xe9, 45\xb0\nobj_info \xff\xfe\n".iter().copied());
        assert_eq!(mesh::parse(&latin, format), Ok(plain), "{name}");
    }
}

#[test]
fn blank_lines_may_follow_a_text() {
    let blank = [ascii_ply(), b"\r\n \t\n".to_vec()].concat();
    assert_eq!(mesh::parse(&blank, MeshFormat::Ply), mesh::parse(&ascii_ply(), MeshFormat::Ply));
}

#[test]
fn an_obj_may_have_weights_colours_comments_and_faces_before_their_vertices() {
    let text = b"f 1 2 3 # the only one\nv 2 0 4 2\r\nv 0 1 0 0.5 0.5 0.5\n  v 0 0 1#last\nusemtl f\n";
    let mesh = mesh::parse(text, MeshFormat::Obj).unwrap();
    assert_eq!(mesh.vertices, [[1.0, 0.0, 2.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
    assert_eq!(mesh.triangles, [[0, 1, 2]]);
}

#[test]
fn lines_of_an_obj_may_be_continued() {
    let text = b"# C:\\meshes\\\nv 0 0 0\nv 1 \\\r\n0 0\nv 0 1 0\nf 1 \\\n2 \\\n3\nf 3 2 1 \\";
    let mesh = mesh::parse(text, MeshFormat::Obj).unwrap();
    assert_eq!(mesh.vertices, [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    assert_eq!(mesh.triangles, [[0, 1, 2], [2, 1, 0]]);
}

#[test]
fn polygons_become_fans() {
    let pentagon = b"v 0 0 0\nv 2 0 0\nv 3 1 0\nv 1 3 0\nv 0 1 0\nf 1 2 3 4 5\n";
    let mesh = mesh::parse(pentagon, MeshFormat::Obj).unwrap();
    assert_eq!(mesh.triangles, [[0, 1, 2], [0, 2, 3], [0, 3, 4]]);
}

#[test]
fn a_written_ply_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cube.PLY");
    let triangles: Vec<_> = triangles().collect();
    mesh::write(&path, &CORNERS, &[[0.0, 0.0, 1.0]; 8], &triangles).unwrap();
    assert_eq!(mesh::read(&path).unwrap(), TriangleMesh { vertices: CORNERS.to_vec(), triangles });
}

#[test]
fn a_surface_is_written_in_every_format_and_read_back() {
    let field = Field::from_fn(20, |x, y, z| 6.3 - ((x - 9.0).powi(2) + (y - 10.0).powi(2) + (z - 9.5).powi(2)).sqrt());
    let surface = surface::extract(&field.unwrap(), 0.0, Caps::Closed);
    let expected = measures::enclosed_volume(&surface);
    let folder = tempfile::tempdir().unwrap();
    for name in ["sphere.ply", "sphere.obj", "sphere.STL"] {
        let path = folder.path().join(name);
        mesh::write(&path, &surface.positions, &surface.normals, &surface.triangles).unwrap();
        let read = mesh::read(&path).unwrap();
        let counts = (read.vertices.len(), read.triangles.len());
        assert_eq!(counts, (surface.positions.len(), surface.triangles.len()), "{name}");
        assert!((f64::from(volume(&read)) / expected - 1.0).abs() < 1e-5, "{name}: {} {expected}", volume(&read));
        let corners = |vertices: &[[f32; 3]], triangles: &[[u32; 3]]| -> Vec<[[f32; 3]; 3]> {
            triangles.iter().map(|triangle| triangle.map(|i| vertices[i as usize])).collect()
        };
        assert_eq!(corners(&read.vertices, &read.triangles), corners(&surface.positions, &surface.triangles), "{name}");
    }
    let error = mesh::write(&folder.path().join("sphere.gltf"), &[], &[], &[]).unwrap_err().to_string();
    assert!(error.contains("sphere.gltf is not a mesh this program knows"), "{error}");
}

#[test]
fn a_written_stl_has_the_normals_of_its_triangles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cube.stl");
    let triangles: Vec<_> = triangles().collect();
    mesh::write(&path, &CORNERS, &[[0.0, 0.0, 1.0]; 8], &triangles).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 84 + 12 * 50);
    let normal = |face: usize| -> Vec<f32> {
        bytes[84 + 50 * face..][..12].as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect()
    };
    for (face, expected) in [(0, [0.0, 0.0, -1.0]), (3, [0.0, 0.0, 1.0]), (4, [0.0, -1.0, 0.0]), (11, [-1.0, 0.0, 0.0])]
    {
        assert_eq!(normal(face), expected, "triangle {face}");
    }
}
