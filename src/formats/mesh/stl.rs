//! Stereolithography `.stl`, ASCII and binary: read by the crate `stl_io`, written here.

use super::TriangleMesh;
use std::io::{self, Cursor, Write};

const BINARY_HEADER: usize = 84;
const BINARY_TRIANGLE: usize = 50;

pub(super) fn parse(bytes: &[u8]) -> Result<TriangleMesh, String> {
    let normalised = if is_binary(bytes)? { unnamed_binary(bytes) } else { single_solid(bytes)? };
    let mesh = stl_io::read_stl(&mut Cursor::new(normalised)).map_err(|error| error.to_string())?;
    Ok(TriangleMesh {
        vertices: mesh.vertices.iter().map(|vertex| vertex.0).collect(),
        triangles: mesh.faces.iter().map(|face| face.vertices.map(|i| i as u32)).collect(),
    })
}

/// Tells the two kinds apart by length, since the free header of a binary file, too, may begin with "solid".
fn is_binary(bytes: &[u8]) -> Result<bool, String> {
    let claimed = bytes.get(BINARY_HEADER - 4..BINARY_HEADER).and_then(|count| <[u8; 4]>::try_from(count).ok());
    let begins_as_text = bytes.trim_ascii_start().get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"solid"));
    match claimed {
        None if begins_as_text => Ok(false),
        None => Err("it is too short to be one".into()),
        // A number of triangles has a zero byte below 16 million, a text has none.
        Some(count) => {
            let promised = u32::from_le_bytes(count) as usize;
            let held = bytes.len() - BINARY_HEADER;
            match held / BINARY_TRIANGLE {
                _ if held == promised * BINARY_TRIANGLE => Ok(true),
                _ if begins_as_text && !count.contains(&0) => Ok(false),
                found if found < promised => {
                    Err(format!("its header promises {promised} triangles, but only {found} follow"))
                }
                found if found > promised => {
                    Err(format!("its header promises {promised} triangles, but {found} follow"))
                }
                _ => {
                    let left = held % BINARY_TRIANGLE;
                    Err(format!("it goes on for {left} bytes after the {promised} triangles that its header promises"))
                }
            }
        }
    }
}

/// A binary file of which the header cannot be mistaken for the beginning of an ASCII file.
fn unnamed_binary(bytes: &[u8]) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    copy[..BINARY_HEADER - 4].fill(0);
    copy
}

/// An ASCII file in lower case, in which all solids have become one.
fn single_solid(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if !lines.last().is_some_and(|line| line.starts_with("endsolid")) {
        return Err("it ends before its endsolid".into());
    }
    let facets = lines.iter().filter(|line| !line.starts_with("solid") && !line.starts_with("endsolid"));
    let facets: String = facets.flat_map(|line| [*line, "\n"]).collect();
    Ok(format!("solid mesh\n{facets}endsolid\n").into_bytes())
}

/// Writes a binary file: each triangle with its unit normal by the right hand, zero if it has no area.
pub(super) fn write(file: &mut impl Write, positions: &[[f32; 3]], triangles: &[[u32; 3]]) -> io::Result<()> {
    let count =
        u32::try_from(triangles.len()).map_err(|_| io::Error::other("an STL file cannot hold so many triangles"))?;
    file.write_all(&[0; BINARY_HEADER - 4])?;
    file.write_all(&count.to_le_bytes())?;
    triangles.iter().try_for_each(|triangle| {
        let corners = triangle.map(|index| positions[index as usize]);
        let numbers = [normal(corners)].into_iter().chain(corners).flatten();
        numbers.into_iter().try_for_each(|number| file.write_all(&number.to_le_bytes()))?;
        // The attributes, which no one agreed on.
        file.write_all(&[0; 2])
    })
}

fn normal([a, b, c]: [[f32; 3]; 3]) -> [f32; 3] {
    let to =
        |corner: [f32; 3]| -> [f64; 3] { std::array::from_fn(|axis| f64::from(corner[axis]) - f64::from(a[axis])) };
    let (u, v) = (to(b), to(c));
    let cross = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    let length = cross.iter().map(|c| c * c).sum::<f64>().sqrt();
    if length > 0.0 { cross.map(|c| (c / length) as f32) } else { [0.0; 3] }
}
