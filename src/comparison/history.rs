//! The metrics of a run, bounded.

use crate::metrics::series::FrameMetrics;
use std::sync::Arc;

/// Most rows kept.
pub const CAPACITY: usize = 4096;

/// Frames below this one are never thinned: coarsening is fastest at first.
pub const DENSE: usize = 512;

/// Rows of metrics in order of their frames.
///
/// Every row is kept until there are [`CAPACITY`]. From then on, frames from [`DENSE`] on are kept only
/// when the stride divides them; the stride doubles each time the history is full. The latest row is
/// always there.
#[derive(Debug, Clone)]
pub struct History {
    rows: Vec<FrameMetrics>,
    stride: usize,
}

impl From<FrameMetrics> for History {
    /// A history that begins with `first`.
    fn from(first: FrameMetrics) -> Self {
        Self { rows: vec![first], stride: 1 }
    }
}

impl History {
    /// Appends the latest row, thinning when full.
    pub fn push(&mut self, row: FrameMetrics) {
        let stride = self.stride;
        if self.rows.last().is_some_and(|last| !stays(last.frame, stride)) {
            self.rows.pop();
        }
        if self.rows.len() >= CAPACITY {
            self.stride *= 2;
            self.rows.retain(|row| stays(row.frame, stride * 2));
        }
        self.rows.push(row);
    }

    /// The rows kept, first to latest.
    pub fn rows(&self) -> &[FrameMetrics] {
        &self.rows
    }

    /// A copy to share with other threads.
    pub fn share(&self) -> Arc<[FrameMetrics]> {
        self.rows.as_slice().into()
    }
}

fn stays(frame: usize, stride: usize) -> bool {
    frame < DENSE || frame.is_multiple_of(stride)
}
