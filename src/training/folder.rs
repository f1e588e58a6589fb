//! The folder of a run: its configuration, its curves, its checkpoints.
//!
//! - `config.toml`: the [`TrainConfig`];
//! - `initial.safetensors`: the model before the first step;
//! - `dataset.json`: the manifest of the dataset;
//! - `checkpoint.safetensors`: the latest [`State`], complete, from which the run goes on;
//! - `last.safetensors`, `best.safetensors`: models, the latest and the one with the smallest validation error;
//! - `metrics.csv`, `validation.csv`: one row per [`StepReport`] and per [`Validation`].

use super::{
    config::TrainConfig,
    dataset::{DatasetError, Manifest},
    optimizer::Memory,
    overrides::{ConfigError, read_config, write_config},
    trainer::{State, StepReport},
    validation::{QUOTED_FRAMES, Validation},
};
use crate::{
    formats::{FormatError, OutputFile},
    network::{Model, ModelError},
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
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
    #[error("{path} already holds a run: go on with it by --resume {path}, or choose another folder", path = .path.display())]
    Taken { path: PathBuf },
    #[error("{path} holds something else: choose another folder", path = .path.display())]
    Foreign { path: PathBuf },
    #[error("{path} is the folder of a training that is at work", path = .path.display())]
    Busy { path: PathBuf },
    #[error("the dataset {data} is another than that which the run {path} began with", path = .path.display(), data = .data.display())]
    OtherData { path: PathBuf, data: PathBuf },
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("{path} is not a checkpoint of a training: {message}", path = .path.display())]
    Checkpoint { path: PathBuf, message: String },
}

/// The folder of one run, its curves open for appending.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    /// Held as long as this lives, so that no two trainings write into one folder.
    _lock: File,
    metrics: File,
    validation: File,
}

/// The numbers of a [`State`], kept in the metadata of a checkpoint; its vectors are the tensors.
#[derive(Serialize, Deserialize)]
struct Counters {
    step: usize,
    walk: u64,
    updates: u64,
    best: Option<f64>,
}

/// Name of the configuration; a folder that holds it holds a run.
const CONFIG: &str = "config.toml";
/// Name of the model before the first step.
const INITIAL: &str = "initial.safetensors";
/// Name of the copy of the dataset's manifest.
const DATASET: &str = "dataset.json";
/// Name of the file that is locked while a training is at work.
const LOCK: &str = ".lock";
/// Name of the table of steps.
pub const METRICS: &str = "metrics.csv";
/// Name of the table of validations.
pub const VALIDATION: &str = "validation.csv";

/// Key of [`Counters`] in the metadata.
const COUNTERS: &str = "spinodal_training";

impl RunFolder {
    /// Begins a run on a dataset, from a model, in a new or empty folder.
    ///
    /// # Errors
    /// When the folder already holds a run or something else, or cannot be written.
    pub fn create(path: &Path, config: &TrainConfig, data: &Manifest, initial: &Model) -> Result<Self, FolderError> {
        fs::create_dir_all(path).map_err(io_error(path))?;
        if path.join(CONFIG).exists() {
            return Err(FolderError::Taken { path: path.to_owned() });
        }
        if fs::read_dir(path).map_err(io_error(path))?.next().is_some() {
            return Err(FolderError::Foreign { path: path.to_owned() });
        }
        let mut folder = Self::open(path)?;
        data.write(&path.join(DATASET))?;
        initial.save(path.join(INITIAL))?;
        // Written last: a folder that has it has all.
        write_config(config, &path.join(CONFIG))?;
        let header = "step,walk,loss,gradient,learning_rate,length,unroll,size";
        append(&mut folder.metrics, header).map_err(io_error(path))?;
        let quoted = |name: &str| QUOTED_FRAMES.map(|frame| format!(",{name}_{frame}")).concat();
        let header = format!("step,mse,persistence{}{}", quoted("rmse"), quoted("energy_error"));
        append(&mut folder.validation, &header).map_err(io_error(path))?;
        Ok(folder)
    }

    /// The configuration of the run in a folder.
    ///
    /// # Errors
    /// When there is none.
    pub fn config(path: &Path) -> Result<TrainConfig, FolderError> {
        Ok(read_config(&path.join(CONFIG))?)
    }

    /// Takes up the run in a folder: the model it began from and its latest state. Rows of the curves later than that
    /// state, which a killed run may have left, are removed.
    ///
    /// # Errors
    /// When there is no run, another program is at it, or its checkpoint cannot be read.
    pub fn resume(path: &Path) -> Result<(Self, Model, Option<State>), FolderError> {
        Self::config(path)?;
        let folder = Self::open(path)?;
        let state = match Self::checkpoint_path(path) {
            checkpoint if checkpoint.exists() => Some(read_state(&checkpoint)?),
            _ => None,
        };
        let step = state.as_ref().map_or(0, |state| state.step);
        for curve in [METRICS, VALIDATION] {
            drop_rows_after(&path.join(curve), step)?;
        }
        // The curves are other files now.
        drop(folder);
        Ok((Self::open(path)?, Model::load(path.join(INITIAL))?, state))
    }

    /// Checks that a dataset is the one that the run began with; it may have moved.
    ///
    /// # Errors
    /// When it is another.
    pub fn check_data(&self, data: &Path, manifest: &Manifest) -> Result<(), FolderError> {
        match Manifest::read(&self.path.join(DATASET))? {
            Some(recorded) if recorded == *manifest => Ok(()),
            _ => Err(FolderError::OtherData { path: self.path.clone(), data: data.to_owned() }),
        }
    }

