//! The memory that a training takes.

use super::{
    config::TrainConfig,
    dataset::{Dataset, Split},
    walk::batch_of,
};
use crate::{
    memory::{self, MemoryError},
    network::CrnnConfig,
    settings::training::BATCH,
};

/// Refuses a training of such a network for which there is not enough memory.
///
/// # Errors
/// With the largest batch that fits.
pub fn check(config: &TrainConfig, network: &CrnnConfig, dataset: &Dataset) -> Result<(), MemoryError> {
    let sizes = || dataset.sequences(Split::Training).map(|sequence| sequence.shape().len());
    let (smallest, frames) = (sizes().min().unwrap_or(0), dataset.sequences(Split::Training).map(|s| s.frames()).max());
    let unroll = config.unroll.iter().copied().max().unwrap_or(1).min(frames.unwrap_or(1));
    let per_node = network.training_bytes_per_node(unroll);
    let bytes = |batch: usize| {
        let nodes = sizes().map(|size| (batch_of(batch, smallest, size) * size) as u64).max().unwrap_or(0);
        nodes.saturating_mul(per_node)
    };
    memory::check(&format!("a step of {} sequences", config.batch), bytes(config.batch), |free| {
        match (BATCH.least..config.batch).rev().find(|batch| bytes(*batch) <= free) {
            Some(batch) => format!("the largest --batch that fits is {batch}"),
            None => "unroll fewer frames, or train a smaller network or in smaller boxes".into(),
        }
    })
}
