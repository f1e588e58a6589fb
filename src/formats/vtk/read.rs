//! Reading VTK image data: the XML around the numbers, and the numbers in whichever way they are written.

use super::{
    base64,
    number::{Number, NumberKind, ascii},
    xml::{Kind, Tag, Tags},
};
use crate::{
    field::Field,
    formats::{
        FormatError, read_file,
        volume::{Volume, c_order, phi},
    },
    grid::Grid,
};
use std::path::Path;

/// The name of the array that is taken where there are several.
const NAME: &str = "phi";

/// Reads the point data of an image: the array named `phi`, or the only one, of one component. ASCII, base64 and raw
/// binary are understood, inline or appended, but not compressed ones. x runs fastest in the file, as VTK has it, and
/// becomes axis 0 of the field.
///
/// # Errors
/// When the file cannot be read, is damaged or compressed, does not say which array is meant, or holds values that are
/// not finite.
pub fn read_vti(path: &Path, concentration: bool) -> Result<Volume, FormatError> {
    let bytes = read_file(path).map_err(FormatError::read(path))?;
    let unusable = |reason| FormatError::Unusable { path: path.to_owned(), kind: "VTK image", reason };
    parse_vti(&bytes, concentration).map_err(unusable)
}

/// Reads an image from the bytes of a file, as [`read_vti`].
///
/// # Errors
/// Says, in half a sentence about the file, what is wrong with it.
pub fn parse_vti(bytes: &[u8], concentration: bool) -> Result<Volume, String> {
    // What a reason quotes of the file may break its line.
    parse(bytes, concentration).map_err(|reason| reason.replace(char::is_control, " "))
}

fn parse(bytes: &[u8], concentration: bool) -> Result<Volume, String> {
    let image = Image::parse(bytes)?;
    let array = image.array()?;
    let values = image.numbers(&array, |value| phi(value, concentration))?;
    let field = Field::from_values(image.shape, c_order(&values, image.shape)).map_err(|error| error.to_string())?;
    Ok(Volume { field, is_discrete: array.number.kind != NumberKind::Float, spacing: image.spacing })
}

/// An image as its XML describes it.
struct Image<'a> {
    shape: [usize; 3],
    spacing: [f64; 3],
    big_endian: bool,
    /// Bytes of the number before a block of binary values.
    header_bytes: usize,
    /// The arrays of point data with what is written in their elements.
    arrays: Vec<(Tag<'a>, &'a [u8])>,
    /// How appended data are written, if there are any.
    encoding: Option<&'a str>,
    /// What follows their underscore.
    appended: &'a [u8],
}

/// An array of point data.
struct Array<'a> {
    number: Number,
    place: Place<'a>,
}

/// How and where the values of an array are written.
enum Place<'a> {
    Ascii(&'a [u8]),
    Base64(&'a [u8]),
    AppendedRaw(usize),
    AppendedBase64(usize),
}

impl<'a> Image<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let mut image = Self {
            shape: [0; 3],
            spacing: [1.0; 3],
            big_endian: false,
            header_bytes: 4,
            arrays: Vec::new(),
            encoding: None,
            appended: &[],
        };
        let (mut pieces, mut in_points, mut ended) = (0, false, false);
        let mut tags = Tags::of(bytes);
        while let Some(tag) = tags.next().transpose()? {
            match (tag.name, tag.kind) {
                ("VTKFile", Kind::Opens) => image.read_file(&tag)?,
                ("VTKFile", Kind::Closes) => ended = true,
                ("ImageData", Kind::Opens) => image.read_extent(&tag)?,
                ("Piece", Kind::Opens) => {
                    pieces += 1;
                    if pieces > 1 || extent(tag.required("Extent")?)? != image.shape {
                        return Err("it is cut into pieces: save it as one".into());
                    }
                }
                ("PointData", kind) => in_points = kind == Kind::Opens,
                ("DataArray", Kind::Opens | Kind::Empty) => {
                    let text = tags.content(&tag)?;
                    if in_points {
                        image.arrays.push((tag, text));
                    }
                }
                ("AppendedData", Kind::Opens) => {
                    image.encoding = Some(tag.required("encoding")?);
                    let text = bytes[tag.end..].trim_ascii_start();
                    image.appended = text.strip_prefix(b"_").ok_or("its appended data do not begin with “_”")?;
                    // They may be raw, and look like anything.
                    ended = true;
                    break;
                }
                _ => {}
            }
        }
        match (image.shape, ended) {
            ([0, ..], _) => Err("it holds no image data".into()),
            (_, false) => Err("it ends within its XML".into()),
            _ => Ok(image),
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
    fn array(&self) -> Result<Array<'a>, String> {
        let name = |tag: &Tag<'a>| tag.attribute("Name").unwrap_or_default();
        let (tag, text) = match &self.arrays[..] {
            [] => return Err("it holds no point data: turn cell data into point data first".into()),
            [only] => only,
            several => several.iter().find(|(tag, _)| name(tag) == NAME).ok_or_else(|| {
                let names: Vec<_> = several.iter().map(|(tag, _)| format!("“{}”", name(tag))).collect();
                format!("it holds the arrays {}, and none is called “{NAME}”: keep one of them", names.join(", "))
            })?,
        };
        match tag.attribute("NumberOfComponents").map(str::trim) {
            None | Some("1") => Array::of(tag, text, self.encoding),
            Some(several) => Err(format!("its array “{}” has {several} components, but one is needed", name(tag))),
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
        Ok(Self { number, place })
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
