//! Fields in NumPy's `.npy` files: one field [nx, ny, nz], a plane [nx, ny], or a series of fields [frames, nx, ny,
//! nz].
//!
//! Values are φ ∈ [−1, 1] or, where `concentration` is set, c = (φ + 1)/2 ∈ [0, 1]. Files are read in any real, integer
//! or boolean type of either byte order, and written in little-endian f32, C order.

mod header;
mod read;
mod write;

pub use read::FrameReader;
pub use write::{FrameWriter, GrowingFrames};

use super::{FormatError, OutputFile};
use crate::field::Field;
use std::path::Path;
use write::{write_header, write_values};

/// Reads the field in a file; of a series, the last frame, where that run ended.
///
/// # Errors
/// When the file cannot be read, has another shape or type, is cut short, or holds values that are not finite.
pub fn read_field(path: &Path, concentration: bool) -> Result<Field, FormatError> {
    let mut reader = FrameReader::open(path, concentration)?;
    reader.read(reader.frames() - 1)
}

/// Reads all frames of a file (one, if it holds a single field).
///
/// # Errors
/// As [`read_field`].
pub fn read_frames(path: &Path, concentration: bool) -> Result<Vec<Field>, FormatError> {
    let mut reader = FrameReader::open(path, concentration)?;
    (0..reader.frames()).map(|frame| reader.read(frame)).collect()
}

/// Writes one field as an array [nx, ny, nz].
///
/// # Errors
/// When the file cannot be written.
pub fn write_field(path: &Path, field: &Field, concentration: bool) -> Result<(), FormatError> {
    let shape = field.grid().shape.map(|side| side as u64);
    let mut file = OutputFile::create(path)?;
    file.put(|file| write_header(file, &shape))?;
    file.put(|file| write_values(file, field, concentration))?;
    file.finish().map(drop)
}
