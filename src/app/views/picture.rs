//! Pictures: as the views order them, and as the painter returns them.

use super::{
    look::Look,
    subject::{Subject, ViewId},
};
use crate::{
    app::window::canvas::FORMAT,
    field::Field,
    gpu::{Gpu, GpuError},
    grid::Grid,
    view::{Camera, canvas},
};
use bevy_egui::egui::ColorImage;
use std::{sync::Arc, time::Duration};
use wgpu::{Texture, TextureUsages};

/// All that a picture shows.
#[derive(Clone)]
pub struct Picture {
    pub camera: Camera,
    /// Width and height in pixels, as it is shown.
    pub size: [u32; 2],
    /// By what both are divided as it is drawn.
    pub divisor: u32,
    pub look: Look,
    /// The box, where there is nothing in it.
    pub framed: Grid,
    /// Whose surface, or field in a flat box; only an empty box without one.
    pub subject: Option<Subject>,
}

impl Picture {
    /// Whether both look the same.
    pub fn is_like(&self, other: &Self) -> bool {
        let subjects = match (&self.subject, &other.subject) {
            (Some(one), Some(other)) => one.is(other),
            (None, None) => true,
            _ => false,
        };
        let frame = |picture: &Self| (picture.size, picture.divisor, picture.look, picture.framed);
        subjects && self.camera == other.camera && frame(self) == frame(other)
    }

    /// Width and height in pixels, as it is drawn.
    pub fn drawn_size(&self) -> [u32; 2] {
        self.size.map(|pixels| pixels.div_ceil(self.divisor))
    }

    /// Whether the camera moves, so that a coarser surface will do.
    pub fn is_hasty(&self) -> bool {
        self.divisor > 1
    }

    /// The grid at whose nodes ambient occlusion and shadows are sampled.
    pub fn light(&self) -> Grid {
        self.subject.as_ref().map_or(self.framed, |subject| subject.light)
    }
}

/// Pictures to draw, all of one moment.
pub struct Order {
    pub pictures: Vec<(ViewId, Picture)>,
    /// All views that are open: what was kept for others can go.
    pub open: Vec<ViewId>,
    /// Fields of which small pictures are wanted.
    pub sketches: Vec<Arc<Field>>,
}

/// A picture that was drawn.
pub struct Painted {
    pub view: ViewId,
    pub picture: Picture,
    pub sheet: Sheet,
    /// The values at the ends of the colour map.
    pub range: [f32; 2],
}

/// What a picture was drawn on, in the size and the format in which it is shown.
pub enum Sheet {
    /// A texture of the window's device.
    Texture(Texture),
    /// Bytes for one.
    Pixels(Vec<u8>),
}

impl Sheet {
    /// It as a texture of the window's device, `screen`.
    pub fn texture(self, screen: &Gpu, size: [u32; 2]) -> Texture {
        match self {
            Self::Texture(texture) => texture,
            Self::Pixels(pixels) => {
                let texture = canvas(screen, size, FORMAT, TextureUsages::COPY_SRC | TextureUsages::COPY_DST);
                let layout = wgpu::TexelCopyBufferLayout { bytes_per_row: Some(4 * size[0]), ..Default::default() };
                screen.queue.write_texture(texture.as_image_copy(), &pixels, layout, texture.size());
                texture
            }
        }
    }
}

/// An order carried out.
pub struct Painting {
    /// The pictures ordered.
    pub pictures: Vec<Painted>,
    /// Small pictures, to be shown among widgets.
    pub sketches: Vec<(Arc<Field>, ColorImage)>,
    /// How long the device took to draw them; finding the surfaces came before.
    pub spent: Duration,
    /// Why a surface is missing that is too large for the device; said once, until all surfaces fit again.
    pub missing: Option<GpuError>,
}
