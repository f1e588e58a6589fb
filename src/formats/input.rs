//! Files that are read: ordinary ones, which end.

use crate::memory;
use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read},
    path::Path,
};

/// Opens a file to be read.
///
/// # Errors
/// When the system refuses, or there is something else: a pipe may wait for its writer for ever, and a device never
/// end.
pub fn open_file(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    // The system has a sentence about folders.
    if kind.is_file() || kind.is_dir() { File::open(path) } else { Err(io::Error::other("it is not an ordinary file")) }
}

/// Reads a whole file.
///
/// # Errors
/// As [`open_file`], or when it is larger than the free memory.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = open_file(path)?;
    let length = file.metadata()?.len();
    check_fits(length)?;
    let mut bytes = Vec::new();
    // It may grow meanwhile.
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Refuses to read what takes so many bytes of memory, if they are not there.
///
/// # Errors
/// When they are not.
pub(super) fn check_fits(bytes: u64) -> io::Result<()> {
    match memory::free() {
        Some(free) if bytes > free => Err(io::Error::new(ErrorKind::OutOfMemory, "it is larger than the free memory")),
        _ => Ok(()),
    }
}

/// Reads a whole text.
///
/// # Errors
/// As [`read_file`], or when it is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    let no_text = |_| io::Error::new(ErrorKind::InvalidData, "it is not a text in UTF-8");
    String::from_utf8(read_file(path)?).map_err(no_text)
}
