//! Pictures without a window.

use super::{Renderer, Scene};
use crate::gpu::{Gpu, GpuError};
use image::RgbaImage;
use wgpu::{COPY_BYTES_PER_ROW_ALIGNMENT, Extent3d, Texture, TextureFormat, TextureUsages};

/// Draws `scene` into an image (sRGB), waiting for the device.
///
/// # Errors
/// When the image is larger than the device allows, or the device fails.
pub fn render_to_image(gpu: &Gpu, scene: &Scene, width: u32, height: u32) -> Result<RgbaImage, GpuError> {
    let limit = gpu.device.limits().max_texture_dimension_2d;
    if width.max(height) > limit || width.min(height) == 0 {
        return Err(GpuError::Failed(format!("an image of {width}×{height} pixels is not within 1 to {limit}")));
    }
    let size = Extent3d { width, height, depth_or_array_layers: 1 };
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("image"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: TextureFormat::Rgba8UnormSrgb,
        usage: TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    Renderer::new(gpu, texture.format()).draw(&texture.create_view(&Default::default()), width, height, scene);
    let pixels = read_pixels(gpu, &texture)?;
    let count = pixels.len();
    RgbaImage::from_raw(width, height, pixels)
        .ok_or_else(|| GpuError::Failed(format!("the device returned {count} bytes of an image")))
}

/// The bytes of a texture with four per pixel, row by row, waiting for the device.
///
/// # Errors
/// When the device fails.
pub fn read_pixels(gpu: &Gpu, texture: &Texture) -> Result<Vec<u8>, GpuError> {
    let width = 4 * texture.width();
    let stride = width.next_multiple_of(COPY_BYTES_PER_ROW_ALIGNMENT);
    let bytes = u64::from(stride) * u64::from(texture.height());
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
