//! Which nodes lie inside a triangle mesh, whatever its orientation.

use super::shells::{Corners, Shells};
use crate::grid::Grid;
use rayon::prelude::*;

/// Directions of the rays: one axis, along which they step by 1, and their steps along the other two.
/// With both senses of each these are all 26 directions to the neighbours of a node.
const DIRECTIONS: [(usize, [i64; 2]); 13] = [
    (0, [0, 0]),
    (0, [1, 0]),
    (0, [-1, 0]),
    (0, [0, 1]),
    (0, [0, -1]),
    (0, [1, 1]),
    (0, [1, -1]),
    (0, [-1, 1]),
    (0, [-1, -1]),
    (1, [0, 0]),
    (1, [1, 0]),
    (1, [-1, 0]),
    (2, [0, 0]),
];

/// For every node of a grid (C order), whether it lies inside: whether more than half of 26 rays
/// from it say so.
///
/// A ray that crosses a shell an odd number of times begins inside it. This parity does not ask which way
/// faces look, so flipped faces and non-manifold edges do no harm, as they would to winding numbers; and
/// where a ray slips through a hole, the rays in other directions outvote it (Nooruddin and Turk, IEEE
/// Trans. Vis. Comput. Graph. 9, 191, 2003). A point is inside the whole when the shells around it, those
/// that look inwards counted negative, do not cancel: bodies that overlap unite, and a shell turned
/// inside out bounds a cavity.
///
/// All rays in one direction run along the same family of grid lines, so the mesh is scan-converted once
/// per direction instead of being searched once per ray.
pub(super) fn inside(vertices: &[[f32; 3]], shells: &Shells, grid: &Grid) -> Vec<bool> {
    let corners = |triangle: &[u32; 3]| triangle.map(|i| vertices[i as usize].map(f64::from));
    let triangles: Vec<Corners> = shells.triangles.iter().map(corners).collect();
    let votes = DIRECTIONS.par_iter().map(|&(axis, steps)| Rays { grid: *grid, axis, steps }.votes(&triangles, shells));
    let votes = votes.reduce_with(|mut sum, votes| {
        sum.iter_mut().zip(votes).for_each(|(sum, vote)| *sum += vote);
        sum
    });
    votes.unwrap_or_default().into_iter().map(|vote| vote > 0).collect()
}

/// Where a line crosses a shell.
struct Crossing {
    line: [i64; 2],
    depth: f64,
    shell: usize,
}

/// All grid lines in one direction. A line is named by where it meets the plane of nodes 0 of `axis`,
/// in the coordinates (u, v) of the two other axes.
struct Rays {
    grid: Grid,
    axis: usize,
    steps: [i64; 2],
}

impl Rays {
    /// For every node, the votes of both rays that start there: +1 for inside and −1 for outside.
    fn votes(&self, triangles: &[Corners], shells: &Shells) -> Vec<i8> {
        let mut crossings = Vec::new();
        for (corners, &shell) in triangles.iter().zip(&shells.shell_of) {
            let sheared = corners.map(|corner| self.shear(corner));
            self.scan(sheared, |line, depth| crossings.push(Crossing { line, depth, shell }));
        }
        crossings.sort_unstable_by(|a, b| a.line.cmp(&b.line).then(a.depth.total_cmp(&b.depth)));
        let mut votes = vec![-2; self.grid.len()];
        let mut depth = Depth::new(&shells.orientations);
        for line in crossings.chunk_by(|a, b| a.line == b.line) {
            let nodes = || self.nodes(line[0].line);
            depth.sweep(line.iter(), nodes(), |crossing, node| crossing < node, &mut votes);
            depth.sweep(line.iter().rev(), nodes().rev(), |crossing, node| crossing > node, &mut votes);
        }
        votes
    }

    /// The two axes that are not `axis`.
    fn others(&self) -> [usize; 2] {
        match self.axis {
            0 => [1, 2],
            1 => [2, 0],
            _ => [0, 1],
        }
    }

    /// Moves a point along its line to (u, v), and adds its depth.
    fn shear(&self, point: [f64; 3]) -> [f64; 3] {
        let (depth, [u, v]) = (point[self.axis], self.others());
        [point[u] - self.steps[0] as f64 * depth, point[v] - self.steps[1] as f64 * depth, depth]
    }

