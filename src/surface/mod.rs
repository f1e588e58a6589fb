//! The surface φ = level: extraction and measures.

pub mod gpu;
mod lattice;
mod marching_cubes;
pub mod measures;

pub use marching_cubes::extract;

use serde::{Deserialize, Serialize};

/// What happens to a surface at the faces of the box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caps {
    /// Flat caps close the region φ > level.
    #[default]
    Closed,
    /// The surface ends at the faces.
    Open,
}

/// A surface in the box from 0 to its sides, coordinates in grid units along the array axes. Triangles share their
/// vertices and run counter-clockwise seen from the side where φ is below the level.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SurfaceMesh {
    /// Positions x, y, z.
    pub positions: Vec<[f32; 3]>,
    /// Unit normals, one per position, pointing to where φ is below the level.
    pub normals: Vec<[f32; 3]>,
    /// Three indices of positions each.
    pub triangles: Vec<[u32; 3]>,
}
