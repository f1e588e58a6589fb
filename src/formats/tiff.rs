//! Stacks of grey images in TIFF files, as tomographs and microscopes make them: one page per plane of nodes.

use super::{
    FormatError, open_file,
    volume::{Volume, c_order, phi},
};
use crate::{field::Field, grid::Grid};
use std::{
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};
use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits},
};

/// Most pages and most pixels along a side of a page.
const MAX_SIDE: usize = 8192;

/// Most pixels of all pages together.
const MAX_PIXELS: usize = 1 << 30;

/// Most pixels that a byte of a file can stand for, however well it is packed.
const MOST_PER_BYTE: u64 = 4096;

/// Reads a stack of pages of one size, 8- or 16-bit grey or 32-bit real numbers: x runs along the rows of a page, y
/// down its columns, z from page to page, so that x is fastest in the file. A single page is a plane.
///
/// # Errors
/// When the file cannot be read, is damaged, has colours, or holds values that are not finite.
pub fn read_stack(path: &Path, concentration: bool) -> Result<Volume, FormatError> {
    let file = open_file(path).map_err(FormatError::read(path))?;
    if file.metadata().map_err(FormatError::read(path))?.is_dir() {
        return Err(FormatError::read(path)(io::ErrorKind::IsADirectory.into()));
    }
    let unusable = |reason| FormatError::Unusable { path: path.to_owned(), kind: "TIFF", reason };
    parse_stack(BufReader::new(file), concentration).map_err(unusable)
}

/// Reads a stack from the bytes of a file, as [`read_stack`].
///
/// # Errors
/// Says, in half a sentence about the file, what is wrong with it.
pub fn parse_stack(file: impl Read + Seek, concentration: bool) -> Result<Volume, String> {
    let (shape, is_discrete, values) = read_pages(file)?;
    let values = c_order(&values, shape).into_iter().map(|value| phi(value.into(), concentration)).collect();
    let field = Field::from_values(shape, values).map_err(|error| error.to_string())?;
    Ok(Volume { field, is_discrete, spacing: [1.0; 3] })
}

/// The shape, whether the numbers are integers, and the numbers, x fastest.
fn read_pages(mut file: impl Read + Seek) -> Result<([usize; 3], bool, Vec<f32>), String> {
    let length = file.seek(SeekFrom::End(0)).and_then(|length| file.rewind().map(|()| length));
    let length = length.map_err(|error| describe(error.into()))?;
    let held = usize::try_from(length.saturating_mul(MOST_PER_BYTE)).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new(file).map_err(describe)?.with_limits(limits(length));
    let (size, colour) = (page_size(&mut decoder)?, decoder.colortype().map_err(describe)?);
    let (mut values, mut pages) = (Vec::new(), 0);
    let is_discrete = loop {
        let found = (page_size(&mut decoder)?, decoder.colortype().map_err(describe)?);
        if found != (size, colour) {
            return Err(format!("its page {pages} differs from page 0 in size or type: save pages of one kind"));
        }
        if pages == MAX_SIDE || (pages + 1) * size[0] * size[1] > MAX_PIXELS {
            return Err(format!(
                "it holds more than {MAX_PIXELS} pixels or {MAX_SIDE} pages: crop or coarsen it first"
            ));
        }
        if (pages + 1) * size[0] * size[1] > held {
            return Err(format!("its {length} bytes cannot hold all the pixels that its pages promise"));
        }
        let (integers, page) = numbers(decoder.read_image().map_err(describe)?)?;
        if page.len() != size[0] * size[1] {
            return Err(format!("its page {pages} does not hold the pixels that its size promises"));
        }
        values.extend(page);
        pages += 1;
        if !decoder.more_images() {
            break integers;
        }
        decoder.next_image().map_err(describe)?;
    };
    let shape = [size[0], size[1], pages];
    Grid::from(shape).check().map_err(|error| error.to_string())?;
    Ok((shape, is_discrete, values))
}

/// What the decoder may take for a file of so many bytes: buffers for the pixels that these can stand for, of 4 bytes
/// each, and lists no longer than the file.
fn limits(length: u64) -> Limits {
    let most = |bytes: u64, default: usize| usize::try_from(bytes).unwrap_or(usize::MAX).min(default);
    let (mut limits, pixels) = (Limits::default(), length.saturating_mul(4 * MOST_PER_BYTE));
    limits.decoding_buffer_size = most(pixels, limits.decoding_buffer_size);
    limits.intermediate_buffer_size = most(pixels, limits.intermediate_buffer_size);
    limits.ifd_value_size = most(length, limits.ifd_value_size);
    limits
}

/// Width and height of the present page, checked before anything is allocated for them.
fn page_size<R: Read + Seek>(decoder: &mut Decoder<R>) -> Result<[usize; 2], String> {
    match decoder.colortype().map_err(describe)? {
        ColorType::Gray(8 | 16 | 32) => {}
        ColorType::Gray(bits) => {
            return Err(format!("its pixels have {bits} bits, but 8, 16 or 32 are needed: save it as 8-bit grey"));
        }
        other => return Err(format!("its pixels are colours ({other:?}): save it as 8-bit grey")),
    }
    let (width, height) = decoder.dimensions().map_err(describe)?;
    let size = [width, height].map(|side| side as usize);
    if size.contains(&0) || size.iter().any(|&side| side > MAX_SIDE) {
        return Err(format!("its pages have {width}×{height} pixels, but 1 to {MAX_SIDE} along each side are needed"));
    }
    Ok(size)
}

/// Whether the pixels of a page are integers, and their values.
fn numbers(page: DecodingResult) -> Result<(bool, Vec<f32>), String> {
    fn all<T: Into<f32>>(values: Vec<T>) -> Vec<f32> {
        values.into_iter().map(Into::into).collect()
    }
    Ok(match page {
        DecodingResult::U8(values) => (true, all(values)),
        DecodingResult::U16(values) => (true, all(values)),
        DecodingResult::I8(values) => (true, all(values)),
        DecodingResult::I16(values) => (true, all(values)),
        DecodingResult::F32(values) => (false, values),
        _ => return Err("its pixels are neither 8- or 16-bit integers nor 32-bit real numbers: save it as one".into()),
    })
}

fn describe(error: TiffError) -> String {
    let reason = match error {
        TiffError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => "it is cut short".into(),
        TiffError::FormatError(error) => format!("it is damaged ({error})"),
        TiffError::UnsupportedError(error) => format!("{error}: save it as 8-bit grey, uncompressed"),
        other => format!("it is damaged ({other})"),
    };
    reason.replace(char::is_control, " ")
}
