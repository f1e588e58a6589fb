//! Stanford `.ply`, ASCII and binary: read by the crate `ply-rs-bw`, written here.

use super::{TriangleMesh, push_fan};
use crate::formats::OutputFile;
use ply_rs_bw::{
    parser::{ParseError, Parser, Reader},
    ply::{ElementDef, Encoding, Header, Property, PropertyAccess, PropertyAccessResult, PropertyType, ScalarType},
};
use std::{
    borrow::Cow,
    io::{self, Write},
};

pub(super) fn parse(bytes: &[u8]) -> Result<TriangleMesh, String> {
    let bytes = readable(bytes);
    let mut reader = Reader::new(&*bytes);
    let parser = Parser::<Vertex>::new();
    let header = parser.read_header(&mut reader).map_err(describe)?;
    let mut mesh = TriangleMesh { vertices: Vec::new(), triangles: Vec::new() };
    for (name, element) in &header.elements {
        check_count(element, &header, reader.get_ref().len())?;
        if name == "vertex" {
            let vertices = parser.read_payload_for_element(&mut reader, element, &header).map_err(describe)?;
            mesh.vertices = vertices.into_iter().map(|vertex| vertex.0).collect();
        } else {
            let faces = Parser::<Face>::new();
            let faces = faces.read_payload_for_element(&mut reader, element, &header).map_err(describe)?;
            if name == "face" {
                if let Some(at) = faces.iter().position(|face| face.0.len() < 3) {
                    let corners = faces[at].0.len();
                    return Err(format!("its face {at} has {corners} corners, but at least three are needed"));
                }
                faces.iter().for_each(|face| push_fan(&mut mesh.triangles, &face.0));
            }
        }
    }
    let left = match header.encoding {
        Encoding::Ascii => reader.get_ref().trim_ascii(),
        _ => reader.get_ref(),
    };
    match left.len() {
        0 => Ok(mesh),
        left => Err(format!("it goes on for {left} bytes after all that its header promises")),
    }
}

/// A file of which the header is UTF-8, as the parser needs it. Comments may be in any encoding; what they say does not
/// matter here.
fn readable(bytes: &[u8]) -> Cow<'_, [u8]> {
    let lines = bytes.split_inclusive(|&byte| byte == b'\n');
    let header: usize = lines.take_while(|line| line.trim_ascii() != b"end_header").map(<[u8]>::len).sum();
    let (header, rest) = bytes.split_at(header);
    match String::from_utf8_lossy(header) {
        Cow::Borrowed(_) => Cow::Borrowed(bytes),
        Cow::Owned(header) => Cow::Owned([header.as_bytes(), rest].concat()),
    }
}

/// Refuses a number of elements that the rest of the file, `left` bytes, cannot hold.
fn check_count(element: &ElementDef, header: &Header, left: usize) -> Result<(), String> {
    let least = |kind: &PropertyType| match (header.encoding, kind) {
        // A digit and the space or end of line behind it.
        (Encoding::Ascii, _) => 2,
        (_, PropertyType::Scalar(scalar) | PropertyType::List(scalar, _)) => bytes_of(scalar),
    };
    let each = element.properties.iter().map(|(_, property)| least(&property.data_type)).sum::<usize>().max(1);
    // The last line of an ASCII file may lack its end.
    if element.count.saturating_mul(each) > left + 1 {
        let ElementDef { count, name, .. } = element;
        return Err(format!("its header promises {count} elements “{name}”, but only {left} bytes follow"));
    }
    Ok(())
}

fn bytes_of(scalar: &ScalarType) -> usize {
    match scalar {
        ScalarType::Char | ScalarType::UChar => 1,
        ScalarType::Short | ScalarType::UShort => 2,
        ScalarType::Int | ScalarType::UInt | ScalarType::Float => 4,
        ScalarType::Double => 8,
    }
}

/// The first line of the parser's explanation, which then quotes the file.
fn describe(error: ParseError) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// The position of a vertex; what a file does not give stays NaN and is refused with the mesh.
struct Vertex([f32; 3]);

impl PropertyAccess for Vertex {
    fn new() -> Self {
        Self([f32::NAN; 3])
    }

    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        let axis = match name {
            "x" => 0,
            "y" => 1,
            "z" => 2,
            _ => return PropertyAccessResult::Ignored,
        };
        let Some(value) = property.to_f32_lossy() else { return PropertyAccessResult::UnsupportedType };
        self.0[axis] = value;
        PropertyAccessResult::Set
    }
}

/// The corners of a polygon.
struct Face(Vec<u32>);

impl PropertyAccess for Face {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        if !matches!(name, "vertex_indices" | "vertex_index") {
            return PropertyAccessResult::Ignored;
        }
        let Some(corners) = property.to_u32_list() else { return PropertyAccessResult::UnsupportedType };
        self.0 = corners;
        PropertyAccessResult::Set
    }
}

/// Writes a surface with one unit normal per vertex as binary little-endian `.ply`.
pub(super) fn write(
    file: &mut OutputFile,
    positions: &[[f32; 3]],
    normals: &[[f32; 3]],
    triangles: &[[u32; 3]],
) -> io::Result<()> {
    write!(
        file,
        "ply\nformat binary_little_endian 1.0\n\
         element vertex {}\nproperty float x\nproperty float y\nproperty float z\n\
         property float nx\nproperty float ny\nproperty float nz\n\
         element face {}\nproperty list uchar uint vertex_indices\nend_header\n",
        positions.len(),
        triangles.len()
    )?;
    for value in positions.iter().zip(normals).flat_map(|(position, normal)| position.iter().chain(normal)) {
        file.write_all(&value.to_le_bytes())?;
    }
    for triangle in triangles {
        file.write_all(&[3])?;
        triangle.iter().try_for_each(|index| file.write_all(&index.to_le_bytes()))?;
    }
    Ok(())
}
