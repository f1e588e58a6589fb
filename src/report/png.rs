//! Pictures as `.png`, whole or not at all.

use super::ReportError;
use crate::formats::OutputFile;
use image::{EncodableLayout, ImageBuffer, ImageFormat, Pixel, PixelWithColorType};
use std::path::Path;

/// Writes one picture.
///
/// # Errors
/// When it cannot be written; what was there stays.
pub fn save<P>(picture: &ImageBuffer<P, Vec<u8>>, path: &Path) -> Result<(), ReportError>
where
    P: Pixel<Subpixel = u8> + PixelWithColorType,
    [u8]: EncodableLayout,
{
    let mut file = OutputFile::create(path)?;
    let failed = |error: image::ImageError| ReportError::Image { path: path.to_owned(), reason: error.to_string() };
    picture.write_to(&mut file, ImageFormat::Png).map_err(failed)?;
    Ok(file.finish()?)
}
