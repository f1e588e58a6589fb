//! Reading VTK image data: the XML around the numbers, and the numbers in whichever way they are written.

use super::{
    base64,
    xml::{Kind, Tag, Tags},
};
use crate::{
    field::Field,
    formats::{
        FormatError,
        field::{Volume, c_order, phi},
    },
    grid::Grid,
};
use std::{fs, path::Path};

/// The name of the array that is taken where there are several.
const NAME: &str = "phi";

/// Reads the point data of an image: the array named `phi`, or the only one, of one component. ASCII, base64 and raw
/// binary are understood, inline or appended, but not compressed ones. x runs fastest in the file, as VTK has it, and
/// becomes axis 0 of the field.
///
/// # Errors
/// When the file cannot be read, is damaged or compressed, does not say which array is meant, or holds values that are not
/// finite.
pub fn read_vti(path: &Path, concentration: bool) -> Result<Volume, FormatError> {
    let bytes = fs::read(path).map_err(FormatError::read(path))?;
    let unusable = |reason: String| FormatError::Unusable { path: path.to_owned(), kind: "VTK image", reason };
    let image = Image::parse(&bytes).map_err(unusable)?;
    let array = image.array().map_err(unusable)?;
    let values = image.numbers(array, |value| phi(value, concentration)).map_err(unusable)?;
    let values = c_order(&values, image.shape);
    let field = Field::from_values(image.shape, values).map_err(|error| unusable(error.to_string()))?;
    Ok(Volume { field, is_discrete: array.number.kind != NumberKind::Float, spacing: image.spacing })
}

/// An image as its XML describes it.
struct Image<'a> {
    shape: [usize; 3],
    spacing: [f64; 3],
    big_endian: bool,
    /// Bytes of the number before a block of binary values.
    header_bytes: usize,
    arrays: Vec<Array<'a>>,
    /// What follows the underscore of appended data.
    appended: &'a [u8],
}

/// An array of point data.
struct Array<'a> {
    name: &'a str,
    number: Number,
    components: usize,
    place: Place<'a>,
}

