//! One sequence of a dataset, from its recipe to its file.

use super::{
    dataset::{DatasetError, sequence_path},
    dataset_config::DatasetConfig,
    made::Made,
    recipe::Recipe,
};
use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError, Watch},
    field::Field,
    formats::npy::FrameWriter,
    gpu::Engine,
    network,
    solver::{
        Method,
        explicit::cpu::{ExplicitSolver, Threads},
    },
};
use std::path::Path;

/// Starts the solver of a dataset, on a single thread if it can: each thread makes a sequence.
pub(super) fn start(config: &DatasetConfig, field: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
    match config.method {
        Method::Explicit => Ok(Box::new(ExplicitSolver::with_threads(field, config.equation, Threads::One)?)),
        _ => config.solver().start(&Engine::Cpu, field),
    }
}

/// Makes sequence `index` of the dataset `config`, writes it in one piece and adds it to those that are `made`.
///
/// # Errors
/// When the solver fails or `watch` stops it, which is [`EvolutionError::Interrupted`], or the file cannot be written.
pub(super) fn make_sequence(
    config: &DatasetConfig,
    folder: &Path,
    index: usize,
    made: &Made,
    watch: &Watch,
) -> Result<(), DatasetError> {
    let failed = |source| DatasetError::Sequence { index, source };
    let recipe = Recipe::draw(config, index);
    let first = recipe.initial_field(config)?;
    let mut solver = start(config, &first).map_err(failed)?;
    solver.watch(watch);
    let grid = first.grid().coarsened(config.coarsening)?;
    let mut frames = FrameWriter::create(&sequence_path(folder, index), grid, false)?;
    for frame in 0..recipe.skipped + recipe.frames {
        watch.reached(0.0).map_err(failed)?;
        if frame > 0 {
            solver.advance().map_err(failed)?;
        }
        if frame == 1 && config.method == Method::Explicit && solver.field().is_err() {
            solver = Box::new(past_first_frame(&first, config.equation, watch).map_err(failed)?);
        }
        if frame >= recipe.skipped {
            let on_network_grid = if frame == 0 { network::start } else { Field::coarsened };
            let field = solver.field().and_then(|field| Ok(on_network_grid(&field, config.coarsening)?));
            frames.append(&field.map_err(failed)?)?;
        }
    }
    made.add(index, frames.checksum()?)?;
    frames.finish()?;
    Ok(())
}

/// The solver one frame after a field too far from the pure phases for its step: that frame is made in as many as are
/// stable there.
fn past_first_frame(start: &Field, equation: Parameters, watch: &Watch) -> Result<ExplicitSolver, EvolutionError> {
    let careful = equation.in_steps(equation.fewest_steps(&start.grid(), start.largest()));
    let mut solver = ExplicitSolver::with_threads(start, careful, Threads::One)?;
    solver.watch(watch);
    solver.advance()?;
    let mut solver = ExplicitSolver::with_threads(&solver.field()?, equation, Threads::One)?;
    solver.watch(watch);
    Ok(solver)
}
