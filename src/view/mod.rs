//! Camera and renderers: draw surfaces and flat fields into a texture, with or without a window.

mod camera;
mod colour_map;
mod image;
mod palette;
mod pick;
mod pipeline;
mod plane;
mod renderer;
mod scene;
mod style;
mod uniforms;

pub use camera::{Camera, ScaleBar};
pub use colour_map::ColourMap;
pub use image::{bytes_of, canvas, read_image, read_pixels, render_flat_image, render_image};
pub use palette::{CANDIDATES, Hue, Palette};
pub use pick::{Seen, pick};
pub use plane::{FlatScene, PlaneRenderer, flat_axis};
pub use renderer::Renderer;
pub use scene::{ClipBox, CutPlane, LINE_WIDTH, MOST_REPEATS, Scene, Surface, interface_lines, sides};
pub use style::{ColourBy, Ground, Style};