/// How and where the values of an array are written.
enum Place<'a> {
    Ascii(&'a [u8]),
    Base64(&'a [u8]),
    AppendedRaw(usize),
    AppendedBase64(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum NumberKind {
    Float,
    Int,
    UInt,
}

/// A type of numbers.
#[derive(Clone, Copy)]
struct Number {
    kind: NumberKind,
    bytes: usize,
}

impl<'a> Image<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let mut image = Self {
            shape: [0; 3],
            spacing: [1.0; 3],
            big_endian: false,
            header_bytes: 4,
            arrays: Vec::new(),
            appended: &[],
        };
        let (mut pieces, mut in_points, mut ended) = (0, false, false);
        let mut encoding = None;
        let mut drafts: Vec<(Tag, &[u8])> = Vec::new();
        // Within an array, how many elements enclose the text that follows.
        let mut depth = None;
        for tag in Tags::of(bytes) {
            let tag = tag?;
            if let Some(level) = &mut depth {
                match tag.kind {
                    Kind::Opens => *level += 1,
                    Kind::Closes => *level -= 1,
                    Kind::Empty => {}
                }
                match (*level, drafts.last_mut()) {
                    (0, _) => depth = None,
                    // Its values may stand before or behind notes on it.
                    (1, Some((_, text))) if text.trim_ascii().is_empty() => *text = tag.text,
                    _ => {}
                }
                continue;
            }
            match (tag.name, tag.kind) {
                ("VTKFile", Kind::Opens) => image.read_file(&tag)?,
                ("ImageData", Kind::Opens) => image.read_extent(&tag)?,
                ("Piece", Kind::Opens) => {
                    pieces += 1;
                    if pieces > 1 || extent(tag.required("Extent")?)? != image.shape {
                        return Err("it is cut into pieces: save it as one".into());
                    }
                }
                ("PointData", kind) => in_points = kind == Kind::Opens,
                ("DataArray", kind @ (Kind::Opens | Kind::Empty)) => {
                    depth = (kind == Kind::Opens).then_some(1);
                    let text = tag.text;
                    if in_points {
                        drafts.push((tag, text));
                    }
                }
                ("AppendedData", Kind::Opens) => {
                    encoding = Some(tag.required("encoding")?);
                    let text = bytes[tag.end..].trim_ascii_start();
                    image.appended = text.strip_prefix(b"_").ok_or("its appended data do not begin with “_”")?;
                    ended = true;
                    break;
                }
                ("VTKFile", Kind::Closes) => ended = true,
                _ => {}
            }
        }
        match (image.shape, ended) {
            ([0, ..], _) => Err("it holds no image data".into()),
            (_, false) => Err("it ends within its XML".into()),
            _ => {
                let arrays = drafts.into_iter().map(|(tag, text)| Array::of(&tag, text, encoding));
                image.arrays = arrays.collect::<Result<_, _>>()?;
                Ok(image)
            }
        }
    }

    fn read_file(&mut self, tag: &Tag) -> Result<(), String> {
        match tag.required("type")? {
            "ImageData" => {}
            other => return Err(format!("it holds {other}, but ImageData is needed")),
        }
        if tag.attribute("compressor").is_some_and(|compressor| !compressor.is_empty()) {
            return Err("it is compressed: save it with the compressor None".into());
        }
        self.big_endian = match tag.attribute("byte_order") {
            None | Some("LittleEndian") => false,
            Some("BigEndian") => true,
            Some(other) => return Err(format!("its byte order is “{other}”, but LittleEndian or BigEndian is needed")),
        };
        self.header_bytes = match tag.attribute("header_type") {
            None | Some("UInt32") => 4,
            Some("UInt64") => 8,
            Some(other) => return Err(format!("its header type is “{other}”, but UInt32 or UInt64 is needed")),
        };
        Ok(())
    }

    fn read_extent(&mut self, tag: &Tag) -> Result<(), String> {
        let shape = extent(tag.required("WholeExtent")?)?;
        Grid::from(shape).check().map_err(|error| error.to_string())?;
        let text = tag.attribute("Spacing").unwrap_or("1 1 1");
        let spacing: Vec<f64> = text.split_ascii_whitespace().filter_map(|number| number.parse().ok()).collect();
        let spacing = spacing.try_into().ok().filter(|spacing: &[f64; 3]| spacing.iter().all(|d| *d > 0.0));
        self.spacing = spacing.ok_or_else(|| format!("its spacing “{text}” is not three positive numbers"))?;
        self.shape = shape;
        Ok(())
    }

    /// The array that is meant.
    fn array(&self) -> Result<&Array<'a>, String> {
        let array = match &self.arrays[..] {
            [] => return Err("it holds no point data: turn cell data into point data first".into()),
            [only] => only,
            several => several.iter().find(|array| array.name == NAME).ok_or_else(|| {
                let names: Vec<_> = several.iter().map(|array| format!("“{}”", array.name)).collect();
                format!("it holds the arrays {}, and none is called “{NAME}”: keep one of them", names.join(", "))
            })?,
        };
        match array.components {
            1 => Ok(array),
            several => Err(format!("its array “{}” has {several} components, but one is needed", array.name)),
        }
    }

    /// The values of an array, in the order of the file.
    fn numbers(&self, array: &Array, convert: impl Fn(f64) -> f32) -> Result<Vec<f32>, String> {
        let count = self.shape.iter().product::<usize>();
        if let Place::Ascii(text) = array.place {
            return ascii(text, count).map(|values| values.into_iter().map(convert).collect());
        }
        let promised = count * array.number.bytes;
        let most = self.header_bytes + promised;
        let from = |offset: usize| self.appended.get(offset..).unwrap_or_default();
        let decoded;
        let block = match array.place {
            Place::AppendedRaw(offset) => from(offset),
            Place::AppendedBase64(offset) => {
                decoded = base64::decode(from(offset), most)?;
                &decoded
            }
            Place::Base64(text) | Place::Ascii(text) => {
                decoded = base64::decode(text, most)?;
                &decoded
            }
        };
        let Some((length, values)) = block.split_at_checked(self.header_bytes) else {
            return Err("it ends before its values".into());
        };
        let length = Number { kind: NumberKind::UInt, bytes: self.header_bytes }.read(length, self.big_endian);
        if length != promised as f64 {
            return Err(format!("its nodes need {promised} bytes of values, but {length} are announced"));
        }
        let Some(values) = values.get(..promised) else {
            return Err(format!("its header promises {promised} bytes of values, but {} follow", values.len()));
        };
        let each = values.chunks_exact(array.number.bytes);
        Ok(each.map(|bytes| convert(array.number.read(bytes, self.big_endian))).collect())
    }
}

