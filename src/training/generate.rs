//! Making a dataset: in parallel, the same bytes whatever the number of threads, resumable after a kill.

use super::{
    dataset::{CONFIG, DatasetError, Manifest, SequenceRecord, manifest_path, present, sequence_path, sequences_path},
    dataset_config::DatasetConfig,
    estimate::{DatasetPlan, estimate, work_of},
    manifest::{VERSION, checksum},
    recipe::Recipe,
    sequence::Sequence,
};
use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    field::Field,
    formats::{FolderLock, is_vacant, npy::FrameWriter, remove_parts},
    gpu::Engine,
    memory, network,
    settings::{read_config, write_config},
    solver::{
        Method,
        explicit::cpu::{ExplicitSolver, Threads},
    },
    threads,
};
use parking_lot::Mutex;
use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// Progress of a dataset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DatasetProgress {
    /// Sent once, before the work starts.
    Planned(DatasetPlan),
    /// A sequence was made.
    Made {
        /// Its number.
        index: usize,
        /// Sequences finished so far, this one included.
        made: usize,
        /// Sequences requested.
        total: usize,
        /// Seconds to make the others, at the pace so far.
        seconds_left: f64,
    },
}

/// Makes the missing sequences of the dataset `config` in `folder` on `threads` threads and, once all are there, its
/// manifest. `progress` is called from many threads. `stop` is called before every frame and may wait; when it returns
/// true, finished sequences are kept and `None` is returned; the next call makes the rest.
///
/// # Errors
/// When the configuration is refused, the folder holds another dataset or another run makes it, the disk is too
/// small, or a file cannot be written.
pub fn generate(
    config: &DatasetConfig,
    folder: &Path,
    threads: usize,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &(dyn Fn(DatasetProgress) + Sync),
) -> Result<Option<Manifest>, DatasetError> {
    config.validate()?;
    check(config, folder)?;
    let plan = estimate(config, Some(folder), threads)?;
    check_space(&plan, folder)?;
    check_memory(config, threads)?;
    progress(DatasetProgress::Planned(plan));
    let _lock = take(config, folder)?;

    let total = config.sequences;
    let present = present(folder, total);
    let missing: Vec<usize> = (0..total).filter(|index| present.binary_search(index).is_err()).collect();
    let failed = AtomicBool::new(false);
    let next = AtomicUsize::new(0);
    let pace = Mutex::new(Pace::new(config, &missing, threads));
    let work = || -> Result<(), DatasetError> {
        while let Some(&index) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
            let stop = || stop() || failed.load(Ordering::Relaxed);
            let seconds = make_sequence(config, folder, index, &stop).inspect_err(|_| {
                failed.store(true, Ordering::Relaxed);
            })?;
            let Some(seconds) = seconds else { break };
            let (made, seconds_left) = pace.lock().take(config, index, seconds);
            progress(DatasetProgress::Made { index, made, total, seconds_left });
        }
        Ok(())
    };
    threads::together("dataset", threads, work)?;
    if stop() {
        return Ok(None);
    }
    write_manifest(config, folder).map(Some)
}

/// The pace at which sequences are made, whatever their sizes.
struct Pace {
    /// Sequences finished.
    made: usize,
    /// Nodes times frames still to be made.
    left: f64,
    /// Those made, and how long that took on one thread.
    done: f64,
    busy: Duration,
    threads: usize,
}

impl Pace {
    fn new(config: &DatasetConfig, missing: &[usize], threads: usize) -> Self {
        let left = missing.iter().map(|&index| work_of(&Recipe::draw(config, index))).sum();
        Self { made: config.sequences - missing.len(), left, done: 0.0, busy: Duration::ZERO, threads: threads.max(1) }
    }

    /// Counts sequence `index`, which took so long. Returns how many are finished, and the seconds that the others will
    /// take.
    fn take(&mut self, config: &DatasetConfig, index: usize, busy: Duration) -> (usize, f64) {
        let work = work_of(&Recipe::draw(config, index));
        self.made += 1;
        self.done += work;
        self.left = (self.left - work).max(0.0);
        self.busy += busy;
        (self.made, self.busy.as_secs_f64() / self.done * self.left / self.threads as f64)
    }
}

/// Refuses when `folder` holds something else. Gives the manifest of what is finished there.
fn check(config: &DatasetConfig, folder: &Path) -> Result<Option<Manifest>, DatasetError> {
    if !folder.exists() || is_vacant(folder).map_err(DatasetError::io(folder))? {
        return Ok(None);
    }
    let path = folder.join(CONFIG);
    if !path.exists() {
        return Err(DatasetError::Foreign { path: folder.to_owned() });
    }
    // A larger number of sequences extends a dataset: the first ones stay unchanged.
    let present = DatasetConfig { sequences: config.sequences, ..read_config(&path)? };
    if present != *config {
        return Err(DatasetError::OtherDataset { path: folder.to_owned() });
    }
    let manifest = Manifest::of_dataset(folder)?;
    let present = manifest.as_ref().map_or(0, |manifest| manifest.sequences.len());
    if present > config.sequences {
        return Err(DatasetError::Larger { path: folder.to_owned(), present });
    }
    Ok(manifest)
}

