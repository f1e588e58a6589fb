//! Triangle meshes as initial conditions: fitted into the box, signed distance, profile.

use super::{
    InitialError, InitialOptions,
    inside::{Corners, inside},
};
use crate::formats::mesh::{self, MeshFormat, TriangleMesh};
use parry3d::{bounding_volume::Aabb, math::Vector, query::PointQuery, shape::TriMesh};
use rayon::prelude::*;
use std::{collections::HashSet, path::Path};

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
/// edges may be non-manifold. Distances are exact (nearest point over a bounding volume hierarchy,
/// periodic images included); the sign is that of the majority of rays. Across a hole, where sides change
/// without a face, the distance is that to the hole, in grid steps.
pub fn signed_distance(mesh: &TriangleMesh, size: usize) -> Vec<f64> {
    let triangles = distinct_triangles(mesh);
    let corners: Vec<Corners> = triangles.iter().map(|t| t.map(|i| mesh.vertices[i as usize].map(f64::from))).collect();
    let inside = inside(&corners, size);
    let mut distances = distances(&mesh.vertices, triangles, size);
    close_holes(&mut distances, &inside, size);
    distances.iter().zip(inside).map(|(&distance, inside)| if inside { distance } else { -distance }.into()).collect()
}

/// The triangles without copies: a doubled face must not count twice where rays count crossings.
fn distinct_triangles(mesh: &TriangleMesh) -> Vec<[u32; 3]> {
    let mut seen = HashSet::with_capacity(mesh.triangles.len());
    let key = |triangle: &[u32; 3]| {
        // Adding zero makes −0 and 0 the same.
        let mut corners = triangle.map(|i| mesh.vertices[i as usize].map(|c| (c + 0.0).to_bits()));
        corners.sort_unstable();
        corners
    };
    mesh.triangles.iter().filter(|&triangle| seen.insert(key(triangle))).copied().collect()
}

/// Unsigned distance of every node to the mesh or its nearest periodic image.
fn distances(vertices: &[[f32; 3]], triangles: Vec<[u32; 3]>, size: usize) -> Vec<f32> {
    let points: Vec<_> = vertices.iter().map(|&vertex| Vector::from(vertex)).collect();
    let any = triangles.first().map_or(Vector::ZERO, |triangle| points[triangle[0] as usize]);
    let Ok(mesh) = TriMesh::new(points, triangles) else { return vec![f32::MAX; size.pow(3)] };
    let bounds = mesh.bvh().root_aabb();
    let mut distances = vec![0.0; size.pow(3)];
    distances.par_chunks_mut(size).enumerate().for_each(|(row, distances)| {
        // The nearest point of one node is a good guess for the next one, which prunes the search.
        let mut point = any;
        for (z, distance) in distances.iter_mut().enumerate() {
            let node = Vector::new((row / size) as f32, (row % size) as f32, z as f32);
            point = nearest(&mesh, &bounds, node, size as f32, point);
            *distance = (point - node).length();
        }
    });
    distances
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

/// Measures distances to holes too. Where neighbours lie on different sides with no face between them, the
/// boundary runs half a step from either; from there no node can be farther than the steps to it.
fn close_holes(distances: &mut [f32], inside: &[bool], n: usize) {
    let neighbours = |index: usize| {
        let node = [index / (n * n), index / n % n, index % n];
        (0..6).map(move |face| {
            let mut next = node;
            next[face / 2] = (next[face / 2] + if face % 2 == 0 { 1 } else { n - 1 }) % n;
            (next[0] * n + next[1]) * n + next[2]
        })
    };
    let at_hole = |&i: &usize| neighbours(i).any(|j| inside[i] != inside[j] && distances[i] + distances[j] > 1.001);
    let mut changed: Vec<_> = (0..n.pow(3)).into_par_iter().filter(at_hole).collect();
    changed.iter().for_each(|&i| distances[i] = distances[i].min(0.5));
    while let Some(i) = changed.pop() {
        for j in neighbours(i).filter(|&j| inside[i] == inside[j]) {
            if distances[j] > distances[i] + 1.0 {
                distances[j] = distances[i] + 1.0;
                changed.push(j);
            }
        }
    }
}
