//! Wavefront `.obj`: vertices and faces, without what else the format knows.

use super::{TriangleMesh, push_fan};
use std::{
    borrow::Cow,
    io::{self, Write},
    iter,
};

pub(super) fn parse(bytes: &[u8]) -> Result<TriangleMesh, String> {
    let mut mesh = TriangleMesh { vertices: Vec::new(), triangles: Vec::new() };
    // The largest index in a face, and the line of that face: the vertex may follow.
    let mut furthest = (0, 0);
    for (statement, number) in statements(bytes) {
        let mut words = statement.split_whitespace();
        match words.next() {
            Some("v") => {
                let position = position(words);
                let wrong = || format!("the position of the vertex in line {number} is not three numbers");
                mesh.vertices.push(position.ok_or_else(wrong)?);
            }
            Some("f") => {
                let corners: Option<Vec<_>> = words.map(|word| corner(word, mesh.vertices.len())).collect();
                let corners = corners.filter(|corners| corners.len() >= 3);
                let wrong = || format!("the face in line {number} is not a list of three or more vertices");
                let corners = corners.ok_or_else(wrong)?;
                furthest = corners.iter().fold(furthest, |furthest, &corner| furthest.max((corner, number)));
                push_fan(&mut mesh.triangles, &corners);
            }
            _ => {}
        }
    }
    let ((index, line), count) = (furthest, mesh.vertices.len());
    if index as usize >= count && line > 0 {
        return Err(format!("the face in line {line} uses vertex {}, but there are {count}", u64::from(index) + 1));
    }
    Ok(mesh)
}

/// The lines of a file without their comments, numbered from 1. One that ends in a backslash is continued by the next.
fn statements(bytes: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, usize)> {
    let mut lines = bytes.split(|&byte| byte == b'\n').map(plain).zip(1..);
    iter::from_fn(move || {
        let (mut statement, number) = lines.next()?;
        while statement.ends_with('\\') {
            let (rest, _) = lines.next().unwrap_or_default();
            let begun = statement.to_mut();
            begun.pop();
            begun.push(' ');
            begun.push_str(&rest);
        }
        Some((statement, number))
    })
}

/// A line without its comment and its end.
fn plain(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.split(|&byte| byte == b'#').next().unwrap_or_default();
    // Names in other encodings than UTF-8 are common and do not matter here.
    String::from_utf8_lossy(line)
}

/// A position, divided by its weight if it has one; the colour that some programs write behind it is left out.
fn position<'a>(words: impl Iterator<Item = &'a str>) -> Option<[f32; 3]> {
    let numbers: Vec<f32> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [x, y, z] | [x, y, z, _, _, _] => Some([x, y, z]),
        [x, y, z, weight] if weight != 0.0 => Some([x / weight, y / weight, z / weight]),
        _ => None,
    }
}

/// The index of a vertex, which the file counts from 1, or backwards from the last of the `defined` ones; texture and
/// normal may follow behind slashes.
fn corner(word: &str, defined: usize) -> Option<u32> {
    let mut parts = word.split('/');
    let number: i64 = parts.next()?.parse().ok()?;
    let others: Vec<_> = parts.collect();
    if others.len() > 2 || others.iter().any(|other| !other.is_empty() && other.parse::<i64>().is_err()) {
        return None;
    }
    match number {
        0 => None,
        1.. => u32::try_from(number - 1).ok(),
        _ => u32::try_from(defined as i64 + number).ok(),
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
