//! One held-out sequence beside the network's own rollout, to watch a network learn.

use super::{dataset::Sequence, dataset_config::DatasetConfig, recipe::Start};
use crate::{field::Field, grid::Grid};
use std::sync::Arc;

/// Most frames of a preview.
const MOST_FRAMES: usize = 8;

/// A validation sequence, and the network's rollout from its first frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Optimiser steps made.
    pub step: usize,
    /// Number of the sequence in its dataset: the same one throughout a run.
    pub sequence: usize,
    /// Up to eight frames in about equal factors of age, the last one included. Frames in which the prediction is not
    /// finite are missing.
    pub frames: Vec<PreviewFrame>,
}

/// One frame of a [`Preview`], on the network's nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewFrame {
    /// Frames since the start of the sequence, from 1 on.
    pub frame: usize,
    /// Time since the start of the sequence.
    pub time: f64,
    /// The solver's φ.
    pub truth: Arc<Field>,
    /// The network's φ.
    pub predicted: Arc<Field>,
    /// Root mean square of their difference.
    pub rmse: f64,
}

/// The most instructive of some validation sequences: it starts from noise, and its phases have the most nearly equal
/// shares.
pub(super) fn most_telling<'a>(sequences: impl Iterator<Item = &'a Sequence>) -> Option<&'a Sequence> {
    let plainness = |sequence: &&Sequence| {
        let recipe = &sequence.record().recipe;
        (recipe.start != Start::Noise || recipe.skipped > 0, recipe.mean.abs())
    };
    sequences.min_by(|a, b| plainness(a).partial_cmp(&plainness(b)).unwrap_or(std::cmp::Ordering::Equal))
}

/// Picks the frames of a preview out of a rollout.
pub(super) struct Sampler {
    preview: Preview,
    wanted: Vec<usize>,
    grid: Grid,
    frame_time: f64,
}

impl Sampler {
    /// A preview of `sequence` at an optimiser step, still empty.
    pub fn new(sequence: &Sequence, data: &DatasetConfig, step: usize) -> Self {
        Self {
            preview: Preview { step, sequence: sequence.index(), frames: Vec::new() },
            wanted: frames_shown(sequence.frames() - 1),
            grid: Grid { spacing: data.coarsening as f64, ..sequence.shape().into() },
            frame_time: data.equation.frame_time(),
        }
    }

    /// Adds a frame of the rollout, the true φ beside the predicted one, if it belongs to the preview. `error` is its
    /// mean squared error.
    pub fn see(&mut self, sequence: &Sequence, frame: usize, [truth, predicted]: [&[f32]; 2], error: f64) {
        if sequence.index() != self.preview.sequence || !self.wanted.contains(&frame) {
            return;
        }
        let field = |values: &[f32]| Field::from_values(self.grid, values.to_vec()).map(Arc::new);
        // A field that is not finite cannot be drawn.
        if let (Ok(truth), Ok(predicted)) = (field(truth), field(predicted)) {
            let time = frame as f64 * self.frame_time;
            self.preview.frames.push(PreviewFrame { frame, time, truth, predicted, rmse: error.sqrt() });
        }
    }

    /// The preview with the frames picked so far.
    pub fn finish(self) -> Preview {
        self.preview
    }
}

/// The frames of a [`Preview`] of a sequence whose last frame is `last`, at least 1: up to eight of 1, 2, 5, 10, 20, 50
/// … in about equal factors, and the last.
pub fn frames_shown(last: usize) -> Vec<usize> {
    let factor = (last as f64).powf(1.0 / (MOST_FRAMES - 1) as f64);
    let inner = (0..MOST_FRAMES - 1).map(|power| round(factor.powi(power as i32)));
    let mut frames: Vec<_> = inner.filter(|&frame| frame < last).chain([last]).collect();
    frames.dedup();
    frames
}

/// The one of 1, 2, 5, 10, 20, 50 … that is nearest to a number from 1 on, by their ratio.
fn round(number: f64) -> usize {
    let decade = 10.0_f64.powf(number.log10().floor());
    let distance = |candidate: f64| (number / (candidate * decade)).ln().abs();
    let nearest = [1.0, 2.0, 5.0, 10.0].into_iter().min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
    (nearest.unwrap_or(1.0) * decade).round() as usize
}
