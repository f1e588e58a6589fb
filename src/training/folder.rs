//! The folder of a run: its configuration, its curves, its checkpoints.
//!
//! - `config.toml`: the [`TrainConfig`] with its adjustments;
//! - `initial.safetensors`: the model before the first step, with the run's command and hardware on its card;
//! - `dataset.json`: the manifest of the dataset;
//! - `.lock`: locked while a training is running;
//! - `checkpoint.safetensors`: the latest [`State`], complete, from which the run continues;
//! - `last.safetensors`, `best.safetensors`: models, the latest and the one with the smallest validation error;
//! - `metrics.csv`, `validation.csv`: one row per [`StepReport`] and per [`Validation`].

use super::{
    checkpoint::{Checkpoint, CheckpointError, read_checkpoint, read_progress, write_checkpoint},
    config::TrainConfig,
    dataset::{Dataset, DatasetError, Manifest},
    events::Curves,
    state::{State, StepReport},
    tables,
    validation::Validation,
};
use crate::{
    formats::{
        FolderLock, FormatError, LockError, OutputFile, check_plain, checksum, checksum_of, is_leftover, remove_parts,
    },
    network::{CrnnConfig, Model, ModelError},
    settings::{ConfigError, read_config, write_config},
};
use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Instant,
};
use thiserror::Error;

/// Why a run's folder could not be used.
#[derive(Debug, Error)]
pub enum FolderError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("cannot use {path}: {source}", path = .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} already holds a run: continue it by --resume {path}, or choose another folder", path = .path.display())]
    Taken { path: PathBuf },
    #[error("{path} holds something else: choose another folder", path = .path.display())]
    Foreign { path: PathBuf },
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("the dataset {data} is not the one that the run {path} was started with", path = .path.display(), data = .data.display())]
    OtherData { path: PathBuf, data: PathBuf },
    #[error("{path} has {found}, but the config.toml beside it asks for {asked}", path = .path.display())]
    OtherNetwork { path: PathBuf, found: CrnnConfig, asked: CrnnConfig },
    #[error(
        "{path} is not there, but the run has made steps: put it back, or start another run from its model by --start \
         {run}/last.safetensors", path = .path.display(), run = .run.display()
    )]
    NoCheckpoint { path: PathBuf, run: PathBuf },
    #[error(
        "{path} is of another run, or the configuration or first model beside it has changed: put back what the run \
         began with", path = .path.display()
    )]
    OtherRun { path: PathBuf },
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// The folder of one run, its curves open for appending.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    lock: FolderLock,
    metrics: File,
    validation: File,
    /// What tells the run from others.
    run: String,
    /// Seconds that the run had taken before it was opened, and when it was opened.
    earlier: f64,
    opened: Instant,
}

/// The contents of the folder of a resumed run.
#[derive(Debug)]
pub struct Resumed {
    /// The folder, open.
    pub folder: RunFolder,
    /// The model that the run began from.
    pub initial: Model,
    /// Its latest state, once it has saved one.
    pub state: Option<State>,
    /// Its reports up to that state.
    pub curves: Curves,
}

/// Name of the configuration; a folder that holds it holds a run.
const CONFIG: &str = "config.toml";
/// Name of the model before the first step.
const INITIAL: &str = "initial.safetensors";
/// Name of the copy of the dataset's manifest.
const DATASET: &str = "dataset.json";
/// Name of the table of steps.
const METRICS: &str = "metrics.csv";
/// Name of the table of validations.
const VALIDATION: &str = "validation.csv";

impl RunFolder {
    /// Begins a run on a dataset, from a model, in a new or empty folder, or in one that a killed run left half made.
    ///
    /// # Errors
    /// When the folder already holds a run or something else, another run uses it, or it cannot be written.
    pub fn create(path: &Path, config: &TrainConfig, data: &Manifest, initial: &Model) -> Result<Self, FolderError> {
        Self::check_free(path)?;
        let is_new = !path.exists();
        fs::create_dir_all(path).map_err(io_error(path))?;
        let lock = FolderLock::take(path)?;
        // Another run may have begun here since the first look.
        Self::check_free(path)?;
        let created = Self::begin(path, lock, config, data, initial);
        if created.is_err() && is_new {
            // What failed first is what the user can mend.
            fs::remove_dir_all(path).ok();
        }
        created
    }

    /// Writes what is there before the first step into a locked folder.
    fn begin(
        path: &Path,
        lock: FolderLock,
        config: &TrainConfig,
        data: &Manifest,
        initial: &Model,
    ) -> Result<Self, FolderError> {
        let (metrics, validation) = (renew(path, METRICS)?, renew(path, VALIDATION)?);
        initial.save(path.join(INITIAL))?;
        let folder = Self::around(path, lock, [metrics, validation], run_of(path, config)?, 0.0)?;
        data.write(&path.join(DATASET))?;
        // Written last: its presence means that the folder is complete.
        folder.record_config(config)?;
        Ok(folder)
    }

