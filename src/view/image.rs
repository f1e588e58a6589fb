//! Pictures without a window.

use super::{FlatScene, Ground, PlaneRenderer, Renderer, Scene, palette, uniforms::Tile};
use crate::gpu::{Gpu, GpuError};
use image::{GenericImage, Rgba, RgbaImage};
use wgpu::{COPY_BYTES_PER_ROW_ALIGNMENT, Extent3d, Texture, TextureFormat, TextureUsages};

/// Longest side of what is drawn in one piece, in pixels: four samples of colour and depth then take 128 MiB.
const TILE: u32 = 2048;

/// Longest side of an image in pixels.
const MOST_PIXELS: u32 = 16_384;

/// Linear sRGB on read, encoded on write.
const FORMAT: TextureFormat = TextureFormat::Rgba8UnormSrgb;

/// Drawn, then read.
const READ: TextureUsages = TextureUsages::RENDER_ATTACHMENT.union(TextureUsages::COPY_SRC);

/// Draws `scene` into an image of so many pixels (sRGB, opacity not multiplied in), piece by piece, waiting for the
/// device. On [`Ground::Transparent`] only what is drawn is opaque.
///
/// # Errors
/// When a side is 0 or more than 16,384 pixels, or the device fails.
pub fn render_image(gpu: &Gpu, scene: &Scene, size: [u32; 2]) -> Result<RgbaImage, GpuError> {
    check(size)?;
    let mut renderer = Renderer::new(gpu, FORMAT);
    let [width, height] = size;
    let mut image = RgbaImage::new(width, height);
    let side = TILE.min(gpu.device.limits().max_texture_dimension_2d);
    for y in (0..height).step_by(side as usize) {
        for x in (0..width).step_by(side as usize) {
            let tile = Tile { whole: size, origin: [x, y], size: [(width - x).min(side), (height - y).min(side)] };
            let target = canvas(gpu, tile.size, FORMAT, READ);
            renderer.draw_tile(&target.create_view(&Default::default()), &tile, scene);
            let piece = read_image(gpu, &target, scene.ground)?;
            image.copy_from(&piece, x, y).map_err(|error| GpuError::Failed(error.to_string()))?;
        }
    }
    Ok(image)
}

/// Draws a flat field as [`render_image`] does a scene.
///
/// # Errors
/// As [`render_image`]; also when the device allows no image so large.
pub fn render_flat_image(gpu: &Gpu, scene: &FlatScene, size: [u32; 2]) -> Result<RgbaImage, GpuError> {
    check(size)?;
    let limit = gpu.device.limits().max_texture_dimension_2d;
    if size.iter().any(|&side| side > limit) {
        return Err(too_large(size, limit));
    }
    let target = canvas(gpu, size, FORMAT, READ);
    PlaneRenderer::new(gpu, FORMAT).draw(&target.create_view(&Default::default()), size, scene);
    read_image(gpu, &target, scene.ground)
}

fn check(size: [u32; 2]) -> Result<(), GpuError> {
    if size.iter().all(|side| (1..=MOST_PIXELS).contains(side)) { Ok(()) } else { Err(too_large(size, MOST_PIXELS)) }
}

fn too_large([width, height]: [u32; 2], most: u32) -> GpuError {
    GpuError::PictureSize { width, height, least: 1, most }
}

/// An empty texture to draw a picture into.
pub fn canvas(gpu: &Gpu, [width, height]: [u32; 2], format: TextureFormat, usage: TextureUsages) -> Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("picture"),
        size: Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage,
        view_formats: &[],
    })
}

/// Colours come from the device multiplied by their opacity, before they are encoded.
fn divide_by_opacity(Rgba([r, g, b, a]): &mut Rgba<u8>) {
    if *a == 0 || *a == 255 {
        return;
    }
    let linear = palette::linear(u32::from_be_bytes([0, *r, *g, *b]));
    let opacity = f32::from(*a) / 255.0;
    [*r, *g, *b] = palette::encoded(linear.map(|channel| channel / opacity));
}

/// What was drawn on `ground` into a texture of the format `Rgba8UnormSrgb`, as an image (sRGB, opacity not multiplied
/// in), waiting for the device.
///
/// # Errors
/// When the device fails.
pub fn read_image(gpu: &Gpu, texture: &Texture, ground: Ground) -> Result<RgbaImage, GpuError> {
    let pixels = read_pixels(gpu, texture)?;
    let count = pixels.len();
    let mut image = RgbaImage::from_raw(texture.width(), texture.height(), pixels)
        .ok_or_else(|| GpuError::Failed(format!("the device returned {count} bytes of an image")))?;
    if ground == Ground::Transparent {
        image.pixels_mut().for_each(divide_by_opacity);
    }
    Ok(image)
}

/// Bytes from one row of pixels to the next in a buffer.
fn stride_of(width: u32) -> u32 {
    (4 * width).next_multiple_of(COPY_BYTES_PER_ROW_ALIGNMENT)
}

/// Bytes of the buffer through which an image of so many pixels is read.
pub fn bytes_of([width, height]: [u32; 2]) -> u64 {
    u64::from(stride_of(width)) * u64::from(height)
}

/// The bytes of a texture with four per pixel, row by row, waiting for the device.
///
/// # Errors
/// When the device fails.
pub fn read_pixels(gpu: &Gpu, texture: &Texture) -> Result<Vec<u8>, GpuError> {
    let width = 4 * texture.width();
    let stride = stride_of(texture.width());
    let bytes = bytes_of([texture.width(), texture.height()]);
    let buffer = gpu.storage("the image", bytes, wgpu::BufferUsages::empty())?;
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(stride), rows_per_image: None };
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo { buffer: &buffer, layout },
        texture.size(),
    );
    gpu.queue.submit([encoder.finish()]);
    let rows = gpu.start_reading(&buffer, bytes)?.wait::<u8>()?;
    Ok(rows.chunks_exact(stride as usize).flat_map(|row| &row[..width as usize]).copied().collect())
}
