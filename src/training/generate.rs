//! Making a dataset: in parallel, the same bytes whatever the number of threads, resumable after a kill.

use super::{
    dataset::{DatasetError, Manifest, SequenceRecord, VERSION, checksum, manifest_path, sequence_path},
    dataset_config::DatasetConfig,
    lock,
    recipe::Recipe,
};
use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    field::Field,
    formats::npy::FrameWriter,
    gpu::Engine,
    grid::Grid,
    network,
    settings::{read_config, write_config},
    solver::{
        Method,
        explicit::cpu::{ExplicitSolver, Threads},
    },
    threads,
};
use std::{
    fs::{self, File},
    io,
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Instant,
};

/// Name of the configuration; a directory that holds it holds a dataset.
const CONFIG: &str = "dataset.toml";

/// How far the making of a dataset is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DatasetProgress {
    /// Said once, before the work starts.
    Planned {
        /// Sequences asked for.
        sequences: usize,
        /// Of these, already there.
        present: usize,
        /// Bytes that the missing ones will take.
        bytes: u64,
        /// Seconds that they will take, from a measurement on this machine.
        seconds: f64,
    },
    /// So many sequences are there.
    Made(usize),
}

/// Makes the missing sequences of the dataset `config` in `directory` on `threads` threads and, once all are
/// there, its manifest. `progress` is called from many threads. When `stop` says true, what is finished is
/// kept and `None` returned; the next call goes on from there.
///
/// # Errors
/// When the configuration is refused, the directory holds another dataset, the disk is too small, or a file
/// cannot be written.
pub fn generate(
    config: &DatasetConfig,
    directory: &Path,
    threads: usize,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &(dyn Fn(DatasetProgress) + Sync),
) -> Result<Option<Manifest>, DatasetError> {
    config.validate()?;
    check(config, directory)?;
    let missing: Vec<usize> = (0..config.sequences).filter(|&i| !sequence_path(directory, i).exists()).collect();
    announce(config, directory, &missing, threads, progress)?;
    let _lock = prepare(config, directory)?;

    let failed = AtomicBool::new(false);
    let (next, made) = (AtomicUsize::new(0), AtomicUsize::new(config.sequences - missing.len()));
    let work = || -> Result<(), DatasetError> {
        while let Some(&index) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
            let stop = || stop() || failed.load(Ordering::Relaxed);
            let finished = make_sequence(config, directory, index, &stop).inspect_err(|_| {
                failed.store(true, Ordering::Relaxed);
            })?;
            if !finished {
                break;
            }
            progress(DatasetProgress::Made(made.fetch_add(1, Ordering::Relaxed) + 1));
        }
        Ok(())
    };
    threads::together("dataset", threads, work)?;
    if stop() {
        return Ok(None);
    }
    write_manifest(config, directory).map(Some)
}

/// Refuses when `directory` is the place of something else.
fn check(config: &DatasetConfig, directory: &Path) -> Result<(), DatasetError> {
    fs::create_dir_all(directory).map_err(DatasetError::io(directory))?;
    let path = directory.join(CONFIG);
    if !path.exists() && fs::read_dir(directory).map_err(DatasetError::io(directory))?.next().is_some() {
        return Err(DatasetError::Foreign { path: directory.to_owned() });
    }
    if path.exists() {
        // More sequences of the same kind extend a dataset: the first ones stay as they are.
        let present = DatasetConfig { sequences: config.sequences, ..read_config(&path)? };
        if present != *config {
            return Err(DatasetError::OtherDataset { path: directory.to_owned() });
        }
        if let Some(manifest) = Manifest::read(&manifest_path(directory))? {
            let present = manifest.sequences.len();
            if present > config.sequences {
                return Err(DatasetError::Larger { path: directory.to_owned(), present });
            }
            manifest.checks(directory).collect::<Result<(), _>>()?;
        }
    }
    Ok(())
}

/// Marks `directory` as the place of this dataset, and locks it.
fn prepare(config: &DatasetConfig, directory: &Path) -> Result<File, DatasetError> {
    write_config(config, &directory.join(CONFIG))?;
    let sequences = directory.join("sequences");
    fs::create_dir_all(&sequences).map_err(DatasetError::io(&sequences))?;
    let lock = lock::take(&sequences.join(".lock")).map_err(DatasetError::io(&sequences))?;
    let lock = lock.ok_or_else(|| DatasetError::Busy { path: directory.to_owned() })?;
    remove_parts(&sequences).map_err(DatasetError::io(&sequences))?;
    Ok(lock)
}

/// Removes what a kill has left of sequences that were being written.
fn remove_parts(sequences: &Path) -> io::Result<()> {
    for entry in fs::read_dir(sequences)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "part") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// States disk and time, and refuses when the disk is too small.
