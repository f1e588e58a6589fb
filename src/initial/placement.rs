//! Where a mesh is in the box.

use super::InitialError;
use crate::{
    formats::mesh::TriangleMesh,
    grid::Grid,
    settings::{CENTRE, MESH_SIZE, Setting, SettingError, TURN},
};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Position, size and orientation of a mesh in a periodic box.
#[derive(Debug, Clone, Copy, PartialEq, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Placement {
    /// Along x, y and z: see [`CENTRE`].
    #[arg(long = "mesh-centre", value_name = "X,Y,Z", help = CENTRE.about(), value_parser = triple(CENTRE))]
    pub centre: [f64; 3],
    /// See [`MESH_SIZE`].
    #[arg(long = "mesh-size", value_name = "SIZE", help = MESH_SIZE.about(), value_parser = MESH_SIZE.parser())]
    pub size: f64,
    /// About x, y and z: see [`TURN`].
    #[arg(
        long = "mesh-turn", value_name = "X,Y,Z", help = TURN.about(), value_parser = triple(TURN),
        allow_hyphen_values = true
    )]
    pub turn: [f64; 3],
}

impl Default for Placement {
    fn default() -> Self {
        Self { centre: [CENTRE.default; 3], size: MESH_SIZE.default, turn: [TURN.default; 3] }
    }
}

impl Placement {
    /// Checks every setting.
    ///
    /// # Errors
    /// Names the setting at fault and its bounds.
    pub(super) fn validate(&self) -> Result<(), InitialError> {
        self.centre.iter().try_for_each(|value| CENTRE.check(*value).map(drop))?;
        self.turn.iter().try_for_each(|value| TURN.check(*value).map(drop))?;
        MESH_SIZE.check(self.size)?;
        Ok(())
    }

    /// Puts a mesh into a box: at size 1 it fills the box, as it lies in its file, up to `margin` sides on both sides
    /// of that axis along which it is tightest; then it is turned about the middle of its extent, which comes to the
    /// centre asked for. What leaves the box on one side enters it on the other, as an image of its own.
    ///
    /// Positions are in units of the spacing.
    ///
    /// # Errors
    /// Names the mesh, by `name`, if it has no extent or reaches across too many boxes.
    pub(super) fn put(
        &self,
        mesh: &TriangleMesh,
        grid: &Grid,
        margin: f64,
        name: &str,
    ) -> Result<TriangleMesh, InitialError> {
        let corners = || mesh.triangles.iter().flatten().map(|&i| mesh.vertices[i as usize].map(f64::from));
        let (low, high) = bounds(corners());
        let sides = grid.shape.map(|side| side as f64);
        let room = |axis: usize| sides[axis] * (1.0 - 2.0 * margin) / (high[axis] - low[axis]);
        let scale = (0..3).map(room).fold(f64::INFINITY, f64::min) * self.size;
        if !scale.is_finite() {
            return Err(InitialError::Flat { name: name.to_owned() });
        }
        let rotation = rotation(self.turn);
        let placed = |vertex: [f64; 3]| -> [f64; 3] {
            let own: [f64; 3] = std::array::from_fn(|axis| (vertex[axis] - (low[axis] + high[axis]) / 2.0) * scale);
            let turned = |axis: usize| (0..3).map(|other| rotation[axis][other] * own[other]).sum::<f64>();
            std::array::from_fn(|axis| turned(axis) + self.centre[axis] * sides[axis])
        };
        let vertices: Vec<_> = mesh.vertices.iter().map(|vertex| placed(vertex.map(f64::from))).collect();
        let (low, high) = bounds(mesh.triangles.iter().flatten().map(|&i| vertices[i as usize]));
        // Whole boxes by which an image is moved to reach into this one.
        let reach = [0, 1, 2].map(|axis| {
            let boxes = |bound: f64| bound / sides[axis];
            (-boxes(high[axis])).ceil() as i64..=(1.0 - boxes(low[axis])).floor() as i64
        });
        let count = |boxes: &RangeInclusive<i64>| (boxes.end() - boxes.start() + 1).max(0) as u64;
        let images = reach.iter().map(count).fold(1, u64::saturating_mul);
        if images > 1 && images.saturating_mul(mesh.triangles.len() as u64) > MOST_TRIANGLES {
            return Err(InitialError::Sprawling { name: name.to_owned(), images, grid: *grid });
        }
        let mut placed = TriangleMesh { vertices: Vec::new(), triangles: Vec::new() };
        for shift in reach[0].clone().flat_map(|x| {
            let z = reach[2].clone();
            reach[1].clone().flat_map(move |y| z.clone().map(move |z| [x, y, z]))
        }) {
            let first = placed.vertices.len() as u32;
            let moved = |vertex: &[f64; 3]| {
                std::array::from_fn(|axis| (vertex[axis] + shift[axis] as f64 * sides[axis]) as f32)
            };
            placed.vertices.extend(vertices.iter().map(moved));
            placed.triangles.extend(mesh.triangles.iter().map(|triangle| triangle.map(|i| i + first)));
        }
        Ok(placed)
    }
}

/// Most triangles of all images of a mesh.
const MOST_TRIANGLES: u64 = 20_000_000;

/// Lowest and highest coordinates.
fn bounds(points: impl Iterator<Item = [f64; 3]>) -> ([f64; 3], [f64; 3]) {
    points.fold(([f64::MAX; 3], [f64::MIN; 3]), |(low, high), point| {
        let pick = |bound: [f64; 3], f: fn(f64, f64) -> f64| std::array::from_fn(|axis| f(bound[axis], point[axis]));
        (pick(low, f64::min), pick(high, f64::max))
    })
}

/// The rows of the matrix that turns about x, then y, then z, each by an angle in degrees; right-handed.
fn rotation(turn: [f64; 3]) -> [[f64; 3]; 3] {
    let [(sx, cx), (sy, cy), (sz, cz)] = turn.map(|angle| angle.to_radians().sin_cos());
    [
        [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
        [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
        [-sy, cy * sx, cy * cx],
    ]
}

/// Reads the three values of a setting along x, y and z, for the command line.
fn triple(setting: Setting<f64>) -> impl Fn(&str) -> Result<[f64; 3], SettingError> + Clone + Send + Sync + 'static {
    move |text| {
        let values = text.split(',').map(|part| setting.parse(part)).collect::<Result<Vec<_>, _>>()?;
        let none = |_| SettingError::NotANumber {
            name: setting.name,
            kind: "three numbers such as 0.5,0.5,0.5",
            text: text.to_owned(),
        };
        values.try_into().map_err(none)
    }
}
