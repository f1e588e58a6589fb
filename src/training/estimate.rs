//! The time and disk that a dataset needs, before it is made.

use super::{
    dataset::{DatasetError, present},
    dataset_config::DatasetConfig,
    make::start,
    recipe::Recipe,
};
use crate::{
    equation::Parameters,
    grid::{Grid, Shape},
    solver::Method,
};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Most sequences that are counted one by one; of larger datasets an evenly spread sample of about this size is.
const COUNTED: usize = 10_000;

/// How long the solver is timed for, unless a frame takes longer.
const TIMED: Duration = Duration::from_millis(300);

/// Most nodes a side of the box that the solver is timed in.
const TIMED_SIDE: usize = 96;

/// The time and disk that a dataset needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DatasetPlan {
    /// Sequences asked for.
    pub sequences: usize,
    /// Of these, those that exist already.
    pub present: usize,
    /// Bytes of the missing ones.
    pub bytes: u64,
    /// Seconds to make them, from a measurement on this machine.
    pub seconds: f64,
}

/// Estimates what the dataset `config` needs on `threads` threads; sequences that `folder` already holds are not
/// counted. Times the solver for a few tenths of a second: not for the window's thread.
///
/// # Errors
/// When the configuration is refused, or its first sequence cannot be made.
pub fn estimate(config: &DatasetConfig, folder: Option<&Path>, threads: usize) -> Result<DatasetPlan, DatasetError> {
    config.validate()?;
    let sequences = config.sequences;
    let present = folder.map_or(Vec::new(), |folder| present(folder, sequences));
    let missing = sequences - present.len();
    let (bytes, work) = sizes(config, &present);
    let seconds = if missing == 0 { 0.0 } else { work * seconds_per_node_and_frame(config)? / threads.max(1) as f64 };
    Ok(DatasetPlan { sequences, present: present.len(), bytes, seconds })
}

/// Bytes of the sequences that are not `present`, a sorted list, and their nodes times frames.
fn sizes(config: &DatasetConfig, present: &[usize]) -> (u64, f64) {
    let every = config.sequences.div_ceil(COUNTED);
    let (mut counted, mut bytes, mut work) = (0, 0, 0.0);
    for index in (0..config.sequences).step_by(every).filter(|index| present.binary_search(index).is_err()) {
        let recipe = Recipe::draw(config, index);
        counted += 1;
        bytes += bytes_of(&recipe, config.coarsening);
        work += work_of(&recipe);
    }
    let share = (config.sequences - present.len()) as f64 / f64::from(counted.max(1));
    ((bytes as f64 * share) as u64, work * share)
}

/// Bytes of the values of a sequence.
fn bytes_of(recipe: &Recipe, coarsening: usize) -> u64 {
    let nodes = Grid::from(recipe.grid).coarsened(coarsening).map_or(0, |grid| grid.len());
    (recipe.frames * nodes * size_of::<f32>()) as u64
}

/// Nodes of a sequence's solver times frames that it makes.
pub(super) fn work_of(recipe: &Recipe) -> f64 {
    (recipe.grid.len() * (recipe.skipped + recipe.frames - 1)) as f64
}

/// Times the solver on the first sequence, in a small box if it is in a large one, since a node costs the same: the
/// explicit one over a tenth of a frame, since all cost the same; others over the first frames, which cost most, and
/// with the last of these standing for the rest.
fn seconds_per_node_and_frame(config: &DatasetConfig) -> Result<f64, DatasetError> {
    let mut recipe = Recipe::draw(config, 0);
    recipe.grid = Shape(recipe.grid.0.map(|side| side.min(TIMED_SIDE)));
    let field = recipe.initial_field(config)?;
    let nodes = recipe.grid.len() as f64;
    if config.method == Method::Explicit {
        let steps = (config.equation.steps_per_frame / 10).max(1);
        let equation = Parameters { steps_per_frame: steps, ..config.equation };
        let mut solver = start(&DatasetConfig { equation, ..config.clone() }, &field)?;
        let begun = Instant::now();
        solver.advance()?;
        let share = config.equation.steps_per_frame as f64 / steps as f64;
        return Ok(begun.elapsed().as_secs_f64() * share / nodes);
    }
    let frames = (recipe.skipped + recipe.frames - 1).max(1);
    let mut solver = start(config, &field)?;
    let (begun, mut last, mut made) = (Instant::now(), Duration::ZERO, 0);
    while made < frames && (made == 0 || begun.elapsed() < TIMED) {
        let before = begun.elapsed();
        solver.advance()?;
        last = begun.elapsed() - before;
        made += 1;
    }
    let whole = begun.elapsed() + last.mul_f64((frames - made) as f64);
    Ok(whole.as_secs_f64() / (frames as f64 * nodes))
}