/// Refuses when the disk is too small.
fn check_space(plan: &DatasetPlan, folder: &Path) -> Result<(), DatasetError> {
    let place = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let available = fs4::available_space(place).map_err(DatasetError::io(place))?;
    if plan.bytes > available {
        let [needed, available] = [plan.bytes.div_ceil(1_000_000), available / 1_000_000];
        return Err(DatasetError::DiskFull { path: folder.to_owned(), needed, available });
    }
    Ok(())
}

/// Refuses when there is not enough memory for as many boxes at once.
fn check_memory(config: &DatasetConfig, threads: usize) -> Result<(), DatasetError> {
    let nodes = config.grids.iter().map(|grid| grid.len() as u64).max().unwrap_or(0);
    let each = nodes.saturating_mul(config.method.bytes_per_node());
    let at_once = threads.min(config.sequences).max(1) as u64;
    memory::check("making the dataset", each.saturating_mul(at_once), |free| match free / each.max(1) {
        0 => "make it in smaller boxes".into(),
        most => format!("at most --threads {most} fit"),
    })?;
    Ok(())
}

/// Locks `folder` before anything is written there, and marks it as the place of this dataset.
fn take(config: &DatasetConfig, folder: &Path) -> Result<FolderLock, DatasetError> {
    fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
    let lock = FolderLock::take(folder)?;
    // Another run may have made a dataset here since the first look.
    if let Some(manifest) = check(config, folder)? {
        manifest.checks(folder).collect::<Result<(), _>>()?;
    }
    write_config(config, &folder.join(CONFIG))?;
    let sequences = sequences_path(folder);
    fs::create_dir_all(&sequences).map_err(DatasetError::io(&sequences))?;
    [folder, &sequences].into_iter().for_each(remove_parts);
    Ok(lock)
}

/// Starts the solver of a dataset, on a single thread if it can: each thread makes a sequence.
pub(super) fn start(config: &DatasetConfig, field: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
    match config.method {
        Method::Explicit => Ok(Box::new(ExplicitSolver::with_threads(field, config.equation, Threads::One)?)),
        _ => config.solver().start(&Engine::Cpu, field),
    }
}

/// Makes one sequence and writes it in one piece. Returns the time it took, excluding waits in `stop`; `None` when
/// stopped before the end.
fn make_sequence(
    config: &DatasetConfig,
    folder: &Path,
    index: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Duration>, DatasetError> {
    let begun = Instant::now();
    let mut waited = Duration::ZERO;
    let recipe = Recipe::draw(config, index);
    let first = recipe.initial_field(config)?;
    let mut solver = start(config, &first)?;
    let mut frames =
        FrameWriter::create(&sequence_path(folder, index), first.grid().coarsened(config.coarsening)?, false)?;
    for frame in 0..recipe.skipped + recipe.frames {
        let asked = Instant::now();
        if stop() {
            return Ok(None);
        }
        waited += asked.elapsed();
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
    Ok(Some(begun.elapsed().saturating_sub(waited)))
}

/// The solver one frame after a field too far from the pure phases for its step: that frame is made in as many as are
/// stable there.
fn past_first_frame(start: &Field, equation: Parameters) -> Result<ExplicitSolver, EvolutionError> {
    let careful = equation.in_steps(equation.fewest_steps(&start.grid(), start.largest()));
    let mut solver = ExplicitSolver::with_threads(start, careful, Threads::One)?;
    solver.advance()?;
    ExplicitSolver::with_threads(&solver.field()?, equation, Threads::One)
}

/// Writes the manifest; its presence means that the dataset is finished.
fn write_manifest(config: &DatasetConfig, folder: &Path) -> Result<Manifest, DatasetError> {
    let record = |index| -> Result<_, DatasetError> {
        let (recipe, split) = (Recipe::draw(config, index), config.split(index));
        let sha256 = checksum(&sequence_path(folder, index))?;
        let record = SequenceRecord { recipe, split, sha256 };
        // A file that was there before may be of another shape.
        Sequence::open(folder, config, index, record.clone())?;
        Ok(record)
    };
    let sequences = (0..config.sequences).map(record).collect::<Result<_, _>>()?;
    let manifest = Manifest { version: VERSION, config: config.clone(), sequences };
    manifest.write(&manifest_path(folder))?;
    Ok(manifest)
}
