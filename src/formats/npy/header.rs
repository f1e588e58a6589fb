//! What the header of a file says.

use crate::{formats::FormatError, grid::Grid};
use npyz::{DType, NpyHeader, TypeChar};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Longest header that NumPy itself accepts by default.
const LONGEST_HEADER: usize = 10_000;

/// Most digits that all dimensions may have together, so that their product fits into 64 bits.
const MOST_DIGITS: usize = 18;

pub(super) fn unusable(path: &Path, reason: String) -> FormatError {
    FormatError::Unusable { path: path.to_owned(), kind: "NumPy", reason }
}

pub(super) fn invalid(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

/// Reads the header, leaving `file` at the first value.
pub(super) fn read_header(file: &mut File) -> io::Result<NpyHeader> {
    let mut start = [0; 12];
    file.read_exact(&mut start[..10])?;
    if !start.starts_with(b"\x93NUMPY") {
        return Err(invalid("it does not begin like one"));
    }
    let (prefix, length) = match start[6] {
        1 => (10, usize::from(u16::from_le_bytes([start[8], start[9]]))),
        _ => {
            file.read_exact(&mut start[10..])?;
            (12, u32::from_le_bytes([start[8], start[9], start[10], start[11]]) as usize)
        }
    };
    if length > LONGEST_HEADER {
        return Err(invalid("its header is too long"));
    }
    let mut bytes = start[..prefix].to_vec();
    bytes.resize(prefix + length, 0);
    file.read_exact(&mut bytes[prefix..])?;
    check_header_text(&bytes[prefix..])?;
    NpyHeader::from_reader(bytes.as_slice())
}

/// Lets only the header of a plain array pass: one dictionary with one tuple of decimal numbers.
///
/// The header is a Python literal, and a hostile one could nest deep enough to exhaust the stack of a
/// recursive parser, or claim dimensions whose product overflows.
fn check_header_text(text: &[u8]) -> io::Result<()> {
    let count = |byte| text.iter().filter(|&&b| b == byte).count();
    let plain = count(b'{') == 1 && count(b'(') == 1 && count(b'[') == 0 && count(b'\\') == 0;
    let shape = text.split(|&b| b == b'(').nth(1).and_then(|rest| rest.split(|&b| b == b')').next());
    let shape = shape.filter(|_| plain).ok_or_else(|| invalid("it does not hold a plain array"))?;
    if shape.iter().any(|b| !b.is_ascii_digit() && !b", ".contains(b)) {
        return Err(invalid("its shape is not a list of numbers"));
    }
    if shape.iter().filter(|b| b.is_ascii_digit()).count() > MOST_DIGITS {
        return Err(invalid("its shape is too large"));
    }
    Ok(())
}

pub(super) fn frames_and_grid(header: &NpyHeader) -> Result<(usize, Grid), String> {
    let (frames, shape) = match *header.shape() {
        [x, y] => (1, [x, y, 1]),
        [x, y, z] => (1, [x, y, z]),
        [frames, x, y, z] => (frames, [x, y, z]),
        ref shape => {
            return Err(format!(
                "its shape is {shape:?}, but [nx, ny, nz], [nx, ny] or [frames, nx, ny, nz] is needed"
            ));
        }
    };
    let grid = Grid::from(shape.map(|side| side as usize));
    grid.check().map_err(|error| error.to_string())?;
    Ok((frames as usize, grid))
}

/// A type of values that can be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub type_char: TypeChar,
    /// Bytes per value.
    pub bytes: u64,
}

impl Kind {
    pub fn of(dtype: &DType) -> Result<Self, String> {
        let refused =
            || format!("its values are of type {}, but real numbers, integers or booleans are needed", dtype.descr());
        let DType::Plain(kind) = dtype else { return Err(refused()) };
        let (type_char, bytes) = (kind.type_char(), kind.size_field());
        let known = match type_char {
            TypeChar::Float => matches!(bytes, 4 | 8),
            TypeChar::Int | TypeChar::Uint => matches!(bytes, 1 | 2 | 4 | 8),
            TypeChar::Bool => bytes == 1,
            _ => false,
        };
        if known { Ok(Self { type_char, bytes }) } else { Err(refused()) }
    }
}
