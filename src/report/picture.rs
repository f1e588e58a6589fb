//! Images of surfaces, drawn without a window.

use super::{ReportError, png};
use crate::{
    field::Field,
    gpu::{Gpu, GpuError},
    surface::{Caps, gpu::SurfaceExtractor},
    threads,
    view::{Camera, Palette, Scene, Style, render_image, sides},
};
use image::RgbaImage;
use std::path::Path;

/// Width and height in pixels.
const SIDE: u32 = 900;

/// Writes a picture of the φ = 0 surface of `field` in its box, as the window would show it; whether it did. A failure is
/// only logged, because no picture is worth losing measurements. One is left out, too, when `stop` says that it is not wanted any more.
pub fn draw_if_possible(gpu: &Gpu, field: &Field, palette: Palette, path: &Path, stop: &dyn Fn() -> bool) -> bool {
    let (gpu, field) = (gpu.clone(), field.clone());
    let drawn = threads::unless(stop, move || draw(&gpu, &field, palette)).map_err(ReportError::from);
    let written = drawn.and_then(|picture| match picture {
        Some(picture) => png::save(&picture?, path).map(|()| true),
        None => Ok(false),
    });
    written.unwrap_or_else(|error| {
        tracing::warn!("an image is left out: {error}");
        false
    })
}

/// The picture of a surface.
fn draw(gpu: &Gpu, field: &Field, palette: Palette) -> Result<RgbaImage, GpuError> {
    let mut extractor = SurfaceExtractor::new(gpu, field.grid(), Caps::Closed)?;
    let surface = extractor.extract(field, 0.0)?;
    let camera = Camera::framing(sides(&field.grid()));
    let scene = Scene::new(&camera, field.grid()).with(surface, Style::phase(palette));
    render_image(gpu, &scene, [SIDE; 2])
}