    /// Checks that a run can begin in a folder: one that does not exist, is empty, or was left half made by a killed
    /// run.
    ///
    /// # Errors
    /// When it already holds a run or something else.
    pub fn check_free(path: &Path) -> Result<(), FolderError> {
        if !path.exists() || is_free(path).map_err(io_error(path))? {
            return Ok(());
        }
        let path = path.to_owned();
        Err(if path.join(CONFIG).exists() { FolderError::Taken { path } } else { FolderError::Foreign { path } })
    }

    /// The configuration of the run in a folder.
    ///
    /// # Errors
    /// When there is none.
    pub fn config(path: &Path) -> Result<TrainConfig, FolderError> {
        Ok(read_config(&path.join(CONFIG))?)
    }

    /// Reads what the run in a folder has reported, even while it is running.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn curves(path: &Path) -> Result<Curves, FolderError> {
        let [metrics, validation] = [METRICS, VALIDATION].map(|name| path.join(name));
        Ok(Curves { steps: tables::read(&metrics)?, validations: tables::read(&validation)? })
    }

    /// Whether a training is running in a folder at this moment.
    pub fn is_busy(path: &Path) -> bool {
        FolderLock::is_held(path)
    }

    /// Opens the run in a folder to continue it. Removes rows of the curves later than its latest state, which a killed
    /// run may have left.
    ///
    /// # Errors
    /// When there is no run, another program is running it, or its configuration, model or checkpoint cannot be read.
    pub fn resume(path: &Path) -> Result<Resumed, FolderError> {
        // A folder of something else is left as it is.
        let config = Self::config(path)?;
        let (model, asked) = (path.join(INITIAL), config.network);
        let initial = Model::load(&model)?;
        if initial.config != asked {
            return Err(FolderError::OtherNetwork { path: model, found: initial.config, asked });
        }
        let run = run_of(path, &config)?;
        let lock = FolderLock::take(path)?;
        [METRICS, VALIDATION].iter().try_for_each(|name| check_plain(&path.join(name)))?;
        let checkpoint = match Self::checkpoint_path(path) {
            checkpoint if checkpoint.exists() => Some(read_checkpoint(&checkpoint)?),
            _ => None,
        };
        if checkpoint.as_ref().is_some_and(|checkpoint| !checkpoint.run.is_empty() && checkpoint.run != run) {
            return Err(FolderError::OtherRun { path: Self::checkpoint_path(path) });
        }
        let earlier = checkpoint.as_ref().map_or(0.0, |checkpoint| checkpoint.seconds);
        let state = checkpoint.map(|checkpoint| checkpoint.state);
        let step = state.as_ref().map(|state| state.step);
        if step.is_none() && !tables::read::<StepReport>(&path.join(METRICS))?.is_empty() {
            return Err(FolderError::NoCheckpoint { path: Self::checkpoint_path(path), run: path.to_owned() });
        }
        let steps = tables::read_until(&path.join(METRICS), step)?;
        let validations = tables::read_until(&path.join(VALIDATION), step)?;
        let curves = [open(path, METRICS)?, open(path, VALIDATION)?];
        let folder = Self::around(path, lock, curves, run, earlier)?;
        Ok(Resumed { folder, initial, state, curves: Curves { steps, validations } })
    }

    /// Drops what the curves hold beyond `step`, from which the run continues.
    ///
    /// # Errors
    /// When a table cannot be read or written.
    pub fn cut(&mut self, step: Option<usize>) -> Result<(), FolderError> {
        tables::cut::<StepReport>(&self.path.join(METRICS), step)?;
        tables::cut::<Validation>(&self.path.join(VALIDATION), step)?;
        (self.metrics, self.validation) = (open(&self.path, METRICS)?, open(&self.path, VALIDATION)?);
        Ok(())
    }

    /// Opens the dataset that the run began with, which may have moved to `data`, and been extended since.
    ///
    /// # Errors
    /// When there is none, or it is another.
    pub fn open_data(&self, data: &Path) -> Result<Dataset, FolderError> {
        let recorded = Manifest::read(&self.path.join(DATASET))?;
        let dataset = Dataset::open(data)?;
        recorded
            .and_then(|recorded| dataset.as_of(&recorded))
            .ok_or_else(|| FolderError::OtherData { path: self.path.clone(), data: data.to_owned() })
    }

    fn around(
        path: &Path,
        lock: FolderLock,
        [mut metrics, mut validation]: [File; 2],
        run: String,
        earlier: f64,
    ) -> Result<Self, FolderError> {
        remove_parts(path);
        tables::begin(&mut metrics, &mut validation).map_err(io_error(path))?;
        Ok(Self { path: path.to_owned(), lock, metrics, validation, run, earlier, opened: Instant::now() })
    }

    /// Where the latest state of the run in `folder` lies.
    pub fn checkpoint_path(folder: &Path) -> PathBuf {
        folder.join("checkpoint.safetensors")
    }

    /// The step from which the run in `folder` can continue; `None` when it has saved no state.
    pub fn saved_step(folder: &Path) -> Option<usize> {
        read_progress(&Self::checkpoint_path(folder)).ok().map(|(step, _)| step)
    }

    /// Where a model of the run in `folder` lies: the best one, or the last.
    pub fn model_path(folder: &Path, best: bool) -> PathBuf {
        folder.join(if best { "best.safetensors" } else { "last.safetensors" })
    }

    /// Path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Seconds that the run has taken in all, pauses included.
    pub fn seconds(&self) -> f64 {
        self.earlier + self.opened.elapsed().as_secs_f64()
    }

    /// Adds a row to `metrics.csv`.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn record_step(&mut self, report: &StepReport) -> Result<(), FolderError> {
        tables::add_step(&mut self.metrics, report).map_err(io_error(&self.path))
    }

    /// Adds a row to `validation.csv`.
    ///
    /// # Errors
    /// When the disk is full, or another folder has the path of this one.
    pub fn record_validation(&mut self, validation: &Validation) -> Result<(), FolderError> {
        self.lock.check()?;
        tables::add_validation(&mut self.validation, validation).map_err(io_error(&self.path))
    }

    /// Writes the configuration with its adjustments, whole or not at all.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn record_config(&self, config: &TrainConfig) -> Result<(), FolderError> {
        Ok(write_config(config, &self.path.join(CONFIG))?)
    }

    /// Writes the state from which the run can continue, whole or not at all.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn save(&self, state: &State) -> Result<PathBuf, FolderError> {
        let path = Self::checkpoint_path(&self.path);
        let (state, run) = (state.clone(), self.run.clone());
        write_checkpoint(&Checkpoint { state, seconds: self.seconds(), run }, self.begin_file(&path)?)?;
        Ok(path)
    }

    /// Writes a model of the run, the best one or the last, and gives its path.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn save_model(&self, model: &Model, best: bool) -> Result<PathBuf, FolderError> {
        let path = Self::model_path(&self.path, best);
        model.write(self.begin_file(&path)?)?;
        Ok(path)
    }

    /// Begins a file that comes into this folder, and into no other that takes its path before the file is finished.
    fn begin_file(&self, path: &Path) -> Result<OutputFile, FolderError> {
        let file = OutputFile::create(path)?;
        self.lock.check()?;
        Ok(file)
    }
}

