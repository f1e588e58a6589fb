//! Reading and writing files: strict on bad input, one clear sentence when something is wrong.
//!
//! Whatever bytes a file holds, reading it gives a value that keeps its promises or an error; sizes a
//! header claims are compared with the length of the file before anything is allocated for them.

mod exact;
pub mod field;
mod lock;
pub mod mesh;
pub mod npy;
mod output;
pub mod tiff;
mod volume;
pub mod vtk;

pub use exact::Exact;
pub use lock::{FolderLock, LockError, is_leftover, is_vacant};
pub use output::{OutputFile, remove_parts, write_text};

use std::{
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a file could not be read or written.
#[derive(Debug, Error)]
pub enum FormatError {
    #[error("cannot read {}: {source}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is not a usable {kind} file: {reason}", .path.display())]
    Unusable { path: PathBuf, kind: &'static str, reason: String },
    #[error("{} is not a mesh this program knows: use a .ply, .obj or .stl file", .path.display())]
    UnknownMesh { path: PathBuf },
    #[error("{} is not a field this program knows: use a .npy, .vti or .tif file", .path.display())]
    UnknownField { path: PathBuf },
}

impl FormatError {
    fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Read { path: path.to_owned(), source }
    }

    fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}

/// The paths in a folder, by name; none if it cannot be read.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