impl<'a> Array<'a> {
    /// The array that a tag announces, with the text in its element.
    fn of(tag: &Tag<'a>, text: &'a [u8], encoding: Option<&str>) -> Result<Self, String> {
        let name = tag.attribute("Name").unwrap_or_default();
        let number = Number::named(tag.required("type")?)?;
        let components = tag.attribute("NumberOfComponents").unwrap_or("1");
        let components =
            components.trim().parse().map_err(|_| format!("its array “{name}” has no number of components"))?;
        let offset = || {
            let offset = tag.required("offset")?.trim();
            offset.parse().map_err(|_| format!("the offset “{offset}” of its array “{name}” is not a number"))
        };
        let place = match (tag.required("format")?, encoding) {
            ("ascii", _) => Place::Ascii(text),
            ("binary", _) => Place::Base64(text),
            ("appended", Some("raw")) => Place::AppendedRaw(offset()?),
            ("appended", Some("base64")) => Place::AppendedBase64(offset()?),
            ("appended", None) => return Err("it ends before its appended data".into()),
            (format, encoding) => {
                let encoding = encoding.unwrap_or_default();
                return Err(format!(
                    "its array “{name}” is written as {format} {encoding}, but ascii, binary or appended is needed"
                ));
            }
        };
        Ok(Self { name, number, components, place })
    }
}

impl Number {
    fn named(name: &str) -> Result<Self, String> {
        let (kind, bits) = match name {
            "Float32" | "Float64" => (NumberKind::Float, &name[5..]),
            "Int8" | "Int16" | "Int32" | "Int64" => (NumberKind::Int, &name[3..]),
            "UInt8" | "UInt16" | "UInt32" | "UInt64" => (NumberKind::UInt, &name[4..]),
            other => return Err(format!("its values are of type {other}, but real numbers or integers are needed")),
        };
        Ok(Self { kind, bytes: bits.parse::<usize>().map_err(|error| error.to_string())? / 8 })
    }

    /// The number that `bytes`, as many as it has, stand for.
    fn read(self, bytes: &[u8], big_endian: bool) -> f64 {
        let place = |(power, &byte): (usize, &u8)| u64::from(byte) << (8 * power);
        let bits: u64 = match big_endian {
            true => bytes.iter().rev().enumerate().map(place).sum(),
            false => bytes.iter().enumerate().map(place).sum(),
        };
        let unused = 64 - 8 * self.bytes as u32;
        match (self.kind, self.bytes) {
            (NumberKind::Float, 4) => f32::from_bits(bits as u32).into(),
            (NumberKind::Float, _) => f64::from_bits(bits),
            (NumberKind::Int, _) => ((bits << unused) as i64 >> unused) as f64,
            (NumberKind::UInt, _) => bits as f64,
        }
    }
}

/// The numbers of nodes between the first and the last of each axis.
fn extent(text: &str) -> Result<[usize; 3], String> {
    let ends: Vec<i64> = text.split_ascii_whitespace().filter_map(|number| number.parse().ok()).collect();
    let side = |ends: &[i64]| {
        let side = ends[1].checked_sub(ends[0])?.checked_add(1)?;
        usize::try_from(side).ok().filter(|&side| side > 0)
    };
    let sides: Vec<usize> = ends.chunks_exact(2).filter_map(side).collect();
    let sides = sides.try_into().ok().filter(|_| ends.len() == 6);
    sides.ok_or_else(|| format!("its extent “{text}” is not three pairs of a first and a last node"))
}

fn ascii(text: &[u8], count: usize) -> Result<Vec<f64>, String> {
    let text = str::from_utf8(text).map_err(|_| "its values are not text")?;
    let numbers = text.split_ascii_whitespace().map(|number| {
        number
            .parse()
            .map_err(|_| format!("its value “{}” is not a number", number.chars().take(20).collect::<String>()))
    });
    let values: Vec<f64> = numbers.collect::<Result<_, _>>()?;
    let found = values.len();
    if found == count { Ok(values) } else { Err(format!("it has {count} nodes, but {found} values")) }
}
