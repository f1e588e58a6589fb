//! Triangle meshes as initial conditions: fitted into the box, signed distance, profile.

use super::{InitialError, InitialOptions, inside::inside, shells::Shells};
use crate::formats::mesh::{self, MeshFormat, TriangleMesh};
use parry3d::{bounding_volume::Aabb, math::Vector, query::PointQuery, shape::TriMesh};
use rayon::prelude::*;
use std::{collections::VecDeque, path::Path};

const BUNNY: &[u8] = include_bytes!("../../assets/meshes/stanford_bunny.ply");

/// Signed distances to the Stanford bunny. Its file has y upwards; here it stands along axis 2.
pub(super) fn bunny(options: &InitialOptions) -> Result<Vec<f64>, InitialError> {
    let name = || "of the bunny".to_owned();
    let mut bunny = mesh::parse(BUNNY, MeshFormat::Ply).map_err(|_| InitialError::Flat { name: name() })?;
    bunny.vertices.iter_mut().for_each(|vertex| *vertex = [vertex[0], -vertex[2], vertex[1]]);
    fitted_distance(&bunny, options, name)
}

/// Signed distances to the mesh in a file; its axes x, y and z are the axes 0, 1 and 2 of the field.
pub(super) fn file(path: &Path, options: &InitialOptions) -> Result<Vec<f64>, InitialError> {
    fitted_distance(&mesh::read(path)?, options, || path.display().to_string())
}

fn fitted_distance(
    mesh: &TriangleMesh,
    options: &InitialOptions,
    name: impl Fn() -> String,
) -> Result<Vec<f64>, InitialError> {
    let fitted = fit(mesh, options.size, options.margin).ok_or_else(|| InitialError::Flat { name: name() })?;
    let distances = signed_distance(&fitted, options.size);
    if distances.iter().any(|&distance| distance > 0.0) {
        Ok(distances)
    } else {
        Err(InitialError::Hollow { name: name(), size: options.size })
    }
}

/// Scales and centres a mesh so that its longest side fills the box up to a margin on both sides.
fn fit(mesh: &TriangleMesh, size: usize, margin: f64) -> Option<TriangleMesh> {
    let corners = mesh.triangles.iter().flatten().map(|&i| mesh.vertices[i as usize].map(f64::from));
    let (low, high) = corners.fold(([f64::MAX; 3], [f64::MIN; 3]), |(low, high), corner| {
        let pick = |bound: [f64; 3], f: fn(f64, f64) -> f64| std::array::from_fn(|axis| f(bound[axis], corner[axis]));
        (pick(low, f64::min), pick(high, f64::max))
    });
    let extent = (0..3).map(|axis| high[axis] - low[axis]).fold(0.0, f64::max);
    let n = size as f64;
    let scale = n * (1.0 - 2.0 * margin) / extent;
    let place = |vertex: &[f32; 3]| {
        std::array::from_fn(|axis| {
            ((f64::from(vertex[axis]) - (low[axis] + high[axis]) / 2.0) * scale + n / 2.0) as f32
        })
    };
    scale.is_finite().then(|| TriangleMesh {
        vertices: mesh.vertices.iter().map(place).collect(),
        triangles: mesh.triangles.clone(),
    })
}

/// Signed distance, positive inside, of every node of a periodic grid of `size`³ nodes (C order) to a
/// mesh in grid units that lies within the box.
///
/// The mesh may be any triangle soup that encloses something: faces may be flipped, doubled or missing,
/// edges may be non-manifold, parts may overlap (they unite) or bound cavities (if they look inwards).
/// The sign is that of the majority of rays. Distances are exact (nearest point over a bounding volume
/// hierarchy, periodic images included), except across holes and near faces inside the body, where they
/// are counted in grid steps from the boundary.
pub fn signed_distance(mesh: &TriangleMesh, size: usize) -> Vec<f64> {
    let shells = Shells::of(mesh);
    let inside = inside(&mesh.vertices, &shells, size);
    let mut distances = distances(&mesh.vertices, shells.triangles, &inside, size);
    mend(&mut distances, &inside, size);
    distances.iter().zip(inside).map(|(&distance, inside)| if inside { distance } else { -distance }.into()).collect()
}

/// Unsigned distance of every node to the mesh or its nearest periodic image; infinite where the nearest
/// point is not on the boundary but on a face within the body, or on a sheet that encloses nothing.
fn distances(vertices: &[[f32; 3]], triangles: Vec<[u32; 3]>, inside: &[bool], size: usize) -> Vec<f32> {
    let points: Vec<_> = vertices.iter().map(|&vertex| Vector::from(vertex)).collect();
    let any = triangles.first().map_or(Vector::ZERO, |triangle| points[triangle[0] as usize]);
    let mut distances = vec![f32::INFINITY; size.pow(3)];
    let Ok(mesh) = TriMesh::new(points, triangles) else { return distances };
    let bounds = mesh.bvh().root_aabb();
    distances.par_chunks_mut(size).enumerate().for_each(|(row, distances)| {
        // The nearest point of one node is a good guess for the next one, which prunes the search.
        let mut point = any;
        for (z, distance) in distances.iter_mut().enumerate() {
            let node = Vector::new((row / size) as f32, (row % size) as f32, z as f32);
            point = nearest(&mesh, &bounds, node, size as f32, point);
            if is_boundary(point, inside, size) {
                *distance = (point - node).length();
            }
        }
    });
    distances
}

/// Whether there are nodes of both sides within 1.5 grid steps of a point. On a boundary there are: the
/// nearest node on one side of a plane through the point is √1.5 away at most.
fn is_boundary(point: Vector, inside: &[bool], n: usize) -> bool {
    let first = point.floor() - Vector::ONE;
    let around = (0..64).map(|i| first + Vector::new((i / 16) as f32, (i / 4 % 4) as f32, (i % 4) as f32));
    let sides = around.filter(|node| node.distance_squared(point) < 2.25).map(|node| {
        let [x, y, z] = node.to_array().map(|c| (c as i64).rem_euclid(n as i64) as usize);
        inside[(x * n + y) * n + z]
    });
    let (mut any_inside, mut any_outside) = (false, false);
    sides.for_each(|side| if side { any_inside = true } else { any_outside = true });
    any_inside && any_outside
}

/// The point nearest to `node` on the mesh or an image of it, given any such point.
fn nearest(mesh: &TriMesh, bounds: &Aabb, node: Vector, size: f32, guess: Vector) -> Vector {
    let shifts = [0.0, -size, size];
    let images = (0..27).map(|i| Vector::new(shifts[i % 3], shifts[i / 3 % 3], shifts[i / 9]));
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
fn mend(distances: &mut [f32], inside: &[bool], n: usize) {
    let neighbours = |index: usize| {
        let node = [index / (n * n), index / n % n, index % n];
        (0..6).map(move |face| {
            let mut next = node;
            next[face / 2] = (next[face / 2] + if face % 2 == 0 { 1 } else { n - 1 }) % n;
            (next[0] * n + next[1]) * n + next[2]
        })
    };
    let nodes = || (0..n.pow(3)).into_par_iter();
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
