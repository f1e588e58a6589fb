//! What one view shows.

use super::{Camera, ColourBy, Ground, Palette, Style};
use crate::{
    grid::Grid,
    surface::gpu::{GpuField, GpuSurface, VertexValues},
};
use bevy::math::Vec3;
use serde::{Deserialize, Serialize};

/// Width of the lines of the box, in pixels.
pub const LINE_WIDTH: f32 = 1.25;

/// Width of the lines φ = 0 on planes, in pixels.
pub(super) const INTERFACE_WIDTH: f32 = 2.0;

/// What one view shows, in a box whose longest side is 1.
#[derive(Clone)]
pub struct Scene<'a> {
    pub camera: &'a Camera,
    /// The box by its nodes. Those of the surfaces may be finer or coarser; by these, hollows and shadows are looked
    /// for.
    pub grid: Grid,
    /// Opaque ones first hide each other; translucent ones come over them, in their order. Each fills the box.
    pub surfaces: Vec<Surface<'a>>,
    /// Planes through the box.
    pub cuts: Vec<CutPlane<'a>>,
    /// What is left of everything but the lines of the box.
    pub clip: ClipBox,
    /// How many times the box is drawn along each axis, 1 to [`MOST_REPEATS`].
    pub repeat: [u32; 3],
    pub ground: Ground,
    /// Width of the lines of the box in pixels of the target, 0 for none. A target that is enlarged later wants thinner
    /// ones.
    pub line_width: f32,
}

/// How many times a box can be drawn along an axis.
pub const MOST_REPEATS: u32 = 3;

impl<'a> Scene<'a> {
    /// An empty box on dark ground.
    pub fn new(camera: &'a Camera, grid: Grid) -> Self {
        Self {
            camera,
            grid,
            surfaces: Vec::new(),
            cuts: Vec::new(),
            clip: ClipBox::WHOLE,
            repeat: [1; 3],
            ground: Ground::Dark,
            line_width: LINE_WIDTH,
        }
    }

    /// With one more surface.
    #[must_use]
    pub fn with(mut self, body: &'a GpuSurface, style: Style) -> Self {
        self.surfaces.push(Surface { body, values: None, style });
        self
    }

    /// Sides of all that is drawn, repetitions included: what a camera frames.
    pub fn extent(&self) -> Vec3 {
        sides(&self.grid) * Vec3::from(self.repeats().map(|times| times as f32))
    }

    /// The repetitions within their bounds.
    pub(super) fn repeats(&self) -> [u32; 3] {
        self.repeat.map(|times| times.clamp(1, MOST_REPEATS))
    }
}

/// A surface and its colours.
#[derive(Clone)]
pub struct Surface<'a> {
    pub body: &'a GpuSurface,
    /// What `style.colour_by` asks for at the vertices ([`super::ColourBy::quantity`]); the palette's colours without.
    pub values: Option<&'a VertexValues>,
    pub style: Style,
}

/// A plane through the box that shows the field on it, and the interface φ = 0 as a line.
#[derive(Clone)]
pub struct CutPlane<'a> {
    /// The axis that it stands across.
    pub axis: usize,
    /// Where it crosses that axis, from 0 to 1 along all that is drawn.
    pub position: f32,
    pub field: &'a GpuField,
    /// A second field, for its line and for [`super::ColourBy::Difference`].
    pub other: Option<&'a GpuField>,
    pub style: Style,
    /// Linear RGB of the line of each field.
    pub lines: [[f32; 3]; 2],
    /// Width of the lines in pixels of the target, 0 for none.
    pub line_width: f32,
}

impl<'a> CutPlane<'a> {
    /// Through one field, with the lines that suit the style.
    pub fn new(axis: usize, position: f32, field: &'a GpuField, style: Style) -> Self {
        let lines = interface_lines(&style, &Palette::cool());
        Self { axis, position, field, other: None, style, lines, line_width: INTERFACE_WIDTH }
    }
}

/// Colours of the lines φ = 0 of a field in this style and of another with its own palette: over the colours of a map
/// white and black, which are in none of them.
pub fn interface_lines(style: &Style, other: &Palette) -> [[f32; 3]; 2] {
    match style.colour_by {
        ColourBy::Field | ColourBy::Difference | ColourBy::Spread => [[0.95; 3], [0.01; 3]],
        _ => [style.palette.outside, other.outside],
    }
}

/// The part of all that is drawn between two corners, from 0 to 1 along each axis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClipBox {
    pub min: [f32; 3],
    pub max: [f32; 3],
}

impl ClipBox {
    /// Nothing is cut off.
    pub const WHOLE: Self = Self { min: [0.0; 3], max: [1.0; 3] };

    /// What lies behind a plane across `axis` at `position` as a camera sees it, so that it looks at the plane.
    pub fn behind(axis: usize, position: f32, camera: &Camera) -> Self {
        let mut clip = Self::WHOLE;
        if camera.axes().z_axis[axis] > 0.0 {
            clip.max[axis] = position;
        } else {
            clip.min[axis] = position;
        }
        clip
    }

    /// Whether a plane across `axis` at `position` is not cut off.
    pub(super) fn holds(&self, axis: usize, position: f32) -> bool {
        let (Some(&low), Some(&high)) = (self.min.get(axis), self.max.get(axis)) else { return false };
        (low - 1e-4..=high + 1e-4).contains(&position)
    }

    /// Whether nothing is cut off.
    pub fn is_whole(&self) -> bool {
        self.min.iter().all(|&low| low <= 0.0) && self.max.iter().all(|&high| high >= 1.0)
    }
}

impl Default for ClipBox {
    fn default() -> Self {
        Self::WHOLE
    }
}

/// The sides of a box, the longest being 1: how boxes are drawn.
pub fn sides(grid: &Grid) -> Vec3 {
    let sides = Vec3::from(grid.shape.map(|side| side as f32));
    sides / sides.max_element()
}
