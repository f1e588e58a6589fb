//! Measures of a surface.

use super::SurfaceMesh;
use crate::grid::Grid;
use std::collections::{HashMap, HashSet};

/// Area in square grid units, caps included.
pub fn area(mesh: &SurfaceMesh) -> f64 {
    corners(mesh).map(|[a, b, c]| norm(cross(minus(b, a), minus(c, a))) / 2.0).sum()
}

/// Volume of the region above the level in cubic grid units, by the divergence theorem. It means nothing
/// unless the surface is closed: see [`boundary_edges`].
pub fn enclosed_volume(mesh: &SurfaceMesh) -> f64 {
    corners(mesh).map(|[a, b, c]| dot(a, cross(b, c)) / 6.0).sum()
}

/// Euler number V − E + F: for closed surfaces twice the number of bodies minus twice the number of handles.
pub fn euler_number(mesh: &SurfaceMesh) -> i64 {
    let mut edges: Vec<_> = directed_edges(mesh).map(|[a, b]| [a.min(b), a.max(b)]).collect();
    edges.sort_unstable();
    edges.dedup();
    mesh.positions.len() as i64 - edges.len() as i64 + mesh.triangles.len() as i64
}

/// Euler number of the surface in all of periodic space: that of an open surface ([`super::Caps::Open`]) in a box of
/// such a grid, welded at the faces to its own continuation. It does not depend on where the box was cut out.
pub fn periodic_euler_number(mesh: &SurfaceMesh, grid: &Grid) -> i64 {
    let faces = grid.shape.map(|side| side as f32 * grid.spacing as f32);
    let mut first = HashMap::new();
    let welded: Vec<u32> = (mesh.positions.iter().zip(0..))
        .map(|(position, index)| {
            let on_face = position.iter().zip(faces).any(|(&c, face)| c == 0.0 || c == face);
            let wrap = |axis: usize| if position[axis] == faces[axis] { 0.0 } else { position[axis] }.to_bits();
            let wrapped = [0, 1, 2].map(wrap);
            if on_face { *first.entry(wrapped).or_insert(index) } else { index }
        })
        .collect();
    let triangles = mesh.triangles.iter().map(|triangle| triangle.map(|i| welded[i as usize])).collect();
    let vertices = welded.iter().collect::<HashSet<_>>().len();
    let whole = SurfaceMesh { triangles, ..SurfaceMesh::default() };
    vertices as i64 + euler_number(&whole)
}

/// Number of edges that are not passed once in each direction: 0 for a closed, consistently oriented surface.
pub fn boundary_edges(mesh: &SurfaceMesh) -> usize {
    let mut passes: Vec<_> = directed_edges(mesh).map(|[a, b]| ([a.min(b), a.max(b)], a < b)).collect();
    passes.sort_unstable();
    let edges = passes.chunk_by(|a, b| a.0 == b.0);
    edges.filter(|passes| !matches!(passes, [(_, false), (_, true)])).count()
}

fn directed_edges(mesh: &SurfaceMesh) -> impl Iterator<Item = [u32; 2]> {
    mesh.triangles.iter().flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]])
}

/// The corners of each triangle.
fn corners(mesh: &SurfaceMesh) -> impl Iterator<Item = [[f64; 3]; 3]> {
    mesh.triangles.iter().map(|triangle| triangle.map(|i| mesh.positions[i as usize].map(f64::from)))
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}
