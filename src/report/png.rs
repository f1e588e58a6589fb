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
    write(OutputFile::create(path)?, &encode(picture).map_err(ReportError::image(path))?).map(drop)
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

/// Writes these bytes to a file that was begun, which is finished, and gives its path: see [`OutputFile::finish`].
///
/// # Errors
/// As [`save`].
pub fn write(mut file: OutputFile, bytes: &[u8]) -> Result<PathBuf, ReportError> {
    let path = file.path().to_owned();
    let failed = |error: std::io::Error| ReportError::Image { path, reason: error.to_string() };
    file.write_all(bytes).map_err(failed)?;
    Ok(file.finish()?)
}
