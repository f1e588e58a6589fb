//! Camera and renderers: draw surfaces and flat fields into a texture, with or without a window.

mod camera;
mod image;
mod palette;
mod pipeline;
mod plane;
mod renderer;

pub use camera::Camera;
pub use image::{read_pixels, render_to_image};
pub use palette::{CANDIDATES, Hue, Palette};
pub use plane::{FlatField, PlaneRenderer, flat_axis};
pub use renderer::{Renderer, Scene, sides};
