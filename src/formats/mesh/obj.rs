//! Wavefront `.obj`: read by the crate `tobj`, written here.

use super::TriangleMesh;
use std::io::{self, Write};
use tobj::{LoadError, LoadOptions};

pub(super) fn parse(bytes: &[u8]) -> Result<TriangleMesh, String> {
    // Names and comments in other encodings than UTF-8 are common and do not matter here.
    let text = String::from_utf8_lossy(bytes);
    let options = LoadOptions { single_index: true, triangulate: true, ignore_points: true, ignore_lines: true };
    let without_materials = |_: &_| Err(LoadError::OpenFileFailed);
    let (models, _) = tobj::load_obj_buf(&mut text.as_bytes(), &options, without_materials).map_err(describe)?;
    let mut mesh = TriangleMesh { vertices: Vec::new(), triangles: Vec::new() };
    for model in models {
        let first = mesh.vertices.len() as u32;
        mesh.vertices.extend(model.mesh.positions.as_chunks().0);
        mesh.triangles.extend(model.mesh.indices.as_chunks().0.iter().map(|t: &[u32; 3]| t.map(|i| first + i)));
    }
    Ok(mesh)
}

fn describe(error: LoadError) -> String {
    match error {
        LoadError::FaceVertexOutOfBounds => "a face uses a vertex that does not exist".into(),
        LoadError::PositionParseError => "the position of a vertex is not three numbers".into(),
        LoadError::FaceParseError | LoadError::InvalidPolygon => "a face is not a list of vertices".into(),
        other => other.to_string(),
    }
}

/// Writes positions, normals and triangles, in which both are counted from 1.
pub(super) fn write(
    file: &mut impl Write,
    positions: &[[f32; 3]],
    normals: &[[f32; 3]],
    triangles: &[[u32; 3]],
) -> io::Result<()> {
    positions.iter().try_for_each(|[x, y, z]| writeln!(file, "v {x} {y} {z}"))?;
    normals.iter().try_for_each(|[x, y, z]| writeln!(file, "vn {x} {y} {z}"))?;
    triangles.iter().try_for_each(|triangle| {
        let [a, b, c] = triangle.map(|index| u64::from(index) + 1);
        writeln!(file, "f {a}//{a} {b}//{b} {c}//{c}")
    })
}
