//! Images of surfaces, drawn without a window.

use super::{ReportError, png};
use crate::{
    field::Field,
    gpu::Gpu,
    surface::{Caps, gpu::SurfaceExtractor},
    view::{Camera, Palette, Scene, Style, render_image, sides},
};
use std::path::Path;

/// Width and height in pixels.
const SIDE: u32 = 900;

/// As [`draw`], but a failure is only logged, because no picture is worth losing measurements; gives whether it was
/// drawn.
pub fn draw_if_possible(gpu: &Gpu, field: &Field, palette: &Palette, path: &Path) -> bool {
    draw(gpu, field, palette, path).inspect_err(|error| tracing::warn!("an image is left out: {error}")).is_ok()
}

/// Draws the φ = 0 surface of `field` in its box, as the window would.
///
/// # Errors
/// When the device fails or the image cannot be written.
pub fn draw(gpu: &Gpu, field: &Field, palette: &Palette, path: &Path) -> Result<(), ReportError> {
    let mut extractor = SurfaceExtractor::new(gpu, field.grid(), Caps::Closed)?;
    let surface = extractor.extract(field, 0.0)?;
    let camera = Camera::framing(sides(&field.grid()));
    let scene = Scene::new(&camera, field.grid()).with(surface, Style::phase(*palette));
    let image = render_image(gpu, &scene, [SIDE; 2])?;
    png::save(&image, path)
}
