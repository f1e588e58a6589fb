//! Which nodes lie inside a triangle mesh, whatever its orientation.

use super::{
    mesh::allowed,
    shells::{Corners, Shells},
};
use crate::grid::Grid;
use rayon::prelude::*;
use std::{iter, ops::Range};

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

/// Most crossings of lines and triangles, over all directions, per node of the grid: some 20 triangles between a node
/// and the next one, which no grid tells apart.
const MOST_CROSSINGS: u64 = 256;

/// Most crossings that are held at a time in one direction, unless a single line has more.
const MOST_HELD: u64 = 1 << 22;

/// For every node of a grid (C order), whether it lies inside: whether more than half of 26 rays
/// from it say so. `None` for a mesh with more crossings than [`MOST_CROSSINGS`] allows.
///
/// A ray that crosses a shell an odd number of times begins inside it. This parity does not ask which way
/// faces look, so flipped faces and non-manifold edges do no harm, as they would to winding numbers; and
/// where a ray slips through a hole, the rays in other directions outvote it (Nooruddin and Turk, IEEE
/// Trans. Vis. Comput. Graph. 9, 191, 2003). A point is inside the whole when the shells around it, those
/// that look inwards counted negative, do not cancel: bodies that overlap unite, and a shell turned
/// inside out bounds a cavity.
///
/// All rays in one direction run along the same family of grid lines, so the mesh is scan-converted once
/// per direction instead of being searched once per ray. Memory is bounded by the numbers of nodes and triangles.
pub(super) fn inside(vertices: &[[f32; 3]], shells: &Shells, grid: &Grid) -> Option<Vec<bool>> {
    let corners = |triangle: &[u32; 3]| triangle.map(|i| vertices[i as usize].map(f64::from));
    let triangles: Vec<Corners> = shells.triangles.iter().map(corners).collect();
    let rays = DIRECTIONS.map(|(axis, steps)| Rays { grid, axis, steps, triangles: &triangles, shells });
    let crossings: Vec<u64> = rays.par_iter().map(Rays::crossings).collect();
    if crossings.iter().sum::<u64>() > allowed(MOST_CROSSINGS, grid) {
        return None;
    }
    let votes = rays.par_iter().zip(crossings).map(|(rays, crossings)| rays.votes(crossings));
    let votes = votes.reduce_with(|mut sum, votes| {
        sum.iter_mut().zip(votes).for_each(|(sum, vote)| *sum += vote);
        sum
    });
    Some(votes.unwrap_or_default().into_iter().map(|vote| vote > 0).collect())
}

/// Where a line crosses a shell.
struct Crossing {
    line: u32,
    shell: u32,
    depth: f64,
}

/// All grid lines in one direction. A line is named by where it meets the plane of nodes 0 of `axis`,
/// in the coordinates (u, v) of the two other axes; lines are counted with u fastest.
struct Rays<'a> {
    grid: &'a Grid,
    axis: usize,
    steps: [i64; 2],
    triangles: &'a [Corners],
    shells: &'a Shells,
}

/// Neighbouring lines that cross one triangle.
struct Row {
    shell: usize,
    lines: Range<usize>,
    /// Where the triangle begins and ends along u, and its depth there.
    ends: [[f64; 2]; 2],
}

