//! Camera and renderer: draws surfaces into a texture, with or without a window.

mod camera;
mod image;
mod palette;
mod pipeline;
mod renderer;

pub use camera::Camera;
pub use image::{read_pixels, render_to_image};
pub use palette::Palette;
pub use renderer::{Renderer, Scene, sides};
