//! Triangle meshes as initial conditions: placed in the box, signed distance.

use super::{InitialError, InitialOptions, inside::inside, shells::Shells};
use crate::{
    formats::mesh::{self, MeshFormat, TriangleMesh},
    grid::Grid,
};
use parry3d::{bounding_volume::Aabb, math::Vector, query::PointQuery, shape::TriMesh};
use rayon::prelude::*;
use std::{collections::VecDeque, path::Path};

const BUNNY: &[u8] = include_bytes!("../../assets/meshes/stanford_bunny.ply");

/// Signed distances to the Stanford bunny. Its file has y upwards; here it stands along axis 2.
pub(super) fn bunny(options: &InitialOptions) -> Result<Vec<f64>, InitialError> {
    let name = "of the bunny";
    let mut bunny = mesh::parse(BUNNY, MeshFormat::Ply).map_err(|_| InitialError::Flat { name: name.into() })?;
    bunny.vertices.iter_mut().for_each(|vertex| *vertex = [vertex[0], -vertex[2], vertex[1]]);
    placed_distance(&bunny, options, name)
}

/// Signed distances to the mesh in a file; its axes x, y and z are the axes 0, 1 and 2 of the field.
pub(super) fn file(path: &Path, options: &InitialOptions) -> Result<Vec<f64>, InitialError> {
    placed_distance(&mesh::read(path)?, options, &path.display().to_string())
}

/// Signed distances to a mesh that is placed in the box as the options say, in grid units, positive inside; `name` is
/// for messages.
///
/// # Errors
/// When the box is flat, or the mesh has no extent or encloses no node.
pub fn placed_distance(mesh: &TriangleMesh, options: &InitialOptions, name: &str) -> Result<Vec<f64>, InitialError> {
    let (grid, name) = (options.grid(), || name.to_owned());
    if grid.is_flat() {
        return Err(InitialError::FlatBox { name: name(), grid });
    }
    let put = options.placement.put(mesh, &grid, options.margin).ok_or_else(|| InitialError::Flat { name: name() })?;
    let distances = signed_distance(&put, &grid);
    if distances.iter().any(|&distance| distance > 0.0) {
        Ok(distances)
    } else {
        Err(InitialError::Hollow { name: name(), grid })
    }
}

/// Signed distance, positive inside, of every node of a periodic grid (C order) to a mesh, in units of the spacing. What
/// leaves the box is inside only where an image of it is part of the mesh, as [`Placement`](super::Placement) makes them.
///
/// The mesh may be any triangle soup that encloses something: faces may be flipped, doubled or missing,
/// edges may be non-manifold, parts may overlap (they unite) or bound cavities (if they look inwards).
/// The sign is that of the majority of rays. Distances are exact (nearest point over a bounding volume
/// hierarchy, periodic images included), except across holes and near faces inside the body, where they
/// are counted in grid steps from the boundary.
pub fn signed_distance(mesh: &TriangleMesh, grid: &Grid) -> Vec<f64> {
    let shells = Shells::of(mesh);
    let inside = inside(&mesh.vertices, &shells, grid);
    let mut distances = distances(&mesh.vertices, shells.triangles, &inside, grid);
    mend(&mut distances, &inside, grid);
    distances.iter().zip(inside).map(|(&distance, inside)| if inside { distance } else { -distance }.into()).collect()
}

/// Unsigned distance of every node to the mesh or its nearest periodic image; infinite where the nearest
/// point is not on the boundary but on a face within the body, or on a sheet that encloses nothing.
fn distances(vertices: &[[f32; 3]], triangles: Vec<[u32; 3]>, inside: &[bool], grid: &Grid) -> Vec<f32> {
    let points: Vec<_> = vertices.iter().map(|&vertex| Vector::from(vertex)).collect();
    let any = triangles.first().map_or(Vector::ZERO, |triangle| points[triangle[0] as usize]);
    let mut distances = vec![f32::INFINITY; grid.len()];
    let Ok(mesh) = TriMesh::new(points, triangles) else { return distances };
    let bounds = mesh.bvh().root_aabb();
    let [_, ny, nz] = grid.shape;
    distances.par_chunks_mut(nz).enumerate().for_each(|(row, distances)| {
        // The nearest point of one node is a good guess for the next one, which prunes the search.
        let mut point = any;
        for (z, distance) in distances.iter_mut().enumerate() {
            let node = Vector::new((row / ny) as f32, (row % ny) as f32, z as f32);
            point = nearest(&mesh, &bounds, node, grid, point);
            if is_boundary(point, inside, grid, inside[grid.index([row / ny, row % ny, z])]) {
                *distance = (point - node).length();
            }
        }
    });
    distances
}

/// Whether the point nearest to a node is on the boundary: whether there are nodes of the other side around it.
///
/// The nearest node on one side of a plane through a point is √1.5 away at most, the nearest one in a right-angled corner
/// (√3 + 1) √3 / 2 = 2.37. Seen from outside the nearer of two faces is always the outer one, so that corners count; from
/// inside it may be a face within the body, from which the boundary is kept apart by as little as will do.
fn is_boundary(point: Vector, inside: &[bool], grid: &Grid, from_inside: bool) -> bool {
    let reach: f32 = if from_inside { 1.5 } else { 2.4 };
    let first = (point - Vector::splat(reach)).ceil();
    let (width, others) = (2 * reach as usize + 2, |node: [f32; 3]| {
        let wrapped = |axis: usize| (node[axis] as i64).rem_euclid(grid.shape[axis] as i64) as usize;
        inside[grid.index([0, 1, 2].map(wrapped))] != from_inside
    });
    (0..width.pow(3))
        .map(|i| first + Vector::new((i / width / width) as f32, (i / width % width) as f32, (i % width) as f32))
        .any(|node| node.distance_squared(point) < reach * reach && others(node.to_array()))
}

/// The point nearest to `node` on the mesh or an image of it, given any such point.
fn nearest(mesh: &TriMesh, bounds: &Aabb, node: Vector, grid: &Grid, guess: Vector) -> Vector {
    let [sx, sy, sz] = grid.shape.map(|side| [0.0, -(side as f32), side as f32]);
    let images = (0..27).map(|i| Vector::new(sx[i % 3], sy[i / 3 % 3], sz[i / 9]));
    images.fold(guess, |nearest, shift| {
        let (image, reach) = (node + shift, (nearest - node).length());
        if bounds.distance_to_local_point(image, true) >= reach {
            return nearest;
        }
        let closer = mesh.project_local_point_with_max_dist(image, false, reach);
        closer.map_or(nearest, |projection| projection.point - shift)
    })
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
