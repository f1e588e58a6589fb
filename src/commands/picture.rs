//! Images of surfaces, drawn without a window.

use super::CommandError;
use crate::{
    field::Field,
    gpu::Gpu,
    surface::{Caps, gpu::SurfaceExtractor},
    view::{Camera, Palette, Scene, render_to_image},
};
use std::path::Path;

/// Width and height in pixels.
const SIDE: u32 = 900;

/// Draws the φ = 0 surface of `field` in its box, as the window would.
///
/// # Errors
/// When the device fails or the image cannot be written.
pub fn draw(gpu: &Gpu, field: &Field, palette: &Palette, path: &Path) -> Result<(), CommandError> {
    let mut extractor = SurfaceExtractor::new(gpu, field.size(), Caps::Closed)?;
    let surface = extractor.extract_whole(&gpu.upload("the field to draw", field.values())?, 0.0)?;
    let size = field.size() as f32;
    let camera = Camera::framing(size);
    let scene = Scene { camera: &camera, palette, size, surface: Some(surface) };
    let image = render_to_image(gpu, &scene, SIDE, SIDE)?;
    image.save(path).map_err(|error| CommandError::Image { path: path.to_owned(), reason: error.to_string() })
}
