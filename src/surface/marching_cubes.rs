//! Marching cubes (Lorensen & Cline 1987) over a periodic field, welded and indexed.

use super::{
    Caps, SurfaceMesh,
    lattice::{Crossing, Lattice},
};
use crate::field::Field;
use marching_cubes::tables::TRI_TABLE;
use rayon::prelude::*;

/// The corners of a cell in the order of the bits of a case, as offsets from its first node (Bourke's order).
const CORNERS: [[usize; 3]; 8] =
    [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]];

/// The edges of a cell in the order of the table: the offset of an edge's first node, and its axis.
const EDGES: [([usize; 3], usize); 12] = [
    ([0, 0, 0], 0),
    ([1, 0, 0], 1),
    ([0, 1, 0], 0),
    ([0, 0, 0], 1),
    ([0, 0, 1], 0),
    ([1, 0, 1], 1),
    ([0, 1, 1], 0),
    ([0, 0, 1], 1),
    ([0, 0, 0], 2),
    ([1, 0, 0], 2),
    ([1, 1, 0], 2),
    ([0, 1, 0], 2),
];

/// No vertex on this edge.
const NONE: u32 = u32::MAX;

/// The vertices on the edges that start in one plane of nodes.
struct Plane {
    crossings: Vec<Crossing>,
    /// For each node of the plane and each axis, which of `crossings` lies on that edge, or [`NONE`].
    vertices: Vec<[u32; 3]>,
    /// Vertices in the planes before.
    offset: u32,
}

/// The surface φ = `level` of a field; a node exactly at the level counts as below it. The result does not
/// depend on the number of threads. A box with an axis of one node has none.
///
/// On nodes more than one grid unit apart, where an interface is hardly wider than a cell, places and normals are found
/// in the field's profile ([`Field::profile`]), which is linear across an interface where φ is not.
pub fn extract(field: &Field, level: f32, caps: Caps) -> SurfaceMesh {
    let grid = field.grid();
    if grid.is_flat() {
        return SurfaceMesh::default();
    }
    if grid.spacing > 1.0 { march(&field.profile(), profile_level(level), caps) } else { march(field, level, caps) }
}

/// The level of a field's profile at which the field has `level`.
pub(super) fn profile_level(level: f32) -> f32 {
    // A level beyond the phases stays beyond them.
    level.clamp(-0.9999, 0.9999).atanh()
}

fn march(field: &Field, level: f32, caps: Caps) -> SurfaceMesh {
    let lattice = Lattice::new(field, level, caps);
    let mut planes: Vec<_> = (0..lattice.sides()[0]).into_par_iter().map(|x| find_vertices(&lattice, x)).collect();
    let mut offset = 0;
    for plane in &mut planes {
        plane.offset = offset;
        offset += plane.crossings.len() as u32;
    }
    let slabs: Vec<_> = (1..planes.len()).into_par_iter().map(|x| connect(&lattice, &planes, x - 1)).collect();
    let crossings = || planes.iter().flat_map(|plane| &plane.crossings);
    SurfaceMesh {
        positions: crossings().map(|crossing| crossing.position).collect(),
        normals: crossings().map(|crossing| crossing.normal).collect(),
        triangles: slabs.concat(),
    }
}

/// Finds the vertices on all edges that start at nodes of plane `x`.
fn find_vertices(lattice: &Lattice, x: usize) -> Plane {
    let [_, ny, nz] = lattice.sides();
    let mut plane = Plane { crossings: Vec::new(), vertices: Vec::with_capacity(ny * nz), offset: 0 };
    for y in 0..ny {
        for z in 0..nz {
            plane.vertices.push([0, 1, 2].map(|axis| match lattice.crossing([x, y, z], axis) {
                Some(crossing) => {
                    plane.crossings.push(crossing);
                    plane.crossings.len() as u32 - 1
                }
                None => NONE,
            }));
        }
    }
    plane
}

/// The triangles of the cells between the planes of nodes `x` and `x` + 1.
fn connect(lattice: &Lattice, planes: &[Plane], x: usize) -> Vec<[u32; 3]> {
    let [_, ny, nz] = lattice.sides();
    let mut triangles = Vec::new();
    for y in 0..ny - 1 {
        for z in 0..nz - 1 {
            let inside = |bit: usize| lattice.is_inside(shifted([x, y, z], CORNERS[bit]));
            let case = (0..8).fold(0, |case, bit| case | usize::from(inside(bit)) << bit);
            let vertex = |edge: i16| {
                let (offset, axis) = EDGES[edge as usize];
                let [x, y, z] = shifted([x, y, z], offset);
                planes[x].offset + planes[x].vertices[y * nz + z][axis]
            };
            let corners = TRI_TABLE[case].iter().take_while(|&&edge| edge >= 0).map(|&edge| vertex(edge));
            triangles.extend(triples(corners));
        }
    }
    triangles
}

/// Groups of three, in reverse order: the table runs clockwise seen from below the level.
fn triples(mut items: impl Iterator<Item = u32>) -> impl Iterator<Item = [u32; 3]> {
    std::iter::from_fn(move || {
        let (a, b, c) = (items.next()?, items.next()?, items.next()?);
        Some([c, b, a])
    })
}

fn shifted(node: [usize; 3], offset: [usize; 3]) -> [usize; 3] {
    [node[0] + offset[0], node[1] + offset[1], node[2] + offset[2]]
}
