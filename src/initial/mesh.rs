//! Triangle meshes as initial conditions: placed in the box, signed distance.

use super::{InitialError, InitialOptions, inside::inside, nearest::distances, shells::Shells};
#[cfg(feature = "bunny")]
use crate::formats::mesh::MeshFormat;
use crate::{
    formats::{
        mesh::{self, TriangleMesh},
        shown,
    },
    grid::Grid,
};
use rayon::prelude::*;
use std::{collections::VecDeque, path::Path};

#[cfg(feature = "bunny")]
const BUNNY: &[u8] = include_bytes!("../../assets/meshes/stanford_bunny.ply");

/// Signed distances to the Stanford bunny. Its file has y upwards; here it stands along axis 2.
#[cfg(feature = "bunny")]
pub(super) fn bunny(options: &InitialOptions) -> Result<Vec<f64>, InitialError> {
    let name = "of the bunny";
    let mut bunny = mesh::parse(BUNNY, MeshFormat::Ply).map_err(|_| InitialError::Flat { name: name.into() })?;
    bunny.vertices.iter_mut().for_each(|vertex| *vertex = [vertex[0], -vertex[2], vertex[1]]);
    placed_distance(&bunny, options, name)
}

/// Signed distances to the mesh in a file; its axes x, y and z are the axes 0, 1 and 2 of the field.
pub(super) fn file(path: &Path, options: &InitialOptions) -> Result<Vec<f64>, InitialError> {
    placed_distance(&mesh::read(path)?, options, &shown(path))
}

/// Signed distances to a mesh that is placed in the box as the options say, in grid units, positive inside; `name` is
/// for messages.
///
/// # Errors
/// When the box is flat, or the mesh has no extent, encloses no node, has too many triangles over one another, or
/// reaches across too many boxes.
pub fn placed_distance(mesh: &TriangleMesh, options: &InitialOptions, name: &str) -> Result<Vec<f64>, InitialError> {
    let (grid, name) = (options.grid(), || name.to_owned());
    if grid.is_flat() {
        return Err(InitialError::FlatBox { name: name(), grid });
    }
    let put = options.placement.put(mesh, &grid, options.margin, &name())?;
    let distances = signed_distance(&put, &grid).ok_or_else(|| InitialError::Tangled { name: name(), grid })?;
    if distances.iter().any(|&distance| distance > 0.0) {
        Ok(distances)
    } else {
        Err(InitialError::Hollow { name: name(), grid })
    }
}

/// Signed distance, positive inside, of every node of a periodic grid (C order) to a mesh, in units of the spacing.
/// What leaves the box is inside only where an image of it is part of the mesh, as [`Placement`](super::Placement)
/// makes them.
///
/// The mesh may be any triangle soup that encloses something: faces may be flipped, doubled or missing,
/// edges may be non-manifold, parts may overlap (they unite) or bound cavities (if they look inwards).
/// The sign is that of the majority of rays. Distances are exact (nearest point over a bounding volume
/// hierarchy, periodic images included), except across holes and near faces inside the body, where they
/// are counted in grid steps from the boundary.
///
/// Work and memory are bounded: `None` for a mesh with so many triangles over one another that the grid cannot tell
/// them apart (more than 256 crossings with rays, or 4096 steps of the search for the nearest point, per node).
pub fn signed_distance(mesh: &TriangleMesh, grid: &Grid) -> Option<Vec<f64>> {
    let shells = Shells::of(mesh);
    let inside = inside(&mesh.vertices, &shells, grid)?;
    let mut distances = distances(&mesh.vertices, &shells.triangles, &inside, grid)?;
    mend(&mut distances, &inside, grid);
    let sign = |(&distance, inside): (&f32, bool)| f64::from(if inside { distance } else { -distance });
    Some(distances.iter().zip(inside).map(sign).collect())
}

/// How much work a mesh may take on a grid, at so much per node. A mesh may be finer than a small grid, where it is
/// soon done all the same.
pub(super) fn allowed(per_node: u64, grid: &Grid) -> u64 {
    per_node * grid.len().max(32 * 32 * 32) as u64
}

/// Mends distances where the mesh does not show the boundary. Where neighbours lie on different sides with
/// no face between them, there is a hole, and the boundary runs half a step from either. From the nodes that
/// are right, no other node can be farther from the boundary than the steps to it.
fn mend(distances: &mut [f32], inside: &[bool], grid: &Grid) {
    let neighbours = |index: usize| {
        let node = grid.node(index);
        (0..6).map(move |face| grid.index(grid.neighbour(node, face / 2, face % 2 == 0)))
    };
    let nodes = || (0..grid.len()).into_par_iter();
    let at_hole = |&i: &usize| neighbours(i).any(|j| inside[i] != inside[j] && distances[i] + distances[j] > 1.001);
    let holes: Vec<_> = nodes().filter(at_hole).collect();
    holes.iter().for_each(|&i| distances[i] = distances[i].min(0.5));
    let beside_gap = |&i: &usize| distances[i].is_finite() && neighbours(i).any(|j| distances[j].is_infinite());
    let gaps: Vec<_> = nodes().filter(beside_gap).collect();
    let mut right: VecDeque<_> = holes.into_iter().chain(gaps).collect();
    while let Some(i) = right.pop_front() {
        for j in neighbours(i).filter(|&j| inside[i] == inside[j]) {
            if distances[j] > distances[i] + 1.0 {
                distances[j] = distances[i] + 1.0;
                right.push_back(j);
            }
        }
    }
}
