//! Errors of a network's full rollouts on held-out sequences.

use super::{
    dataset::{Dataset, DatasetError, Sequence, Split},
    dataset_config::DatasetConfig,
    preview::{Preview, Sampler, most_telling},
};
use crate::{
    equation::free_energy_density,
    grid::{Grid, Shape},
    network::{Crnn, Hidden, PeriodicBackend},
};
use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Frames at which errors are quoted.
pub const QUOTED_FRAMES: [usize; 5] = [1, 5, 10, 25, 49];

/// Sequences rolled out together; a bound on memory.
const BATCH: usize = 4;

/// Errors of whole rollouts, from the first frame to the last, averaged over sequences. φ ∈ [−1, 1], network's grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Optimiser steps made.
    pub step: usize,
    /// Mean squared error over all frames after the first.
    pub mse: f64,
    /// The same for the first frame taken as the prediction of all others.
    pub persistence: f64,
    /// RMSE at [`QUOTED_FRAMES`] (square root of the mean squared error over sequences); NaN beyond the data.
    pub rmse: [f64; QUOTED_FRAMES.len()],
    /// Mean of |ΔF|/F at [`QUOTED_FRAMES`].
    pub energy_error: [f64; QUOTED_FRAMES.len()],
}

/// Sums over sequences and frames.
#[derive(Default)]
struct Sums {
    sequences: usize,
    mse: f64,
    persistence: f64,
    squares: [f64; QUOTED_FRAMES.len()],
    energy: [f64; QUOTED_FRAMES.len()],
    quoted: [usize; QUOTED_FRAMES.len()],
}

/// Rolls `network` out on the first `count` validation sequences of `dataset`, and keeps pictures of one of them;
/// `None` when there are none.
///
/// # Errors
/// When a file of the dataset can no longer be read.
pub fn validate<B: PeriodicBackend>(
    network: &Crnn<B>,
    dataset: &Dataset,
    count: usize,
    step: usize,
    device: &B::Device,
) -> Result<Option<(Validation, Preview)>, DatasetError> {
    let sequences = || dataset.sequences(Split::Validation).take(count);
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for sequence in sequences() {
        groups.entry((sequence.shape(), sequence.frames())).or_default().push(sequence);
    }
    let config = &dataset.manifest().config;
    let mut sums = Sums::default();
    let Some(shown) = most_telling(sequences()) else { return Ok(None) };
    let mut sampler = Sampler::new(shown, config, step);
    for sequences in groups.values().flat_map(|group| group.chunks(BATCH)) {
        roll_out(network, sequences, config, device, &mut sums, &mut sampler)?;
    }
    Ok(sums.average(step).map(|validation| (validation, sampler.finish())))
}

/// The pictures of [`validate`] alone, from a rollout of that one sequence.
///
/// # Errors
/// As [`validate`].
pub fn preview<B: PeriodicBackend>(
    network: &Crnn<B>,
    dataset: &Dataset,
    count: usize,
    step: usize,
    device: &B::Device,
) -> Result<Option<Preview>, DatasetError> {
    let Some(sequence) = most_telling(dataset.sequences(Split::Validation).take(count)) else { return Ok(None) };
    let config = &dataset.manifest().config;
    let mut sampler = Sampler::new(sequence, config, step);
    roll_out(network, &[sequence], config, device, &mut Sums::default(), &mut sampler)?;
    Ok(Some(sampler.finish()))
}

/// Free energy per volume of a field on the network's nodes.
fn energy(phi: &[f32], shape: Shape, data: &DatasetConfig) -> f64 {
    let phi: Vec<f64> = phi.iter().map(|&v| f64::from(v)).collect();
    let grid = Grid { spacing: data.coarsening as f64, ..shape.into() };
    free_energy_density(&phi, &grid, &data.equation.equation)
}

fn roll_out<B: PeriodicBackend>(
    network: &Crnn<B>,
    sequences: &[&Sequence],
    data: &DatasetConfig,
    device: &B::Device,
    sums: &mut Sums,
    sampler: &mut Sampler,
) -> Result<(), DatasetError> {
    let [first, ..] = sequences else { return Ok(()) };
    let (shape, frames, batch) = (first.shape(), first.frames(), sequences.len());
    let [x, y, z] = shape.0;
    let starts = sequences.iter().map(|sequence| sequence.frame(0)).collect::<Result<Vec<_>, _>>()?;
    let mut phi = Tensor::<B, 5>::from_data(TensorData::new(starts.concat(), [batch, 1, x, y, z]), device);
    let mut hidden = Hidden::zeros(&network.config, batch, shape.0, device);
    sums.sequences += batch;
    for frame in 1..frames {
        (phi, hidden) = network.step(phi, hidden);
        let predicted: Vec<f32> = super::parameters::values(phi.clone()).collect();
        let predicted = predicted.chunks_exact(shape.len());
        for ((sequence, start), predicted) in sequences.iter().zip(&starts).zip(predicted) {
            let truth = &sequence.frame(frame)?;
            let error = mean_square(predicted, truth);
            sampler.see(sequence, frame, [truth, predicted], error);
            sums.mse += error / (frames - 1) as f64;
            sums.persistence += mean_square(start, truth) / (frames - 1) as f64;
            if let Some(at) = QUOTED_FRAMES.iter().position(|&quoted| quoted == frame) {
                let reference = energy(truth, shape, data);
                sums.squares[at] += error;
                sums.energy[at] += (energy(predicted, shape, data) - reference).abs() / reference;
                sums.quoted[at] += 1;
            }
        }
    }
    Ok(())
}

impl Sums {
    fn average(&self, step: usize) -> Option<Validation> {
        let count = self.sequences as f64;
        let quoted = |sums: [f64; QUOTED_FRAMES.len()]| std::array::from_fn(|i| sums[i] / self.quoted[i] as f64);
        (self.sequences > 0).then(|| Validation {
            step,
            mse: self.mse / count,
            persistence: self.persistence / count,
            rmse: quoted(self.squares).map(f64::sqrt),
            energy_error: quoted(self.energy),
        })
    }
}

/// Mean of (a − b)².
pub fn mean_square(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a - b).powi(2)).sum::<f64>() / a.len() as f64
}
