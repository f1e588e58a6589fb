//! Checksums, which tell whether a file is still what it was.

use super::{FormatError, open_file};
use sha2::{Digest, Sha256};
use std::{
    io::{self, Read},
    path::Path,
};

/// SHA-256 of a file, hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn checksum(path: &Path) -> Result<String, FormatError> {
    open_file(path).and_then(checksum_of).map_err(FormatError::read(path))
}

/// SHA-256 of all that a reader gives, hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn checksum_of(mut reader: impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut reader, &mut hasher)?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// SHA-256 of the checksums of several parts, one after the other, hexadecimal.
///
/// # Errors
/// When one cannot be read.
pub fn checksum_of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> io::Result<String> {
    checksum_of(parts.into_iter().map(checksum_of).collect::<io::Result<String>>()?.as_bytes())
}
