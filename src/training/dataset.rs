//! A dataset on disk: sequences of frames on the network's grid, and a manifest that describes them.
//!
//! A directory holds
//!
//! - `dataset.toml`: its [`DatasetConfig`];
//! - `sequences/00042.npy`: sequence 42, f32, shape `[frames, nx, ny, nz]`, C order, φ at every
//!   `coarsening`-th node of the solver's grid (an initial field as a network gets it, see
//!   [`network::start`](crate::network::start())), so that NumPy reads it too;
//! - `manifest.json`: the [`Manifest`], written last. A directory without it is not finished.

pub use super::dataset_config::Split;
use super::{dataset_config::DatasetConfig, recipe::Recipe};
use crate::{
    evolution::EvolutionError,
    field::{Field, FieldError},
    formats::{FormatError, write_text},
    grid::{Grid, GridError, Shape},
    initial::InitialError,
    settings::ConfigError,
};
use memmap2::Mmap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a dataset could not be made or read.
#[derive(Debug, Error)]
pub enum DatasetError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Initial(#[from] InitialError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("cannot use {path}: {source}", path = .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is not a finished dataset: run `spinodal dataset --out {path}` first", path = .path.display())]
    Unfinished { path: PathBuf },
    #[error("the manifest {path} cannot be read: {message}", path = .path.display())]
    Manifest { path: PathBuf, message: String },
    #[error("{path} is damaged ({what}): delete it and run `spinodal dataset` again", path = .path.display())]
    Damaged { path: PathBuf, what: &'static str },
    #[error("{path} already holds a dataset of another configuration: choose another directory", path = .path.display())]
    OtherDataset { path: PathBuf },
    #[error("{path} already holds {present} sequences: ask for as many or more", path = .path.display())]
    Larger { path: PathBuf, present: usize },
    #[error("{path} holds something else: choose another directory", path = .path.display())]
    Foreign { path: PathBuf },
    #[error("{path} is a dataset that another program is making right now", path = .path.display())]
    Busy { path: PathBuf },
    #[error("cannot start a thread for the dataset: {0}")]
    Thread(io::Error),
    #[error("sequence {index} cannot be made: {source}")]
    Sequence { index: usize, source: EvolutionError },
    #[error("the dataset needs {needed} MB, but only {available} MB are free at {path}", path = .path.display())]
    DiskFull { path: PathBuf, needed: u64, available: u64 },
}

impl DatasetError {
    /// Turns a failure of the file system at `path` into a sentence that names it.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// What `manifest.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this layout.
    pub version: u32,
    /// Its configuration.
    pub config: DatasetConfig,
    /// One entry per sequence, in order.
    pub sequences: Vec<SequenceRecord>,
}

/// One sequence as the manifest names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SequenceRecord {
    /// How it was made.
    pub recipe: Recipe,
    /// Training or validation.
    pub split: Split,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Reads a manifest; `None` when there is none.
    ///
    /// # Errors
    /// When it is damaged or of another version.
    pub fn read(path: &Path) -> Result<Option<Self>, DatasetError> {
        let text = match fs::read_to_string(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(DatasetError::io(path))?,
        };
        let wrong = |message| DatasetError::Manifest { path: path.to_owned(), message };
        let manifest: Self = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        match manifest.version {
            VERSION => Ok(Some(manifest)),
            other => Err(wrong(format!("version {other} instead of {VERSION}"))),
        }
    }

    /// Writes the manifest, whole or not at all.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn write(&self, path: &Path) -> Result<(), DatasetError> {
        let text = serde_json::to_string_pretty(self).map_err(|e| DatasetError::io(path)(e.into()))?;
        Ok(write_text(path, &text)?)
    }

    /// Compares the files that exist in `directory` with their checksums: one at each call of `next`, whose error names
    /// a file that differs.
    pub(super) fn checks(&self, directory: &Path) -> impl Iterator<Item = Result<(), DatasetError>> {
        self.sequences.iter().enumerate().map(move |(index, record)| {
            let path = sequence_path(directory, index);
            if path.exists() && checksum(&path)? != record.sha256 {
                return Err(DatasetError::Damaged { path, what: "its checksum differs from the manifest's" });
            }
            Ok(())
        })
    }
}

/// Name of the configuration; a directory that holds it holds a dataset.
pub(super) const CONFIG: &str = "dataset.toml";

/// The version of the layout that this program writes and reads.
pub(super) const VERSION: u32 = 3;

/// Where sequence `index` of the dataset in `directory` lies.
pub(super) fn sequence_path(directory: &Path, index: usize) -> PathBuf {
    directory.join("sequences").join(format!("{index:05}.npy"))
}

/// Numbers of the sequences of a dataset of `count` that lie in `directory`, in order.
pub(super) fn present(directory: &Path, count: usize) -> Vec<usize> {
    let entries = fs::read_dir(directory.join("sequences")).into_iter().flatten().filter_map(Result::ok);
    let number = |path: PathBuf| path.file_stem()?.to_str()?.parse().ok();
    let files = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "npy"));
    let mut present: Vec<_> = files.filter_map(number).filter(|&index| index < count).collect();
    present.sort_unstable();
    present
}