    /// First and last line along u (`which` = 0) or v (1) that meet the box.
    fn range(&self, which: usize) -> (i64, i64) {
        let last = |axis: usize| self.grid.shape[axis] as i64 - 1;
        let far = -self.steps[which] * last(self.axis);
        (far.min(0), last(self.others()[which]) + far.max(0))
    }

    /// The nodes of a line by depth and index.
    fn nodes(&self, line: [i64; 2]) -> impl DoubleEndedIterator<Item = (usize, usize)> + '_ {
        let others = self.others();
        (0..self.grid.shape[self.axis]).filter_map(move |depth| {
            let mut node = [depth; 3];
            for which in 0..2 {
                let coordinate = line[which] + self.steps[which] * depth as i64;
                let side = self.grid.shape[others[which]];
                node[others[which]] = usize::try_from(coordinate).ok().filter(|&c| c < side)?;
            }
            Some((depth, self.grid.index(node)))
        })
    }

    /// Calls `cross(line, depth)` for every line through a sheared triangle.
    ///
    /// Half-open intervals, and cuts of an edge that come out the same to the last bit in both triangles
    /// that share it, make a closed mesh watertight: every line crosses it an even number of times.
    fn scan(&self, corners: Corners, mut cross: impl FnMut([i64; 2], f64)) {
        let edges = [(0, 1), (1, 2), (2, 0)].map(|(a, b)| (corners[a], corners[b]));
        let heights = corners.map(|corner| corner[1]);
        let (bottom, top) =
            (heights.into_iter().fold(f64::MAX, f64::min), heights.into_iter().fold(f64::MIN, f64::max));
        for v in between(bottom, top, self.range(1)) {
            let mut cuts = edges.iter().filter_map(|&(a, b)| cut(a, b, v as f64));
            let (Some(one), Some(other)) = (cuts.next(), cuts.next()) else { continue };
            let (left, right) = if one[0] <= other[0] { (one, other) } else { (other, one) };
            for u in between(left[0], right[0], self.range(0)) {
                let t = (u as f64 - left[0]) / (right[0] - left[0]);
                cross([u, v], left[1] + t * (right[1] - left[1]));
            }
        }
    }
}

/// How deep a point that moves along a line is inside the shells.
struct Depth<'a> {
    orientations: &'a [i32],
    within: Vec<bool>,
}

impl<'a> Depth<'a> {
    fn new(orientations: &'a [i32]) -> Self {
        Self { orientations, within: vec![false; orientations.len()] }
    }

    /// Moves from outside along a line and raises the vote of every node that is reached inside from −1 to +1.
    fn sweep<'b>(
        &mut self,
        crossings: impl Iterator<Item = &'b Crossing> + Clone,
        nodes: impl Iterator<Item = (usize, usize)>,
        passed: impl Fn(f64, f64) -> bool,
        votes: &mut [i8],
    ) {
        let mut ahead = crossings.clone().peekable();
        let mut depth = 0;
        for (node, index) in nodes {
            while let Some(crossing) = ahead.next_if(|crossing| passed(crossing.depth, node as f64)) {
                let within = &mut self.within[crossing.shell];
                *within = !*within;
                let orientation = self.orientations[crossing.shell];
                depth += if *within { orientation } else { -orientation };
            }
            votes[index] += 2 * i8::from(depth != 0);
        }
        crossings.for_each(|crossing| self.within[crossing.shell] = false);
    }
}

/// The integers i with `low` ≤ i < `high`, within `range`.
fn between(low: f64, high: f64, range: (i64, i64)) -> std::ops::Range<i64> {
    let first = (low.ceil() as i64).max(range.0);
    let end = (high.ceil() as i64).min(range.1 + 1);
    first..end
}

/// Where the edge between `a` and `b` meets the height `v`: u and depth.
fn cut(a: [f64; 3], b: [f64; 3], v: f64) -> Option<[f64; 2]> {
    let (a, b) = if a[1] <= b[1] { (a, b) } else { (b, a) };
    if !(a[1] <= v && v < b[1]) {
        return None;
    }
    let t = (v - a[1]) / (b[1] - a[1]);
    Some([a[0] + t * (b[0] - a[0]), a[2] + t * (b[2] - a[2])])
}
