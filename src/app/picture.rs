//! What the views want to be drawn, and what has become of it.

use crate::{
    comparison::{EvolutionSnapshot, Snapshot},
    field::Field,
    gpu::GpuError,
    grid::Grid,
    surface::Caps,
    view::{Camera, Palette},
};
use std::{sync::Arc, time::Duration};

/// One of the evolutions of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that all others are measured against.
    Reference,
    /// A candidate by its number.
    Candidate(usize),
}

/// One evolution at one moment.
#[derive(Clone)]
pub struct Subject {
    pub snapshot: Arc<Snapshot>,
    pub which: Which,
}

impl Subject {
    /// φ; `None` once the evolution was stopped.
    pub fn field(&self) -> Option<&Arc<Field>> {
        let frame = &self.snapshot.frame;
        match self.which {
            Which::Reference => Some(&frame.reference),
            Which::Candidate(number) => frame.candidates.get(number)?.as_ref(),
        }
    }

    /// The evolution, if there is one of this number.
    pub fn evolution(&self) -> Option<&EvolutionSnapshot> {
        match self.which {
            Which::Reference => Some(&self.snapshot.reference),
            Which::Candidate(number) => self.snapshot.candidates.get(number),
        }
    }

    fn is(&self, other: &Self) -> bool {
        self.which == other.which && Arc::ptr_eq(&self.snapshot.frame, &other.snapshot.frame)
    }
}

/// All that a picture shows.
#[derive(Clone)]
pub struct Picture {
    pub camera: Camera,
    /// Width and height in pixels, as it is shown.
    pub size: [u32; 2],
    /// By what both are divided as it is drawn.
    pub divisor: u32,
    /// Whether the surface is closed at the faces of the box.
    pub caps: Caps,
    /// By the nodes of this grid hollows and shadows are looked for.
    pub light: Grid,
    /// Whose surface, or field in a flat box; only an empty box without one.
    pub subject: Option<Subject>,
}

impl Picture {
    /// Its colours.
    pub fn palette(&self) -> Palette {
        match self.subject.as_ref().map(|subject| subject.which) {
            Some(Which::Candidate(number)) => Palette::of_candidate(number),
            Some(Which::Reference) | None => Palette::warm(),
        }
    }

    /// Whether both look the same.
    pub fn is_like(&self, other: &Self) -> bool {
        let subjects = match (&self.subject, &other.subject) {
            (Some(one), Some(other)) => one.is(other),
            (None, None) => true,
            _ => false,
        };
        let frame = |picture: &Self| (picture.size, picture.divisor, picture.caps, picture.light);
        subjects && self.camera == other.camera && frame(self) == frame(other)
    }

    /// Width and height in pixels, as it is drawn.
    pub fn drawn_size(&self) -> [u32; 2] {
        self.size.map(|pixels| pixels.div_ceil(self.divisor))
    }
}

/// Pictures to draw for both views, where there are new ones.
pub type Order = [Option<Picture>; 2];

/// What has become of an order.
pub struct Painting {
    /// The pictures ordered, on the window's device.
    pub pictures: [Option<(Picture, wgpu::Texture)>; 2],
    /// How long the device took to draw them; finding the surfaces came before.
    pub spent: Duration,
    /// Why a surface is missing that is too large for the device; said once, until all surfaces fit again.
    pub missing: Option<GpuError>,
}
