//! Boxes around the parts of a mesh, small enough for a search to pass most of them over.

use crate::grid::Grid;
use parry3d::{bounding_volume::Aabb, math::Vector, shape::Triangle};
use std::{cmp::Ordering, collections::BinaryHeap};

/// How many boxes may hold a node, on average, before triangles are taken in parts. A few do where a mesh is a surface.
const MOST_OVER_NODE: f32 = 32.0;

/// Smallest volume of a box that is still halved, in cubic grid units.
const SMALLEST: f32 = 8.0;

/// Most parts, unless there are more triangles.
const MOST_PARTS: usize = 1 << 18;

/// Boxes that together cover every triangle of a mesh.
///
/// A box around a large slanting triangle is mostly empty. Where many of them lie over one another, a search can pass
/// none over, and looks at all of their triangles from every node. So the largest are halved then, again and again.
pub(super) struct Parts {
    pub bounds: Vec<Aabb>,
    /// The triangle in each box.
    pub owners: Vec<u32>,
}

impl Parts {
    pub fn of(triangles: &[Triangle], grid: &Grid) -> Self {
        let sides = Vector::from(grid.shape.map(|side| side as f32));
        let near = Aabb::new(-sides, 2.0 * sides);
        let whole = |(triangle, owner): (&Triangle, u32)| Part::new(*triangle, owner, &near);
        let mut parts: Vec<Part> = triangles.iter().zip(0..).map(whole).collect();
        if parts.iter().map(|part| part.volume).sum::<f32>() > MOST_OVER_NODE * grid.len() as f32 {
            parts = halved(parts, &near);
        }
        Self {
            bounds: parts.iter().map(|part| part.triangle.local_aabb()).collect(),
            owners: parts.iter().map(|part| part.owner).collect(),
        }
    }
}

/// Halves the largest part until all are small or there are [`MOST_PARTS`].
fn halved(parts: Vec<Part>, near: &Aabb) -> Vec<Part> {
    let mut parts = BinaryHeap::from(parts);
    while parts.len() < MOST_PARTS {
        let Some(largest) = parts.pop() else { break };
        if largest.volume < SMALLEST {
            parts.push(largest);
            break;
        }
        parts.extend(largest.halves(near));
    }
    parts.into_vec()
}

/// A part of a triangle, which is one as well.
struct Part {
    triangle: Triangle,
    owner: u32,
    /// Of the box around it, as far as it is near the nodes and their images.
    volume: f32,
}

impl Part {
    fn new(triangle: Triangle, owner: u32, near: &Aabb) -> Self {
        let bounds = triangle.local_aabb();
        let extent = bounds.maxs.min(near.maxs) - bounds.mins.max(near.mins);
        Self { triangle, owner, volume: extent.max(Vector::ZERO).element_product() }
    }

    /// Cuts it across its longest edge.
    fn halves(&self, near: &Aabb) -> [Self; 2] {
        let Triangle { a, b, c } = self.triangle;
        // Halved first, the largest coordinates do not overflow.
        let length = |[a, b, _]: [Vector; 3]| (0.5 * a - 0.5 * b).abs().max_element();
        let turns = [[b, c, a], [c, a, b]].into_iter();
        let [a, b, c] = turns.fold([a, b, c], |best, turn| if length(turn) > length(best) { turn } else { best });
        let middle = 0.5 * a + 0.5 * b;
        [Triangle::new(a, middle, c), Triangle::new(middle, b, c)].map(|half| Self::new(half, self.owner, near))
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        self.volume.total_cmp(&other.volume)
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}