/// Where the manifest of the dataset in `directory` lies.
pub(super) fn manifest_path(directory: &Path) -> PathBuf {
    directory.join("manifest.json")
}

/// SHA-256 of a file, hexadecimal.
pub(super) fn checksum(path: &Path) -> Result<String, DatasetError> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(DatasetError::io(path))?;
    io::copy(&mut file, &mut hasher).map_err(DatasetError::io(path))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// One sequence, mapped into memory.
#[derive(Debug)]
pub struct Sequence {
    index: usize,
    record: SequenceRecord,
    map: Mmap,
    /// Where the values begin in the file.
    start: usize,
    shape: [usize; 4],
}

impl Sequence {
    /// Maps sequence `index` of the dataset in `directory`, made by `record`, without reading it.
    pub(super) fn open(directory: &Path, index: usize, record: SequenceRecord) -> Result<Self, DatasetError> {
        let path = &sequence_path(directory, index);
        let damaged = |what| DatasetError::Damaged { path: path.to_owned(), what };
        let file = File::open(path).map_err(DatasetError::io(path))?;
        // SAFETY: a sequence is written under another name, renamed once complete, and never changed after.
        let map = unsafe { Mmap::map(&file) }.map_err(DatasetError::io(path))?;
        let mut rest = &map[..];
        let header = npyz::NpyHeader::from_reader(&mut rest).map_err(|_| damaged("not an .npy file"))?;
        let shape: Vec<usize> = header.shape().iter().map(|&length| length as usize).collect();
        let Ok(shape) = <[usize; 4]>::try_from(shape) else {
            return Err(damaged("its shape is not [frames, nx, ny, nz]"));
        };
        if header.dtype().descr() != "'<f4'" || header.order() != npyz::Order::C {
            return Err(damaged("not f32 in C order"));
        }
        let bytes = shape.iter().fold(size_of::<f32>(), |bytes, &side| bytes.saturating_mul(side));
        if bytes == 0 || rest.len() != bytes {
            return Err(damaged("its length does not fit its shape"));
        }
        bytemuck::try_cast_slice::<u8, f32>(rest).map_err(|_| damaged("its values are not aligned"))?;
        let start = map.len() - bytes;
        Ok(Self { index, record, map, start, shape })
    }

    /// Its number in the dataset.
    pub fn index(&self) -> usize {
        self.index
    }

    /// How it was made and what it is for.
    pub fn record(&self) -> &SequenceRecord {
        &self.record
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.shape[0]
    }

    /// Nodes along the axes.
    pub fn shape(&self) -> Shape {
        let [_, x, y, z] = self.shape;
        Shape([x, y, z])
    }

    /// φ of one frame in C order; `frame` must be below [`Sequence::frames`].
    pub fn frame(&self, frame: usize) -> &[f32] {
        let nodes = self.shape().len();
        &bytemuck::cast_slice(&self.map[self.start..])[frame * nodes..][..nodes]
    }

    /// One frame as a field whose nodes lie `coarsening` grid units apart; `frame` must be below [`Sequence::frames`].
    ///
    /// # Errors
    /// When a value is not finite.
    pub fn field(&self, frame: usize, coarsening: usize) -> Result<Field, FieldError> {
        let grid = Grid { spacing: coarsening as f64, ..self.shape().into() };
        Field::from_values(grid, self.frame(frame).to_vec())
    }
}

/// A finished dataset, all of its sequences mapped into memory.
#[derive(Debug)]
pub struct Dataset {
    directory: PathBuf,
    manifest: Manifest,
    sequences: Vec<Sequence>,
}

impl Dataset {
    /// Opens the dataset in `directory`.
    ///
    /// # Errors
    /// When it is not finished, of another version, or a file is missing or damaged.
    pub fn open(directory: &Path) -> Result<Self, DatasetError> {
        let Some(manifest) = Manifest::read(&manifest_path(directory))? else {
            return Err(DatasetError::Unfinished { path: directory.to_owned() });
        };
        let open = |(index, record): (usize, &SequenceRecord)| Sequence::open(directory, index, record.clone());
        let sequences = manifest.sequences.iter().enumerate().map(open).collect::<Result<_, _>>()?;
        Ok(Self { directory: directory.to_owned(), manifest, sequences })
    }

    /// The dataset as it was when `recorded` was its manifest, provided that it has only been extended since; otherwise
    /// `None`.
    pub fn as_of(mut self, recorded: &Manifest) -> Option<Self> {
        let count = recorded.sequences.len();
        self.manifest.config.sequences = recorded.config.sequences;
        self.manifest.sequences.truncate(count);
        self.sequences.truncate(count);
        (self.manifest == *recorded).then_some(self)
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The sequences of one split, in order.
    pub fn sequences(&self, split: Split) -> impl Iterator<Item = &Sequence> {
        self.sequences.iter().filter(move |sequence| sequence.record.split == split)
    }

    /// Compares every file with its checksum, one at each call of `next`; an error names a file that differs.
    pub fn checks(&self) -> impl Iterator<Item = Result<(), DatasetError>> {
        self.manifest.checks(&self.directory)
    }
}
