//! Reading and writing files: strict on bad input, one clear sentence when something is wrong.
//!
//! Whatever bytes a file holds, reading it gives a value that keeps its promises or an error; sizes a
//! header claims are compared with the length of the file before anything is allocated for them.

mod checksum;
mod exact;
pub mod field;
mod input;
mod lock;
pub mod mesh;
pub mod npy;
mod output;
mod output_files;
pub mod path_text;
pub mod tiff;
mod volume;
pub mod vtk;

pub use checksum::{checksum, checksum_of, checksum_of_parts};
pub use exact::Exact;
pub use input::{open_file, read_file, read_text};
pub use lock::{FolderLock, KnownFolder, LockError, Turn, is_leftover, is_vacant};
pub use output::{OutputFile, check_plain, remove_parts, write_text};
pub use output_files::OutputFiles;

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    path::{Component, Path, PathBuf},
};
use thiserror::Error;

/// Why a file could not be read or written.
#[derive(Debug, Error)]
pub enum FormatError {
    #[error("cannot read {}: {source}", shown(path))]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}", shown(path))]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is not a usable {kind} file: {}", shown(path), brief(reason))]
    Unusable { path: PathBuf, kind: &'static str, reason: String },
    #[error("{} is not a mesh this program knows: use a .ply, .obj or .stl file", shown(path))]
    UnknownMesh { path: PathBuf },
    #[error("{} is not a field this program knows: use a .npy, .vti or .tif file", shown(path))]
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

/// A path as messages show it: a file that has no name yet by the one that it will have.
pub fn shown(path: &Path) -> String {
    let is_hidden = |part: &Component| output::is_part(&part.as_os_str().to_string_lossy());
    match path.components().any(|part| is_hidden(&part)) {
        true => shown(&path.components().filter(|part| !is_hidden(part)).collect::<PathBuf>()),
        false => one_line(&path.to_string_lossy()),
    }
}

/// A text without control characters, which could break a line or command a terminal.
pub fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// What a message says about a file, on one line. It may quote the file, of which no more is shown than a line: a long
/// text loses its middle.
pub fn brief(reason: impl ToString) -> String {
    const START: usize = 160;
    const END: usize = 80;
    let letters: Vec<char> = one_line(&reason.to_string()).chars().collect();
    if letters.len() <= START + END {
        return letters.into_iter().collect();
    }
    let (start, end) = (&letters[..START], &letters[letters.len() - END..]);
    start.iter().chain(&[' ', '…', ' ']).chain(end).collect()
}

/// This path, or the first one with a number behind its name that no file has yet.
pub fn free_path(path: &Path) -> PathBuf {
    free_path_where(path, |path| path.symlink_metadata().is_err())
}

/// This path, or the first one with a number behind its name that `is_free`. A name that would be too long for that
/// loses letters.
pub fn free_path_where(path: &Path, is_free: impl Fn(&Path) -> bool) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default();
    let ending = path.extension().map_or(OsString::new(), |ending| {
        let mut dotted = OsString::from(".");
        dotted.push(ending);
        dotted
    });
    let numbered = (2..).map(|number: u32| {
        let number = format!("-{number}");
        let room = LONGEST_NAME.saturating_sub(number.len() + ending.len());
        let mut name = shortened(stem, room);
        name.push(number);
        name.push(&ending);
        path.with_file_name(name)
    });
    [path.to_owned()].into_iter().chain(numbered).find(|path| is_free(path)).unwrap_or_default()
}

/// Gives a file that is not understood another name, so that what it holds is not lost when the file is written anew:
/// `window.json.unreadable`, or the first such name with a number that is free.
///
/// # Errors
/// When it cannot be renamed.
pub fn set_aside(path: &Path) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".unreadable");
    let aside = free_path(Path::new(&name));
    tracing::warn!("{} is not understood, so it is kept as {}", shown(path), shown(&aside));
    fs::rename(path, aside)
}

/// Bytes of the longest name of a file on usual file systems.
const LONGEST_NAME: usize = 255;

/// A name of so many bytes at most.
fn shortened(name: &OsStr, most: usize) -> OsString {
    if name.len() <= most {
        return name.to_owned();
    }
    let name = name.to_string_lossy();
    name[..name.floor_char_boundary(most)].into()
}

/// The paths in a folder, by name; none if it cannot be read.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
