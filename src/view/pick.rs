//! What of a box lies under a point of the picture.

use super::{Camera, ClipBox, flat_axis, sides};
use crate::field::Field;
use bevy::math::{Vec2, Vec3};

/// Steps of the search per node.
const STEPS_PER_NODE: f32 = 2.0;

/// Halvings of the step in which the surface was met.
const HALVINGS: usize = 12;

/// How a box is drawn, where that decides what is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// φ on the surface; `None` where it is not drawn.
    pub level: Option<f32>,
    /// Whether the faces of the box close it.
    pub closed: bool,
    /// A plane through the box: its axis, and where it crosses that, 0 to 1 along all that is drawn.
    pub cut: Option<(usize, f32)>,
    pub clip: ClipBox,
    /// Boxes side by side along each axis.
    pub repeat: [u32; 3],
}

/// The point of the box, in grid units, that is seen at `pointer`: in shorter sides of the view from its centre, right
/// and up. The nearest of the surface and the plane; in a flat box, any point of it. `None` beside them.
///
/// The surface is looked for along the ray in steps of half a node.
pub fn pick(camera: &Camera, pointer: Vec2, field: &Field, seen: &Seen) -> Option<[f64; 3]> {
    let grid = field.grid();
    let axes = camera.axes();
    let eye = camera.eye();
    let ahead = -camera.distance * axes.z_axis;
    let way = ahead + camera.visible() * (pointer.x * axes.x_axis + pointer.y * axes.y_axis);
    let all = sides(&grid) * Vec3::from(seen.repeat.map(|times| times as f32));
    let longest = grid.extent().into_iter().fold(f64::MIN_POSITIVE, f64::max);
    let in_box = |at: Vec3| [0, 1, 2].map(|axis| f64::from(at[axis]) * longest);
    if let Some(axis) = flat_axis(&grid) {
        let share = (all[axis] / 2.0 - eye[axis]) / way[axis];
        let at = eye + share * way;
        let inside = (0..3).filter(|other| *other != axis).all(|other| (0.0..=all[other]).contains(&at[other]));
        return inside.then(|| in_box(at));
    }
    let (low, high) = (all * Vec3::from(seen.clip.min), all * Vec3::from(seen.clip.max));
    let (enter, leave) = crossing(eye, way, low, high)?;
    let plane = seen.cut.and_then(|(axis, position)| {
        let share = (all[axis] * position - eye[axis]) / way[axis];
        (enter..=leave).contains(&share).then_some(share)
    });
    let node = 1.0 / grid.shape.into_iter().max().unwrap_or(1) as f32;
    let step = node / STEPS_PER_NODE / way.length();
    let phi = |share: f32| value(field, in_box(eye + share * way));
    let surface = seen.level.and_then(|level| first_above(phi, level, seen.closed, [enter, leave, step]));
    let share = [plane, surface].into_iter().flatten().min_by(f32::total_cmp)?;
    Some(in_box(eye + share * way))
}

/// Where a ray enters a box, and where it leaves it, in lengths of `way`.
fn crossing(eye: Vec3, way: Vec3, low: Vec3, high: Vec3) -> Option<(f32, f32)> {
    let (mut enter, mut leave) = (0.0_f32, f32::INFINITY);
    for axis in 0..3 {
        let ends = [low[axis], high[axis]].map(|face| (face - eye[axis]) / way[axis]);
        enter = enter.max(ends[0].min(ends[1]));
        leave = leave.min(ends[0].max(ends[1]));
    }
    (enter <= leave).then_some((enter, leave))
}

/// Where φ first rises above a level on the way, or falls below it from inside an open surface.
fn first_above(phi: impl Fn(f32) -> f32, level: f32, closed: bool, [enter, leave, step]: [f32; 3]) -> Option<f32> {
    let inside = |share: f32| phi(share) > level;
    let began = inside(enter);
    if began && closed {
        return Some(enter);
    }
    let mut before = enter;
    while before < leave {
        let next = (before + step).min(leave);
        if inside(next) != began {
            let (mut outer, mut inner) = (before, next);
            for _ in 0..HALVINGS {
                let middle = (outer + inner) / 2.0;
                if inside(middle) == began { outer = middle } else { inner = middle }
            }
            return Some(inner);
        }
        if next <= before {
            return None;
        }
        before = next;
    }
    None
}

/// φ at a point in grid units, linear between the nodes of the periodic box.
fn value(field: &Field, at: [f64; 3]) -> f32 {
    let spacing = field.grid().spacing;
    let nodes = at.map(|x| x / spacing);
    let low = nodes.map(|x| x.floor() as isize);
    let part = [0, 1, 2].map(|axis| (nodes[axis] - nodes[axis].floor()) as f32);
    let mut sum = 0.0;
    for corner in 0..8 {
        let high = [0, 1, 2].map(|axis| corner >> axis & 1);
        let weight: f32 = (0..3).map(|axis| if high[axis] == 1 { part[axis] } else { 1.0 - part[axis] }).product();
        sum += weight * field.at(low[0] + high[0], low[1] + high[1], low[2] + high[2]);
    }
    sum
}
