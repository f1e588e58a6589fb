//! How far nodes are from the nearest triangle of a mesh.

use super::{mesh::allowed, parts::Parts};
use crate::grid::Grid;
use parry3d::{
    bounding_volume::Aabb,
    math::Vector,
    partitioning::{Bvh, BvhBuildStrategy, BvhNode},
    query::{PointQuery, PointQueryWithLocation},
    shape::Triangle,
};
use rayon::prelude::*;
use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
};

/// Most boxes and triangles that are looked at per node, on average. It takes some hundred where a mesh is a surface.
const MOST_STEPS: u64 = 4096;

/// Unsigned distance of every node to the mesh or its nearest periodic image; infinite where the nearest point is not
/// on the boundary but on a face within the body, or on a sheet that encloses nothing. `None` if that takes more than
/// [`MOST_STEPS`] allows.
pub(super) fn distances(
    vertices: &[[f32; 3]],
    triangles: &[[u32; 3]],
    inside: &[bool],
    grid: &Grid,
) -> Option<Vec<f32>> {
    let corner = |i: u32| Vector::from(vertices[i as usize]);
    let triangles: Vec<_> = triangles.iter().map(|&[a, b, c]| Triangle::new(corner(a), corner(b), corner(c))).collect();
    let mut distances = vec![f32::INFINITY; grid.len()];
    let Some(any) = triangles.first().map(|triangle| triangle.a) else { return Some(distances) };
    let mesh = Mesh::new(&triangles, grid);
    let (most, taken) = (allowed(MOST_STEPS, grid), AtomicU64::new(0));
    let [_, ny, nz] = grid.shape;
    // What a node takes does not depend on other rows, so neither does the sum on threads and their order.
    distances.par_chunks_mut(nz).enumerate().try_for_each(|(row, distances)| {
        // The nearest point of one node is a good guess for the next one, which prunes the search.
        let mut point = any;
        for (z, distance) in distances.iter_mut().enumerate() {
            let node = Vector::new((row / ny) as f32, (row % ny) as f32, z as f32);
            let steps = Cell::new(0_u64);
            point = mesh.nearest(node, point, &steps);
            if is_boundary(point, inside, grid, inside[grid.index([row / ny, row % ny, z])]) {
                *distance = (point - node).length();
            }
            if taken.fetch_add(steps.get(), Ordering::Relaxed) + steps.get() > most {
                return None;
            }
        }
        Some(())
    })?;
    Some(distances)
}

/// Whether the point nearest to a node is on the boundary: whether there are nodes of the other side around it.
///
/// The nearest node on one side of a plane through a point is √1.5 away at most, the nearest one in a right-angled
/// corner (√3 + 1) √3 / 2 = 2.37. Seen from outside the nearer of two faces is always the outer one, so that corners
/// count; from inside it may be a face within the body, from which the boundary is kept apart by as little as will do.
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

/// Triangles in a box, to be searched.
struct Mesh<'a> {
    grid: &'a Grid,
    triangles: &'a [Triangle],
    tree: Bvh,
    /// The triangle of each leaf of the tree.
    owners: Vec<u32>,
    bounds: Aabb,
}

impl<'a> Mesh<'a> {
    fn new(triangles: &'a [Triangle], grid: &'a Grid) -> Self {
        let Parts { bounds, owners } = Parts::of(triangles, grid);
        let tree = Bvh::from_leaves(BvhBuildStrategy::Binned, &bounds);
        let bounds = tree.root_aabb();
        Self { grid, triangles, tree, owners, bounds }
    }

    /// The point nearest to `node` on the mesh or an image of it, given any such point. Adds to `steps` how many boxes
    /// and triangles it looks at.
    fn nearest(&self, node: Vector, guess: Vector, steps: &Cell<u64>) -> Vector {
        let [sx, sy, sz] = self.grid.shape.map(|side| [0.0, -(side as f32), side as f32]);
        let images = (0..27).map(|i| Vector::new(sx[i % 3], sy[i / 3 % 3], sz[i / 9]));
        images.fold(guess, |nearest, shift| {
            let (image, reach) = (node + shift, (nearest - node).length());
            if self.bounds.distance_to_local_point(image, true) >= reach {
                return nearest;
            }
            let to_box = |part: &BvhNode, _| {
                steps.set(steps.get() + 1);
                part.aabb().distance_to_local_point(image, true)
            };
            let to_triangle = |part: u32, _| {
                steps.set(steps.get() + 1);
                let triangle = self.triangles[self.owners[part as usize] as usize];
                let (projection, _) = triangle.project_local_point_and_get_location(image, false);
                Some(((projection.point - image).length(), projection.point))
            };
            let closer = self.tree.find_best(reach, to_box, to_triangle);
            closer.map_or(nearest, |(_, (_, point))| point - shift)
        })
    }
}
