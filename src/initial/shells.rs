//! The connected parts of a triangle mesh and the way each looks.

use crate::formats::mesh::TriangleMesh;
use std::collections::{HashMap, HashSet};

/// A triangle by the coordinates of its corners.
pub(super) type Corners = [[f64; 3]; 3];

/// A mesh taken apart into shells, triangles that hang together by their corners.
pub(super) struct Shells {
    /// Every triangle once, as indices into the vertices: a doubled face must not count twice where rays
    /// count crossings.
    pub triangles: Vec<[u32; 3]>,
    /// The shell of each of these.
    pub shell_of: Vec<usize>,
    /// +1 for each shell that mostly looks outwards and −1 for one that mostly looks inwards.
    pub orientations: Vec<i32>,
}

impl Shells {
    pub fn of(mesh: &TriangleMesh) -> Self {
        let points = distinct_points(mesh);
        let mut seen = HashSet::with_capacity(mesh.triangles.len());
        let mut is_new = |triangle: &[u32; 3]| {
            let mut corners = triangle.map(|i| points[i as usize]);
            corners.sort_unstable();
            seen.insert(corners)
        };
        let triangles: Vec<_> = mesh.triangles.iter().filter(|triangle| is_new(triangle)).copied().collect();
        let mut parts = DisjointSets::new(points.len());
        for triangle in &triangles {
            let [a, b, c] = triangle.map(|i| points[i as usize]);
            parts.join(a, b);
            parts.join(b, c);
        }
        let mut shells = HashMap::new();
        let mut number = |root| {
            let next = shells.len();
            *shells.entry(root).or_insert(next)
        };
        let shell_of: Vec<_> = triangles.iter().map(|t| number(parts.root(points[t[0] as usize]))).collect();
        let orientations = orientations(mesh, &triangles, &shell_of, shells.len());
        Self { triangles, shell_of, orientations }
    }
}

/// For every vertex the first one at the same place.
fn distinct_points(mesh: &TriangleMesh) -> Vec<usize> {
    let mut first = HashMap::with_capacity(mesh.vertices.len());
    // Adding zero makes −0 and 0 the same.
    let places = mesh.vertices.iter().map(|vertex| vertex.map(|c| (c + 0.0).to_bits()));
    places.enumerate().map(|(i, place)| *first.entry(place).or_insert(i)).collect()
}

/// The sign of the volume of each shell by the divergence theorem, about its middle so that holes
/// matter little.
fn orientations(mesh: &TriangleMesh, triangles: &[[u32; 3]], shell_of: &[usize], count: usize) -> Vec<i32> {
    let corners = |triangle: &[u32; 3]| -> Corners { triangle.map(|i| mesh.vertices[i as usize].map(f64::from)) };
    let mut middles = vec![([0.0; 3], 0.0); count];
    for (triangle, &shell) in triangles.iter().zip(shell_of) {
        let (sum, weight) = &mut middles[shell];
        corners(triangle).iter().for_each(|corner| (0..3).for_each(|axis| sum[axis] += corner[axis]));
        *weight += 3.0;
    }
    let mut volumes = vec![0.0; count];
    for (triangle, &shell) in triangles.iter().zip(shell_of) {
        let (sum, weight) = middles[shell];
        let [a, b, c] = corners(triangle).map(|corner| std::array::from_fn(|axis| corner[axis] - sum[axis] / weight));
        volumes[shell] += triple_product(a, b, c);
    }
    volumes.into_iter().map(|volume| if volume < 0.0 { -1 } else { 1 }).collect()
}

/// a · (b × c).
fn triple_product(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])
}

/// Sets of numbers 0..n that only ever grow together (union–find with path halving).
struct DisjointSets(Vec<usize>);

impl DisjointSets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut member: usize) -> usize {
        while self.0[member] != member {
            self.0[member] = self.0[self.0[member]];
            member = self.0[member];
        }
        member
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