fn announce(
    config: &DatasetConfig,
    directory: &Path,
    missing: &[usize],
    threads: usize,
    progress: &(dyn Fn(DatasetProgress) + Sync),
) -> Result<(), DatasetError> {
    let recipes: Vec<Recipe> = missing.iter().map(|&index| Recipe::draw(config, index)).collect();
    let bytes: u64 = recipes.iter().map(|recipe| bytes_of(recipe, config.coarsening)).sum();
    let available = fs4::available_space(directory).map_err(DatasetError::io(directory))?;
    if bytes > available {
        let [needed, available] = [bytes, available].map(|b| b / 1_000_000);
        return Err(DatasetError::DiskFull { path: directory.to_owned(), needed, available });
    }
    let frames = |recipe: &Recipe| (recipe.grid.len() * (recipe.skipped + recipe.frames - 1)) as f64;
    let seconds = if recipes.is_empty() {
        0.0
    } else {
        recipes.iter().map(frames).sum::<f64>() * seconds_per_node_and_frame(config)? / threads.max(1) as f64
    };
    let (sequences, present) = (config.sequences, config.sequences - missing.len());
    progress(DatasetProgress::Planned { sequences, present, bytes, seconds });
    Ok(())
}

/// Bytes of the values of a sequence.
fn bytes_of(recipe: &Recipe, coarsening: usize) -> u64 {
    let nodes = Grid::from(recipe.grid).coarsened(coarsening).map_or(0, |grid| grid.len());
    (recipe.frames * nodes * size_of::<f32>()) as u64
}

/// Times the solver on one thread: the explicit one over a tenth of a frame, others over the first, which is the dearest.
fn seconds_per_node_and_frame(config: &DatasetConfig) -> Result<f64, DatasetError> {
    let recipe = Recipe::draw(config, 0);
    let steps = match config.method {
        Method::Explicit => (config.equation.steps_per_frame / 10).max(1),
        _ => config.equation.steps_per_frame,
    };
    let parameters = Parameters { steps_per_frame: steps, ..config.equation };
    let mut solver = start(&DatasetConfig { equation: parameters, ..config.clone() }, &recipe.initial_field(config)?)?;
    let begun = Instant::now();
    solver.advance()?;
    let per_node = begun.elapsed().as_secs_f64() / recipe.grid.len() as f64;
    Ok(per_node * config.equation.steps_per_frame as f64 / steps as f64)
}

/// Starts the solver of a dataset, on one thread where it can do with one: there is a sequence on each.
fn start(config: &DatasetConfig, field: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
    match config.method {
        Method::Explicit => Ok(Box::new(ExplicitSolver::with_threads(field, config.equation, Threads::One)?)),
        _ => config.solver().start(&Engine::Cpu, field),
    }
}

/// Makes one sequence and writes it in one piece. False when stopped before it was done.
fn make_sequence(
    config: &DatasetConfig,
    directory: &Path,
    index: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<bool, DatasetError> {
    let recipe = Recipe::draw(config, index);
    let first = recipe.initial_field(config)?;
    let mut solver = start(config, &first)?;
    let mut frames =
        FrameWriter::create(&sequence_path(directory, index), first.grid().coarsened(config.coarsening)?, false)?;
    for frame in 0..recipe.skipped + recipe.frames {
        if stop() {
            return Ok(false);
        }
        if frame > 0 {
            solver.advance()?;
        }
        if frame == 1 && config.method == Method::Explicit && solver.field().is_err() {
            let careful = past_first_frame(&first, config.equation);
            solver = Box::new(careful.map_err(|source| DatasetError::Sequence { index, source })?);
        }
        if frame >= recipe.skipped {
            let on_network_grid = if frame == 0 { network::start } else { Field::coarsened };
            let field = solver.field().and_then(|field| Ok(on_network_grid(&field, config.coarsening)?));
            frames.append(&field.map_err(|source| DatasetError::Sequence { index, source })?)?;
        }
    }
    frames.finish()?;
    Ok(true)
}

/// The solver one frame after a field too far from the pure phases for its step: that frame is made in as many as are
/// stable there.
fn past_first_frame(start: &Field, equation: Parameters) -> Result<ExplicitSolver, EvolutionError> {
    let careful = equation.in_steps(equation.fewest_steps(&start.grid(), start.largest()));
    let mut solver = ExplicitSolver::with_threads(start, careful, Threads::One)?;
    solver.advance()?;
    ExplicitSolver::with_threads(&solver.field()?, equation, Threads::One)
}

/// Sums up what was made; its presence says that the dataset is finished.
fn write_manifest(config: &DatasetConfig, directory: &Path) -> Result<Manifest, DatasetError> {
    let record = |index| -> Result<_, DatasetError> {
        let sha256 = checksum(&sequence_path(directory, index))?;
        Ok(SequenceRecord { recipe: Recipe::draw(config, index), split: config.split(index), sha256 })
    };
    let sequences = (0..config.sequences).map(record).collect::<Result<_, _>>()?;
    let manifest = Manifest { version: VERSION, config: config.clone(), sequences };
    manifest.write(&manifest_path(directory))?;
    Ok(manifest)
}
