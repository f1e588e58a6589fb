//! Making a dataset: in parallel, the same bytes whatever the number of threads, resumable after a kill.

use super::{
    dataset::{CONFIG, DatasetError, Manifest, SequenceRecord, manifest_path, present, sequences_path},
    dataset_config::DatasetConfig,
    estimate::{DatasetPlan, estimate, work_of},
    made::Made,
    make::make_sequence,
    manifest::VERSION,
    recipe::Recipe,
    sequence::Sequence,
};
use crate::{
    evolution::{EvolutionError, Watch},
    formats::{FolderLock, is_vacant, remove_parts},
    memory,
    settings::{read_config, write_config},
    threads,
};
use parking_lot::Mutex;
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
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
/// manifest. `progress` is called from many threads. `stop` is called often, also within a frame, and may wait; once it
/// returns true, finished sequences are kept and `None` is returned; the next call makes the rest.
///
/// # Errors
/// When the configuration is refused, the folder holds another dataset or another run makes it, the disk is too
/// small, or a file cannot be written.
pub fn generate(
    config: &DatasetConfig,
    folder: &Path,
    threads: usize,
    stop: impl Fn() -> bool + Send + Sync + 'static,
    progress: &(dyn Fn(DatasetProgress) + Sync),
) -> Result<Option<Manifest>, DatasetError> {
    config.validate()?;
    check(config, folder)?;
    let plan = estimate(config, Some(folder), threads)?;
    check_space(&plan, folder)?;
    check_memory(config, threads)?;
    progress(DatasetProgress::Planned(plan));
    let (lock, made) = take(config, folder)?;

    let stop = Arc::new(stop);
    let total = config.sequences;
    let present = present(folder, total);
    for &index in &present {
        if stop() {
            return Ok(None);
        }
        made.check(index)?;
    }
    let missing: Vec<usize> = (0..total).filter(|index| present.binary_search(index).is_err()).collect();
    let failed = Arc::new(AtomicBool::new(false));
    let next = AtomicUsize::new(0);
    let pace = Mutex::new(Pace::new(config, &missing, threads));
    let work = || -> Result<(), DatasetError> {
        while let Some(&index) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
            lock.check()?;
            let (begun, waits) = (Instant::now(), Waits::default());
            let (stop, failed_elsewhere) = (waits.around(stop.clone()), failed.clone());
            let watch = Watch::new(move || stop() || failed_elsewhere.load(Ordering::Relaxed));
            match make_sequence(config, folder, index, &made, &watch) {
                Ok(()) => {}
                Err(DatasetError::Sequence { source: EvolutionError::Interrupted, .. }) => break,
                Err(error) => {
                    failed.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            let busy = begun.elapsed().saturating_sub(waits.total());
            let (made, seconds_left) = pace.lock().take(config, index, busy);
            progress(DatasetProgress::Made { index, made, total, seconds_left });
        }
        Ok(())
    };
    threads::together("dataset", threads, work)?;
    if stop() {
        return Ok(None);
    }
    lock.check()?;
    write_manifest(config, folder, made).map(Some)
}

/// The time that passes in waits, such as those of a pause.
#[derive(Default)]
struct Waits(Arc<AtomicU64>);

impl Waits {
    /// The same function, whose calls count.
    fn around<F>(&self, function: Arc<F>) -> impl Fn() -> bool + Send + Sync + use<F>
    where
        F: Fn() -> bool + Send + Sync + 'static,
    {
        let nanoseconds = self.0.clone();
        move || {
            let begun = Instant::now();
            let answer = function();
            nanoseconds.fetch_add(begun.elapsed().as_nanos() as u64, Ordering::Relaxed);
            answer
        }
    }

    fn total(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
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
    let (path, sequences) = (folder.join(CONFIG), sequences_path(folder));
    if !path.exists() {
        return Err(DatasetError::Foreign { path: folder.to_owned() });
    }
    if sequences.is_symlink() {
        return Err(DatasetError::Foreign { path: sequences });
    }
    // A larger number of sequences extends a dataset: the first ones stay unchanged.
    let present = DatasetConfig { sequences: config.sequences, ..read_config(&path)? };
    if present != *config {
        return Err(DatasetError::OtherDataset { path: folder.to_owned() });
    }
    let manifest = Manifest::of_dataset(folder)?;
    let whole = manifest.as_ref().map_or(0, |manifest| manifest.sequences.len());
    let present = Made::listed(folder)?.last_key_value().map_or(whole, |(last, _)| whole.max(last.saturating_add(1)));
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

/// Locks `folder` before anything is written there, marks it as the place of this dataset, and gives the list of what is
/// made of it.
fn take(config: &DatasetConfig, folder: &Path) -> Result<(FolderLock, Made), DatasetError> {
    fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
    let lock = FolderLock::take(folder)?;
    // Another run may have made a dataset here since the first look.
    let manifest = check(config, folder)?;
    write_config(config, &folder.join(CONFIG))?;
    let sequences = sequences_path(folder);
    fs::create_dir_all(&sequences).map_err(DatasetError::io(&sequences))?;
    [folder, &sequences].into_iter().for_each(remove_parts);
    Ok((lock, Made::open(folder, manifest.as_ref())?))
}

/// Writes the manifest; its presence means that the dataset is finished.
fn write_manifest(config: &DatasetConfig, folder: &Path, made: Made) -> Result<Manifest, DatasetError> {
    let record = |index| -> Result<_, DatasetError> {
        let (recipe, split) = (Recipe::draw(config, index), config.split(index));
        let record = SequenceRecord { recipe, split, sha256: made.sum(index)? };
        // It may have been removed, or cut short.
        Sequence::open(folder, config, index, record.clone())?;
        Ok(record)
    };
    let sequences = (0..config.sequences).map(record).collect::<Result<_, _>>()?;
    let manifest = Manifest { version: VERSION, config: config.clone(), sequences };
    manifest.write(&manifest_path(folder))?;
    made.close()?;
    Ok(manifest)
}
