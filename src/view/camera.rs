//! A camera that orbits a point.

use crate::grid::Grid;
use bevy::math::{Mat3, Mat4, Vec2, Vec3};
use std::f32::consts::{FRAC_PI_2, TAU};

/// Closest approach to the poles, where "up" would lose its meaning.
const PITCH_LIMIT: f32 = FRAC_PI_2 - 0.01;

/// How much larger than the sphere about a box the view is.
const ROOM: f32 = 1.05;

/// How much is seen of the plane of a flat box, in longest sides.
const MARGIN: f32 = 1.12;

/// Field of view in degrees, unless a telephoto lens is needed.
const FOV: f32 = 24.0;

/// How much can be seen of the target's plane: from about a cell of 64³ to many boxes.
const VISIBLE: [f32; 2] = [0.02, 12.0];

/// How far from the box's own sphere the camera stays.
const AWAY: f32 = 1.03;

/// An orbiting camera, z up. Angles in radians, lengths in longest sides of the box.
///
/// It stays outside of the sphere about the box, where it would see the inside of a phase: close to that, a zoom
/// narrows its field of view instead of coming closer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// What the camera turns around and looks at.
    pub target: Vec3,
    /// Direction from target to camera in the xy plane, counter-clockwise from +x.
    pub yaw: f32,
    /// Elevation of the camera over the xy plane.
    pub pitch: f32,
    /// From target to camera.
    pub distance: f32,
    /// Vertical field of view; on targets higher than wide, the horizontal one.
    pub fov: f32,
    /// The middle of the box.
    pub centre: Vec3,
    /// Of the sphere about the box, which the camera does not enter; 0 for a flat box.
    pub radius: f32,
}

impl Camera {
    /// Frames the sphere about a box with these sides, a corner at the origin, from a corner above.
    pub fn framing(sides: Vec3) -> Self {
        let (fov, centre, radius) = (FOV.to_radians(), sides / 2.0, sides.length() / 2.0);
        let distance = ROOM * radius / (fov / 2.0).sin();
        Self { target: centre, yaw: -0.97, pitch: 0.36, distance, fov, centre, radius }
    }

    /// Frames a box that is flat along `axis`, seen straight on: of the other two axes the first to the right, the
    /// second up.
    pub fn facing(sides: Vec3, axis: usize) -> Self {
        let (fov, centre) = (FOV.to_radians(), sides / 2.0);
        let (yaw, pitch) = match axis {
            0 => (0.0, 0.0),
            1 => (-FRAC_PI_2, 0.0),
            _ => (-FRAC_PI_2, FRAC_PI_2),
        };
        let distance = MARGIN * sides.max_element() / 2.0 / (fov / 2.0).tan();
        Self { target: centre, yaw, pitch, distance, fov, centre, radius: 0.0 }
    }

    /// Turns by angles; `yaw` moves the camera to its right, `pitch` up.
    pub fn orbit(&mut self, yaw: f32, pitch: f32) {
        self.yaw = (self.yaw + yaw).rem_euclid(TAU);
        self.pitch = (self.pitch + pitch).clamp(-PITCH_LIMIT, PITCH_LIMIT);
        self.show(self.visible());
    }

    /// Moves target and camera in the image plane by fractions of the view's shorter side, right and up.
    pub fn pan(&mut self, by: Vec2) {
        let (visible, axes) = (self.visible(), self.axes());
        self.target += visible * (by.x * axes.x_axis + by.y * axes.y_axis);
        self.show(visible);
    }

    /// How much of the target's plane is seen along the view's shorter side.
    pub fn visible(&self) -> f32 {
        2.0 * self.distance * (self.fov / 2.0).tan()
    }

    /// Multiplies what is visible by `factor`, within what still shows something of the box.
    pub fn zoom(&mut self, factor: f32) {
        self.show((self.visible() * factor).clamp(VISIBLE[0], VISIBLE[1]));
    }

    /// Makes so much of the target's plane visible: from the usual field of view if that leaves the camera outside of
    /// the sphere about the box, otherwise from that sphere with a narrower one.
    fn show(&mut self, visible: f32) {
        let usual = visible / 2.0 / (FOV.to_radians() / 2.0).tan();
        self.distance = usual.max(self.least_distance());
        self.fov = 2.0 * (visible / 2.0 / self.distance).atan();
    }

    /// From the target to where the view's axis leaves the sphere about the box; 0 if it misses it.
    fn least_distance(&self) -> f32 {
        let (from, radius) = (self.target - self.centre, AWAY * self.radius);
        let along = from.dot(self.axes().z_axis);
        let inside = along * along - from.length_squared() + radius * radius;
        if inside > 0.0 { (inside.sqrt() - along).max(0.0) } else { 0.0 }
    }

    /// Where the camera stands.
    pub fn eye(&self) -> Vec3 {
        self.target + self.distance * self.axes().z_axis
    }

    /// Unit vectors to the right, up, and towards the viewer, as columns.
    pub fn axes(&self) -> Mat3 {
        let (yaw_sin, yaw_cos) = self.yaw.sin_cos();
        let (pitch_sin, pitch_cos) = self.pitch.sin_cos();
        let back = Vec3::new(pitch_cos * yaw_cos, pitch_cos * yaw_sin, pitch_sin);
        let right = Vec3::new(-yaw_sin, yaw_cos, 0.0);
        Mat3::from_cols(right, back.cross(right), back)
    }

    /// World to clip space, depth 1 at the near plane and 0 at infinity, for a target of this ratio of width to
    /// height.
    pub fn view_projection(&self, aspect: f32) -> Mat4 {
        let view = Mat4::from_mat3(self.axes().transpose()) * Mat4::from_translation(-self.eye());
        let fov = 2.0 * ((self.fov / 2.0).tan() / aspect.min(1.0)).atan();
        Mat4::perspective_infinite_reverse_rh(fov, aspect, 0.01 * self.distance) * view
    }

    /// The box's axes x, y and z as they are seen: unit vectors to the right, up, and towards the viewer. For a triad,
    /// drawn from the one furthest back to the nearest.
    pub fn triad(&self) -> [Vec3; 3] {
        let seen = self.axes().transpose();
        [seen.x_axis, seen.y_axis, seen.z_axis]
    }

    /// How many points (or pixels) a grid unit of `grid` measures in the target's plane, on a view whose shorter side
    /// is `side` of them.
    pub fn points_per_unit(&self, side: f32, grid: &Grid) -> f32 {
        let longest = grid.extent().into_iter().fold(f64::MIN_POSITIVE, f64::max);
        side / (self.visible() * longest as f32)
    }

    /// The longest scale bar of 1, 2 or 5 times a power of ten grid units that is not longer than `most` points.
    pub fn scale_bar(&self, side: f32, grid: &Grid, most: f32) -> ScaleBar {
        let per_unit = self.points_per_unit(side, grid);
        let units = most / per_unit;
        let decade = 10f32.powf(units.log10().floor());
        let step = [5.0, 2.0].into_iter().find(|step| step * decade <= units).unwrap_or(1.0);
        ScaleBar { units: step * decade, points: step * decade * per_unit }
    }
}

/// A length to draw beside its number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleBar {
    /// In grid units.
    pub units: f32,
    /// On the view.
    pub points: f32,
}