impl Rays<'_> {
    /// The number of crossings.
    fn crossings(&self) -> u64 {
        let mut count = 0;
        self.rows(0..self.lines(), |row| count += row.lines.len() as u64);
        count
    }

    /// For every node, the votes of both rays that start there: +1 for inside and −1 for outside.
    fn votes(&self, crossings: u64) -> Vec<i8> {
        let mut votes = vec![-2; self.grid.len()];
        let mut depth = Depth::new(&self.shells.orientations);
        let mut held = Vec::new();
        for lines in self.bundles(crossings) {
            held.clear();
            self.rows(lines, |row| held.extend(self.cross(row)));
            held.sort_unstable_by(|a, b| a.line.cmp(&b.line).then(a.depth.total_cmp(&b.depth)));
            for line in held.chunk_by(|a, b| a.line == b.line) {
                let nodes = || self.nodes(self.line(line[0].line as usize));
                depth.sweep(line.iter(), nodes(), |crossing, node| crossing < node, &mut votes);
                depth.sweep(line.iter().rev(), nodes().rev(), |crossing, node| crossing > node, &mut votes);
            }
        }
        votes
    }

    /// All lines, in bundles with at most [`MOST_HELD`] crossings or of one line.
    fn bundles(&self, crossings: u64) -> Vec<Range<usize>> {
        if crossings <= MOST_HELD {
            return iter::once(0..self.lines()).collect();
        }
        // By how much the number of crossings differs from that of the line before.
        let mut changes = vec![0_i64; self.lines() + 1];
        self.rows(0..self.lines(), |row| {
            changes[row.lines.start] += 1;
            changes[row.lines.end] -= 1;
        });
        let (mut bundles, mut first, mut held, mut here) = (Vec::new(), 0, 0, 0);
        for (line, change) in changes[..self.lines()].iter().enumerate() {
            here += change;
            if held + here > MOST_HELD as i64 && line > first {
                bundles.push(first..line);
                (first, held) = (line, 0);
            }
            held += here;
        }
        bundles.push(first..self.lines());
        bundles
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

    /// Number of lines that meet the box along u (`which` = 0) or v (1).
    fn side(&self, which: usize) -> usize {
        let (first, last) = self.range(which);
        (last - first + 1) as usize
    }

    /// Number of lines.
    fn lines(&self) -> usize {
        self.side(0) * self.side(1)
    }

    /// (u, v) of a line.
    fn line(&self, index: usize) -> [i64; 2] {
        let width = self.side(0);
        [self.range(0).0 + (index % width) as i64, self.range(1).0 + (index / width) as i64]
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

    /// Calls `visit` for every row of `lines` through a triangle.
    ///
    /// Half-open intervals, and cuts of an edge that come out the same to the last bit in both triangles
    /// that share it, make a closed mesh watertight: every line crosses it an even number of times.
    fn rows(&self, lines: Range<usize>, mut visit: impl FnMut(Row)) {
        let width = self.side(0);
        let vs = (self.line(lines.start)[1], self.line(lines.end - 1)[1]);
        for (corners, &shell) in self.triangles.iter().zip(&self.shells.shell_of) {
            let corners = corners.map(|corner| self.shear(corner));
            let edges = [(0, 1), (1, 2), (2, 0)].map(|(a, b)| (corners[a], corners[b]));
            let heights = corners.map(|corner| corner[1]);
            let (bottom, top) =
                (heights.into_iter().fold(f64::MAX, f64::min), heights.into_iter().fold(f64::MIN, f64::max));
            for v in between(bottom, top, vs) {
                let mut cuts = edges.iter().filter_map(|&(a, b)| cut(a, b, v as f64));
                let (Some(one), Some(other)) = (cuts.next(), cuts.next()) else { continue };
                let ends = if one[0] <= other[0] { [one, other] } else { [other, one] };
                let us = between(ends[0][0], ends[1][0], self.range(0));
                let row = (v - self.range(1).0) as usize * width;
                let index = |u: i64| row + (u - self.range(0).0) as usize;
                if !us.is_empty() {
                    let through = index(us.start).max(lines.start)..index(us.end).min(lines.end);
                    if !through.is_empty() {
                        visit(Row { shell, lines: through, ends });
                    }
                }
            }
        }
    }

    /// The crossings of a row.
    fn cross(&self, row: Row) -> impl Iterator<Item = Crossing> + '_ {
        let [left, right] = row.ends;
        row.lines.map(move |line| {
            let t = (self.line(line)[0] as f64 - left[0]) / (right[0] - left[0]);
            Crossing { line: line as u32, shell: row.shell as u32, depth: left[1] + t * (right[1] - left[1]) }
        })
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
                let within = &mut self.within[crossing.shell as usize];
                *within = !*within;
                let orientation = self.orientations[crossing.shell as usize];
                depth += if *within { orientation } else { -orientation };
            }
            votes[index] += 2 * i8::from(depth != 0);
        }
        crossings.for_each(|crossing| self.within[crossing.shell as usize] = false);
    }
}

/// The integers i with `low` ≤ i < `high`, within `range`.
fn between(low: f64, high: f64, range: (i64, i64)) -> Range<i64> {
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
