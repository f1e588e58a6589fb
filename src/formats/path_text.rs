//! Paths in text files: a path need not be Unicode, but the strings of TOML and JSON are.
//!
//! A byte that belongs to no UTF-8 character is written as a private-use character of its own, U+10FF00 plus the byte,
//! much as Python does with lone surrogates (PEP 383), which these formats do not allow. Control characters, which
//! would end a line, are written in the same way, and so are such private-use characters themselves. Any other path is
//! written as it is.
//!
//! The functions `serialize` and `deserialize` are for serde's attribute `with`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// What stands for the byte 0.
const FIRST: u32 = 0x10_FF00;

/// The character that stands for a byte.
pub fn escape(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The byte that a character stands for, if it stands for one.
fn escaped(letter: char) -> Option<u8> {
    u32::from(letter).checked_sub(FIRST).and_then(|byte| u8::try_from(byte).ok())
}

/// A path as text.
pub fn to_text(path: &Path) -> String {
    let mut text = String::new();
    for chunk in bytes_of(path).utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() || escaped(letter).is_some() {
                text.extend(letter.encode_utf8(&mut [0; 4]).bytes().map(escape));
            } else {
                text.push(letter);
            }
        }
        text.extend(chunk.invalid().iter().copied().map(escape));
    }
    text
}

/// The path that [`to_text`] made this text of.
pub fn of_text(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match escaped(letter) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    name_of(bytes).into()
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
fn name_of(bytes: Vec<u8>) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes)
}

/// Elsewhere a path consists of no bytes; what is not Unicode in it is lost.
#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn name_of(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// Writes a path as text.
///
/// # Errors
/// When the serializer fails.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_text(path))
}

/// Reads a path that was written as text.
///
/// # Errors
/// When there is no text.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    Ok(of_text(&String::deserialize(deserializer)?))
}

/// The same for a path that may be missing.
pub mod optional {
    use super::{Deserialize, Deserializer, PathBuf, Serialize, Serializer, of_text, to_text};

    /// Writes the path, if there is one, as text.
    ///
    /// # Errors
    /// When the serializer fails.
    pub fn serialize<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
        path.as_deref().map(to_text).serialize(serializer)
    }

    /// Reads a path that was written as text.
    ///
    /// # Errors
    /// When there is something that is no text.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.as_deref().map(of_text))
    }
}
