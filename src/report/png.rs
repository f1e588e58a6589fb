//! Pictures as `.png`, whole or not at all.

use super::ReportError;
use crate::formats::OutputFile;
use image::{EncodableLayout, ImageBuffer, ImageFormat, ImageResult, Pixel, PixelWithColorType};
use std::{
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

/// Writes one picture.
///
/// # Errors
/// When it cannot be written; what was there stays.
pub fn save<P>(picture: &ImageBuffer<P, Vec<u8>>, path: &Path) -> Result<(), ReportError>
where
    P: Pixel<Subpixel = u8> + PixelWithColorType,
    [u8]: EncodableLayout,
{
    write(path, &encode(picture).map_err(ReportError::image(path))?).map(drop)
}

/// The bytes of the file.
///
/// # Errors
/// When the picture has no pixels.
pub fn encode<P>(picture: &ImageBuffer<P, Vec<u8>>) -> ImageResult<Vec<u8>>
where
    P: Pixel<Subpixel = u8> + PixelWithColorType,
    [u8]: EncodableLayout,
{
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// Writes these bytes, and gives the path of the file: see [`OutputFile::finish`].
///
/// # Errors
/// As [`save`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<PathBuf, ReportError> {
    let mut file = OutputFile::create(path)?;
    let failed = |error: std::io::Error| ReportError::Image { path: path.to_owned(), reason: error.to_string() };
    file.write_all(bytes).map_err(failed)?;
    Ok(file.finish()?)
}
