//! Signed distances in segmented images: boxes of which every node belongs to one of two phases.

use crate::{
    field::{Field, interpolate},
    grid::{Grid, Shape},
};
use rayon::prelude::*;

/// Signed distances, in grid units of a box of `shape`, of its nodes to the boundary between the nodes of `image` that
/// have the value `inside`, where they are positive, and those that have another.
///
/// The boundary lies halfway between neighbours of different phases. The distance from it is found on the image's own
/// nodes, in the periodic box, and then interpolated to those of `shape`.
pub(super) fn distances(image: &Field, inside: f32, shape: Shape) -> Vec<f64> {
    let grid = image.grid();
    let steps = [0, 1, 2].map(|axis| shape.0[axis] as f64 / grid.shape[axis] as f64);
    let is_inside: Vec<_> = image.values().iter().map(|&value| value == inside).collect();
    let squares = squared_distances(&is_inside, &grid, steps);
    let signed =
        squares.into_iter().zip(is_inside).map(|(square, inside)| square.sqrt() * if inside { 1.0 } else { -1.0 });
    interpolate(signed.collect(), grid.shape, shape.0).into_iter().map(f64::from).collect()
}

/// Squared distance of every node to the nearest point halfway between neighbours of different phases, the neighbours
/// along each axis `steps` apart.
///
/// The points between neighbours along one axis lie on the lines of nodes along it, so that the minimum over them is
/// separable: first along this axis, then along the two others, each time as the lower envelope of parabolas
/// (Felzenszwalb and Huttenlocher, Theory Comput. 8, 415, 2012).
fn squared_distances(is_inside: &[bool], grid: &Grid, steps: [f64; 3]) -> Vec<f32> {
    let mut nearest = vec![f32::INFINITY; grid.len()];
    for axis in (0..3).filter(|&axis| grid.shape[axis] > 1) {
        let mut squares = along(is_inside, grid, axis, |line| {
            let n = line.len();
            let boundary = (0..n).filter(|&i| line[i] != line[(i + 1) % n]);
            let halfway: Vec<_> = boundary.map(|i| (i as f64 + 0.5, 0.0)).collect();
            envelope(&halfway, n, steps[axis])
        });
        for other in (0..3).filter(|&other| other != axis && grid.shape[other] > 1) {
            squares = along(&squares, grid, other, |line| {
                let heights = line.iter().enumerate().filter(|(_, height)| height.is_finite());
                let heights: Vec<_> = heights.map(|(i, &height)| (i as f64, f64::from(height))).collect();
                envelope(&heights, line.len(), steps[other])
            });
        }
        nearest.iter_mut().zip(squares).for_each(|(nearest, square)| *nearest = nearest.min(square));
    }
    nearest
}

/// Replaces every line of nodes along an axis by what `f` makes of it.
fn along<T: Copy + Send + Sync>(
    values: &[T],
    grid: &Grid,
    axis: usize,
    f: impl Fn(&[T]) -> Vec<f32> + Sync,
) -> Vec<f32> {
    let (length, inner) = (grid.shape[axis], grid.shape[axis + 1..].iter().product::<usize>());
    let lines = (0..grid.len() / length).into_par_iter().map(|line| {
        let start = line / inner * length * inner + line % inner;
        f(&values[start..].iter().step_by(inner).take(length).copied().collect::<Vec<_>>())
    });
    let lines: Vec<_> = lines.collect();
    let place = |index: usize| (index / (length * inner) * inner + index % inner, index / inner % length);
    (0..grid.len()).into_par_iter().map(place).map(|(line, i)| lines[line][i]).collect()
}

/// For each of `n` nodes on a ring, `step` apart, the least of `height` + (distance)² over all `sources` (place,
/// height), which are in ascending order of places; infinite without any.
fn envelope(sources: &[(f64, f64)], n: usize, step: f64) -> Vec<f32> {
    let turns = [-1.0, 0.0, 1.0].map(|turn| turn * n as f64);
    let sources = turns.iter().flat_map(|turn| sources.iter().map(move |&(place, height)| (place + turn, height)));
    let scale = step * step;
    // The parabolas of the envelope with the places from which on each is the lowest.
    let mut lowest: Vec<(f64, f64, f64)> = Vec::new();
    for (place, height) in sources {
        let from = loop {
            let Some(&(p, h, from)) = lowest.last() else { break f64::NEG_INFINITY };
            let meet = ((height - h) / scale + place * place - p * p) / (2.0 * (place - p));
            if meet > from {
                break meet;
            }
            lowest.pop();
        };
        lowest.push((place, height, from));
    }
    let mut best = 0;
    let node = |i: usize| {
        while lowest.get(best + 1).is_some_and(|&(.., from)| from < i as f64) {
            best += 1;
        }
        lowest.get(best).map_or(f32::INFINITY, |&(place, height, _)| {
            (height + scale * (i as f64 - place) * (i as f64 - place)) as f32
        })
    };
    (0..n).map(node).collect()
}
