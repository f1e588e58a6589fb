//! Files of one number per node of a box, in whatever format.

use super::{FormatError, npy, tiff, vtk};
use crate::{field::Field, grid::Shape};
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

/// What a field file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// The numbers, on nodes taken to be one grid unit apart.
    pub field: Field,
    /// Whether the file's numbers are integers or truth values, as those of segmented images are.
    pub is_discrete: bool,
    /// Distances between nodes along x, y and z, in one unit for all; 1 where the format does not tell.
    pub spacing: [f64; 3],
}

/// Reads a file of the format its extension names; of a series, the last frame. Its numbers are φ or, where
/// `concentration` is set, c = (φ + 1)/2.
///
/// # Errors
/// When the extension is unknown, or the file cannot be read, is damaged, or holds values that are not finite.
pub fn read(path: &Path, concentration: bool) -> Result<Volume, FormatError> {
    match FieldFormat::of(path) {
        Some(FieldFormat::Npy) => {
            let mut reader = npy::FrameReader::open(path, concentration)?;
            let field = reader.read(reader.frames() - 1)?;
            Ok(Volume { field, is_discrete: reader.is_discrete(), spacing: [1.0; 3] })
        }
        Some(FieldFormat::Vti) => vtk::read_vti(path, concentration),
        Some(FieldFormat::Tiff) => tiff::read_stack(path, concentration),
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

/// A file's number as φ.
pub(super) fn phi(value: f64, concentration: bool) -> f32 {
    if concentration { (2.0 * value - 1.0) as f32 } else { value as f32 }
}

/// Puts numbers of which the x coordinate runs fastest into C order.
pub(super) fn c_order<T: Copy>(values: &[T], [nx, ny, nz]: [usize; 3]) -> Vec<T> {
    let node = |x: usize, y: usize| (0..nz).map(move |z| (z * ny + y) * nx + x);
    (0..nx * ny).flat_map(|row| node(row / ny, row % ny)).map(|index| values[index]).collect()
}