    fn open(path: &Path) -> Result<Self, FolderError> {
        let open = |name: &str| {
            let file = path.join(name);
            OpenOptions::new().create(true).append(true).open(&file).map_err(io_error(&file))
        };
        let lock = open(LOCK)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(FolderError::Busy { path: path.to_owned() }),
            // Some file systems have no locks; a run there is as before.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        Ok(Self { path: path.to_owned(), _lock: lock, metrics: open(METRICS)?, validation: open(VALIDATION)? })
    }

    /// Where the latest state of the run in `folder` lies.
    pub fn checkpoint_path(folder: &Path) -> PathBuf {
        folder.join("checkpoint.safetensors")
    }

    /// Where a model of the run lies: the best one, or the last.
    pub fn model_path(&self, best: bool) -> PathBuf {
        self.path.join(if best { "best.safetensors" } else { "last.safetensors" })
    }

    /// Adds a row to `metrics.csv`.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn record_step(&mut self, r: &StepReport) -> Result<(), FolderError> {
        let row = format!(
            "{},{},{:e},{:e},{:e},{},{},{}",
            r.step, r.walk, r.loss, r.gradient, r.learning_rate, r.length, r.unroll, r.size
        );
        append(&mut self.metrics, &row).map_err(io_error(&self.path))
    }

    /// Adds a row to `validation.csv`.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn record_validation(&mut self, v: &Validation) -> Result<(), FolderError> {
        let quoted = v.rmse.iter().chain(&v.energy_error).map(|value| format!(",{value:e}")).collect::<String>();
        let row = format!("{},{:e},{:e}{quoted}", v.step, v.mse, v.persistence);
        append(&mut self.validation, &row).map_err(io_error(&self.path))
    }

    /// Writes the state from which the run can go on, whole or not at all.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn save(&self, state: &State) -> Result<PathBuf, FolderError> {
        let path = Self::checkpoint_path(&self.path);
        write_state(state, &path)?;
        Ok(path)
    }
}

/// Turns a failure of the file system at `path` into a sentence that names it.
fn io_error(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    move |source| FolderError::Io { path, source }
}

/// One write per line, so that a kill cannot leave half of it behind another.
fn append(file: &mut File, line: &str) -> io::Result<()> {
    file.write_all(format!("{line}\n").as_bytes())
}

/// Keeps the heading of a curve and the rows up to `step`, the number in the first column.
fn drop_rows_after(path: &Path, step: usize) -> Result<(), FolderError> {
    if !path.exists() {
        return Ok(());
    }
    let lines = BufReader::new(File::open(path).map_err(io_error(path))?).lines();
    let mut kept = OutputFile::create(path)?;
    for (number, line) in lines.enumerate() {
        let line = line.map_err(io_error(path))?;
        let row = line.split(',').next().and_then(|first| first.parse::<usize>().ok());
        if number == 0 || row.is_some_and(|row| row <= step) {
            writeln!(kept, "{line}").map_err(io_error(path))?;
        }
    }
    Ok(kept.finish()?)
}

fn write_state(state: &State, path: &Path) -> Result<(), FolderError> {
    let wrong = |message| FolderError::Checkpoint { path: path.to_owned(), message };
    let counters = Counters { step: state.step, walk: state.walk, updates: state.memory.updates, best: state.best };
    let counters = serde_json::to_string(&counters).map_err(|e| wrong(e.to_string()))?;
    let vectors = [
        ("weights", &state.weights),
        ("average", &state.average),
        ("optimizer.first", &state.memory.first),
        ("optimizer.second", &state.memory.second),
        ("optimizer.correlations", &state.memory.correlations),
        ("optimizer.bases", &state.memory.bases),
    ];
    let views = vectors
        .map(|(name, values)| {
            TensorView::new(Dtype::F32, vec![values.len()], bytemuck::cast_slice(values)).map(|view| (name, view))
        })
        .into_iter()
        .collect::<Result<Vec<_>, _>>();
    let bytes = views
        .and_then(|views| safetensors::serialize(views, Some(HashMap::from([(COUNTERS.to_owned(), counters)]))))
        .map_err(|e| wrong(e.to_string()))?;
    let mut file = OutputFile::create(path)?;
    file.write_all(&bytes).map_err(io_error(path))?;
    Ok(file.finish()?)
}

/// Reads what [`RunFolder::save`] has written.
///
/// # Errors
/// When the file is not a checkpoint.
pub fn read_state(path: &Path) -> Result<State, FolderError> {
    let wrong = |message: String| FolderError::Checkpoint { path: path.to_owned(), message };
    let bytes = fs::read(path).map_err(io_error(path))?;
    let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| wrong(e.to_string()))?;
    let counters = metadata.metadata().as_ref().and_then(|entries| entries.get(COUNTERS));
    let counters = counters.ok_or_else(|| wrong("it holds weights only".to_owned()))?;
    let counters: Counters = serde_json::from_str(counters).map_err(|e| wrong(e.to_string()))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
    let vector = |name: &str| -> Result<Vec<f32>, FolderError> {
        let view = tensors.tensor(name).map_err(|e| wrong(e.to_string()))?;
        Ok(bytemuck::pod_collect_to_vec(view.data()))
    };
    let state = State {
        weights: vector("weights")?,
        average: vector("average")?,
        memory: Memory {
            first: vector("optimizer.first")?,
            second: vector("optimizer.second")?,
            correlations: vector("optimizer.correlations")?,
            bases: vector("optimizer.bases")?,
            updates: counters.updates,
        },
        step: counters.step,
        walk: counters.walk,
        best: counters.best,
    };
    let length = state.weights.len();
    if [&state.average, &state.memory.first, &state.memory.second].iter().any(|vector| vector.len() != length) {
        return Err(wrong("its vectors differ in length".to_owned()));
    }
    Ok(state)
}
