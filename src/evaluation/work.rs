//! The unit of progress.

use crate::grid::Shape;

/// Work of one frame of one evolution, in units of a frame of 8³ nodes: for progress only.
pub fn work(grid: Shape) -> usize {
    (grid.len() / 512).max(1)
}