/// What tells a run from others: the checksums of its first model, and of its configuration but for what may change.
fn run_of(path: &Path, config: &TrainConfig) -> Result<String, FolderError> {
    let begun = TrainConfig { data: PathBuf::new(), adjustments: Vec::new(), ..config.clone() };
    // A configuration that is no TOML could not be recorded, either.
    let text = toml::to_string(&begun).unwrap_or_default();
    Ok(checksum(&path.join(INITIAL))? + &checksum_of(text.as_bytes()).map_err(io_error(path))?)
}

/// Whether a run may begin in a folder without a configuration: it holds only what a run killed at its start leaves,
/// and that in plain files.
fn is_free(folder: &Path) -> io::Result<bool> {
    let (mut is_killed, mut others) = (false, 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_start = [METRICS, VALIDATION, DATASET, INITIAL].iter().any(|ours| name == *ours);
        match is_leftover(&entry)? {
            true => is_killed = true,
            false if is_start && entry.file_type()?.is_file() => others += 1,
            false => return Ok(false),
        }
    }
    Ok(is_killed || others == 0)
}

/// Opens a new file of a run for appending, in place of one that has its name.
fn renew(folder: &Path, name: &str) -> Result<File, FolderError> {
    let path = folder.join(name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(&path)(error)),
        _ => open(folder, name),
    }
}

/// Opens a file of a run for appending. One to which only a link leads lies elsewhere, and is left alone.
fn open(folder: &Path, name: &str) -> Result<File, FolderError> {
    let path = folder.join(name);
    if fs::symlink_metadata(&path).is_ok_and(|file| !file.is_file()) {
        return renew(folder, name);
    }
    OpenOptions::new().create(true).append(true).open(&path).map_err(io_error(&path))
}

/// Turns a failure of the file system at `path` into a sentence that names it.
pub(super) fn io_error(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    move |source| FolderError::Io { path, source }
}
