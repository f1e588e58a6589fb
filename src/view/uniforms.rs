//! What the shaders of a view are told, word by word.

use super::{ClipBox, ColourBy, CutPlane, Ground, Scene, Style, sides};
use crate::{grid::Grid, surface::gpu::GpuField};
use bevy::math::{Mat4, Vec2, Vec3, Vec4};

/// The part of a picture that one target holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    /// Width and height of the whole picture in pixels.
    pub whole: [u32; 2],
    /// Pixels from its upper left corner.
    pub origin: [u32; 2],
    /// Width and height of the part.
    pub size: [u32; 2],
}

impl Tile {
    /// A picture in one piece.
    pub(super) fn whole(size: [u32; 2]) -> Self {
        Self { whole: size, origin: [0; 2], size }
    }

    /// From the clip space of the whole picture to that of the part.
    fn crop(&self) -> Mat4 {
        let [whole, origin, size] =
            [self.whole, self.origin, self.size].map(|pair| Vec2::from(pair.map(|pixels| pixels as f32)));
        let scale = whole / size;
        // The middle of the part, y up.
        let middle = ((2.0 * origin + size) / whole - 1.0) * Vec2::new(1.0, -1.0);
        let shift = -middle * scale;
        Mat4::from_cols(
            Vec4::new(scale.x, 0.0, 0.0, 0.0),
            Vec4::new(0.0, scale.y, 0.0, 0.0),
            Vec4::Z,
            Vec4::new(shift.x, shift.y, 0.0, 1.0),
        )
    }
}

/// The corners of what is not cut off, in the scene's units.
pub(super) fn corners(clip: &ClipBox, extent: Vec3) -> [Vec3; 2] {
    // A hair beyond the faces, on which caps lie.
    let beyond = |fraction: Vec3, hair: f32| fraction.clamp(Vec3::ZERO, Vec3::ONE) * extent + hair * extent;
    let [low, high] = [beyond(clip.min.into(), -1e-4), beyond(clip.max.into(), 1e-4)];
    [low, high.max(low)]
}

/// The fields of `View` in the shader.
pub(super) fn view(scene: &Scene, tile: &Tile) -> Vec<u32> {
    let camera = scene.camera;
    let axes = camera.axes();
    let [width, height] = tile.size.map(|pixels| pixels as f32);
    let [whole_width, whole_height] = tile.whole.map(|pixels| pixels as f32);
    let extent = scene.extent();
    let distance = (camera.eye() - extent / 2.0).dot(axes.z_axis);
    let [low, high] = corners(&scene.clip, extent);
    let boxes = scene.repeats().map(|times| times as f32);
    let fog = scene.ground.fog();
    let origin = tile.origin.map(|pixels| pixels as f32);
    let rows = [
        row(camera.eye(), 1.0 / longest(&scene.grid)),
        row(axes.x_axis, width),
        row(axes.y_axis, height),
        row(axes.z_axis, distance),
        row(sides(&scene.grid), fog),
        row(boxes.into(), scene.line_width),
        row(low, whole_height),
        row(high, 0.0),
        [origin[0], origin[1], 0.0, 0.0],
    ];
    let clip = tile.crop() * camera.view_projection(whole_width / whole_height);
    let numbers = clip.to_cols_array().into_iter().chain(rows.into_iter().flatten()).chain(ground(scene.ground));
    numbers.map(f32::to_bits).collect()
}

/// The fields of `Ground` in the shader.
pub(super) fn ground(ground: Ground) -> impl Iterator<Item = f32> {
    let [top, bottom] = ground.gradient();
    [top, bottom, row(ground.line().into(), 0.0)].into_iter().flatten()
}

/// The fields of `Style` in the shader; `nodes` are those of a surface.
pub(super) fn style(style: &Style, nodes: &Grid) -> Vec<u32> {
    let by = match style.colour_by {
        ColourBy::Phase | ColourBy::Curvature | ColourBy::Distance => 0,
        ColourBy::Field => 1,
        ColourBy::Difference => 2,
        ColourBy::Spread => 3,
    };
    let palette = style.palette;
    let [low, high] = style.range;
    // Equal ends would leave no room for a map.
    let high = if high > low { high } else { low + f32::EPSILON.max(1e-6 * low.abs()) };
    let rows = [
        row(palette.outside.into(), style.opacity.clamp(0.0, 1.0)),
        row(palette.inside.into(), f32::from_bits(by)),
        row(palette.cap.into(), 1.0 / longest(nodes)),
        row(nodes.shape.map(|side| side as f32).into(), 0.0),
        [low, high, 0.0, 0.0],
    ];
    rows.into_iter().flatten().map(f32::to_bits).chain(style.map.words()).collect()
}

/// A plane through one or two fields, as `Slice` in the shader has it.
pub(super) struct Slice<'a> {
    pub field: &'a GpuField,
    pub other: Option<&'a GpuField>,
    pub lines: [[f32; 3]; 2],
    pub line_width: f32,
    pub axis: usize,
    pub position: f32,
}

impl<'a> Slice<'a> {
    /// In a scene of this extent.
    pub(super) fn of(cut: &CutPlane<'a>, extent: Vec3) -> Self {
        let axis = cut.axis.min(2);
        let position = cut.position.clamp(0.0, 1.0) * extent[axis];
        Self { field: cut.field, other: cut.other, lines: cut.lines, line_width: cut.line_width, axis, position }
    }

    /// The fields of `Slice` in the shader.
    pub(super) fn words(&self) -> Vec<u32> {
        let other = self.other.unwrap_or(self.field);
        let shape = |field: &GpuField| field.grid.shape.map(|side| side as u32);
        let [own_line, other_line] = self.lines.map(|line| line.map(f32::to_bits));
        let rows = [
            (shape(self.field), u32::from(self.other.is_some())),
            (shape(other), self.line_width.to_bits()),
            (own_line, self.axis as u32),
            (other_line, self.position.to_bits()),
        ];
        rows.into_iter().flat_map(|([x, y, z], w)| [x, y, z, w]).collect()
    }
}

fn row(vector: Vec3, fourth: f32) -> [f32; 4] {
    vector.extend(fourth).to_array()
}

/// Nodes along the longest side.
fn longest(grid: &Grid) -> f32 {
    grid.shape.into_iter().max().unwrap_or(1) as f32
}
