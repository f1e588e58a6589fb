//! The connected parts of a triangle mesh and the way each looks.

use crate::formats::mesh::TriangleMesh;
use std::collections::{HashMap, HashSet};

/// A triangle by the coordinates of its corners.
pub(super) type Corners = [[f64; 3]; 3];

/// A mesh taken apart into shells, of which each bounds something by itself.
///
/// Triangles on both sides of an edge that no third one shares belong together. What is closed then is a shell, even
/// where it touches or runs through others in a corner or an edge. What is not closed makes one shell with all else
/// that is not and has a corner in common: holes are let be, and walls within a body stay with its skin.
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
        let corners = |triangle: &[u32; 3]| triangle.map(|i| points[i as usize]);
        let mut seen = HashSet::with_capacity(mesh.triangles.len());
        let mut is_new = |triangle: &[u32; 3]| {
            let mut corners = corners(triangle);
            corners.sort_unstable();
            corners[0] != corners[1] && corners[1] != corners[2] && seen.insert(corners)
        };
        let triangles: Vec<_> = mesh.triangles.iter().filter(|triangle| is_new(triangle)).copied().collect();
        let shells = parts(&triangles.iter().map(corners).collect::<Vec<_>>(), points.len());
        let mut numbers = HashMap::new();
        let mut number = |shell| {
            let next = numbers.len();
            *numbers.entry(shell).or_insert(next)
        };
        let shell_of: Vec<_> = shells.into_iter().map(&mut number).collect();
        let orientations = orientations(mesh, &triangles, &shell_of, numbers.len());
        Self { triangles, shell_of, orientations }
    }
}

/// For every triangle, given by its corners out of `points` many, one that stands for its shell.
fn parts(triangles: &[[usize; 3]], points: usize) -> Vec<usize> {
    let edges = |[a, b, c]: [usize; 3]| [(a, b), (b, c), (c, a)].map(|(a, b)| (a.min(b), a.max(b)));
    let mut along: HashMap<_, Vec<usize>> = HashMap::with_capacity(2 * triangles.len());
    for (index, &triangle) in triangles.iter().enumerate() {
        edges(triangle).into_iter().for_each(|edge| along.entry(edge).or_default().push(index));
    }
    let mut parts = DisjointSets::new(triangles.len());
    for beside in along.values() {
        if let &[one, other] = beside.as_slice() {
            parts.join(one, other);
        }
    }
    let mut open: HashSet<usize> = HashSet::new();
    for beside in along.values() {
        let mut roots: Vec<_> = beside.iter().map(|&index| parts.root(index)).collect();
        roots.sort_unstable();
        open.extend(roots.chunk_by(|a, b| a == b).filter(|same| same.len() % 2 == 1).map(|same| same[0]));
    }
    let open: Vec<_> = (0..triangles.len()).filter(|&index| open.contains(&parts.root(index))).collect();
    let mut at_corner = vec![None; points];
    for index in open {
        for corner in triangles[index] {
            parts.join(index, *at_corner[corner].get_or_insert(index));
        }
    }
    (0..triangles.len()).map(|index| parts.root(index)).collect()
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
