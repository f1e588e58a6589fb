//! Files of one number per node of a box, in whatever format.

pub use super::volume::Volume;
use super::{FormatError, npy, tiff, vtk};
use crate::grid::Shape;
use std::path::Path;

/// The file formats of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldFormat {
    /// NumPy's array.
    Npy,
    /// VTK's image data.
    Vti,
    /// A stack of grey images.
    Tiff,
}

impl FieldFormat {
    /// The format that a file's extension names, in upper or lower case.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "npy" => Some(Self::Npy),
            "vti" => Some(Self::Vti),
            "tif" | "tiff" => Some(Self::Tiff),
            _ => None,
        }
    }
}

/// Reads a file of the format its extension names; of a series, the last frame. Its numbers are φ or, where
/// `concentration` is set, c = (φ + 1)/2.
///
/// # Errors
/// When the extension is unknown, or the file cannot be read, is damaged, or holds values that are not finite.
pub fn read(path: &Path, concentration: bool) -> Result<Volume, FormatError> {
    read_frame(path, None, concentration)
}

/// Reads a frame of such a file, counted from 0; `None` is the last one. Only `.npy` files hold more than one.
///
/// # Errors
/// As [`read`], or when there is no such frame.
pub fn read_frame(path: &Path, frame: Option<usize>, concentration: bool) -> Result<Volume, FormatError> {
    let alone = |kind, volume: Volume| match frame {
        None | Some(0) => Ok(volume),
        Some(frame) => {
            let reason = format!("it has one frame, frame 0, but frame {frame} was asked for");
            Err(FormatError::Unusable { path: path.to_owned(), kind, reason })
        }
    };
    match FieldFormat::of(path) {
        Some(FieldFormat::Npy) => {
            let mut reader = npy::FrameReader::open(path, concentration)?;
            let field = reader.read(frame.unwrap_or(reader.frames() - 1))?;
            Ok(Volume { field, is_discrete: reader.is_discrete(), spacing: [1.0; 3] })
        }
        Some(FieldFormat::Vti) => alone("VTK", vtk::read_vti(path, concentration)?),
        Some(FieldFormat::Tiff) => alone("TIFF", tiff::read_stack(path, concentration)?),
        None => Err(FormatError::UnknownField { path: path.to_owned() }),
    }
}

/// The nodes of the field in a file.
///
/// # Errors
/// As [`read`].
pub fn shape(path: &Path) -> Result<Shape, FormatError> {
    Ok(match FieldFormat::of(path) {
        Some(FieldFormat::Npy) => npy::FrameReader::open(path, false)?.grid().shape(),
        _ => read(path, false)?.field.grid().shape(),
    })
}
