//! Why datasets fail.

use crate::{
    evolution::EvolutionError,
    field::FieldError,
    formats::{FormatError, LockError, brief},
    grid::GridError,
    initial::InitialError,
    memory::MemoryError,
    settings::ConfigError,
};
use std::{
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
    Memory(#[from] MemoryError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("cannot use {path}: {source}", path = .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} holds no finished dataset: `spinodal dataset --out DIR` makes or completes one", path = .path.display())]
    Unfinished { path: PathBuf },
    #[error("the manifest {path} cannot be used: {}", brief(message), path = .path.display())]
    Manifest { path: PathBuf, message: String },
    #[error(
        "the manifest in {path} is of another configuration than the dataset.toml beside it: make the dataset anew in another \
         folder",
        path = .path.display()
    )]
    Mixed { path: PathBuf },
    #[error("{path} is damaged ({}): delete it and run `spinodal dataset` again", brief(what), path = .path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("{path} already holds a dataset of another configuration: choose another folder", path = .path.display())]
    OtherDataset { path: PathBuf },
    #[error("{path} already holds {present} sequences: ask for as many or more", path = .path.display())]
    Larger { path: PathBuf, present: usize },
    #[error("{path} holds something else: choose another folder", path = .path.display())]
    Foreign { path: PathBuf },
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

    /// The refusal of a sequence's file at `path`, which says what is wrong with it.
    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}
