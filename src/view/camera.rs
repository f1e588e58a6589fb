//! A camera that orbits a point.

use bevy::math::{Mat3, Mat4, Vec2, Vec3};
use std::f32::consts::{FRAC_PI_2, TAU};

/// Closest approach to the poles, where "up" would lose its meaning.
const PITCH_LIMIT: f32 = FRAC_PI_2 - 0.01;

/// How much is seen of the plane of a flat box, in longest sides.
const MARGIN: f32 = 1.12;

/// An orbiting camera, z up. Angles in radians, lengths in longest sides of the box.
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
}

impl Camera {
    /// Frames the sphere about a box with these sides, a corner at the origin, from a corner above.
    pub fn framing(sides: Vec3) -> Self {
        let fov = 24f32.to_radians();
        let distance = sides.length() / 2.0 / (fov / 2.0).sin();
        Self { target: sides / 2.0, yaw: -0.97, pitch: 0.36, distance, fov }
    }

    /// Frames a box that is flat along `axis`, seen straight on: of the other two axes the first to the right, the second
    /// up.
    pub fn facing(sides: Vec3, axis: usize) -> Self {
        let fov = 24f32.to_radians();
        let (yaw, pitch) = match axis {
            0 => (0.0, 0.0),
            1 => (-FRAC_PI_2, 0.0),
            _ => (-FRAC_PI_2, FRAC_PI_2),
        };
        let distance = MARGIN * sides.max_element() / 2.0 / (fov / 2.0).tan();
        Self { target: sides / 2.0, yaw, pitch, distance, fov }
    }

    /// Turns by angles; `yaw` moves the camera to its right, `pitch` up.
    pub fn orbit(&mut self, yaw: f32, pitch: f32) {
        self.yaw = (self.yaw + yaw).rem_euclid(TAU);
        self.pitch = (self.pitch + pitch).clamp(-PITCH_LIMIT, PITCH_LIMIT);
    }

    /// Moves target and camera in the image plane by fractions of the view's shorter side, right and up.
    pub fn pan(&mut self, by: Vec2) {
        let (visible, axes) = (self.visible(), self.axes());
        self.target += visible * (by.x * axes.x_axis + by.y * axes.y_axis);
    }

    /// How much of the target's plane is seen along the view's shorter side.
    pub fn visible(&self) -> f32 {
        2.0 * self.distance * (self.fov / 2.0).tan()
    }

    /// Multiplies the distance by `factor`, within what still shows something of the box.
    pub fn zoom(&mut self, factor: f32) {
        self.distance = (self.distance * factor).clamp(0.05, 20.0);
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
        let view = Mat4::look_at_rh(self.eye(), self.target, Vec3::Z);
        let fov = 2.0 * ((self.fov / 2.0).tan() / aspect.min(1.0)).atan();
        Mat4::perspective_infinite_reverse_rh(fov, aspect, 0.01 * self.distance) * view
    }
}
