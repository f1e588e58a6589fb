//! Configurations in TOML.

use super::{SettingError, explain};
use crate::formats::{FormatError, brief, read_text, write_text};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    error::Error,
    io,
    path::{Path, PathBuf},
};

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {path}: {source}", path = .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("cannot write the configuration {path}: {source}", path = .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the configuration {path} is not understood: {}", brief(message), path = .path.display())]
    Parse { path: PathBuf, message: String },
    #[error("a command line option is not understood: {0}")]
    Option(#[from] clap::Error),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Part(Box<dyn Error + Send + Sync>),
    #[error("{name} {must}, but is {value}")]
    Value { name: &'static str, must: String, value: String },
}

impl ConfigError {
    /// The refusal of one value: "`name` `must`, but is `value`".
    pub fn value(name: &'static str, must: impl Into<String>, value: impl ToString) -> Self {
        Self::Value { name, must: must.into(), value: value.to_string() }
    }

    /// The refusal of a part that checks itself.
    pub fn part(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Part(Box::new(error))
    }
}

/// Reads a configuration in TOML; fields that the file leaves out keep their defaults.
///
/// # Errors
/// When the file cannot be read, or holds a field that does not exist or a value of the wrong kind.
pub fn read_config<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = read_text(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| ConfigError::Parse { path: path.to_owned(), message: explain(&text, &error) })
}

/// Writes a configuration as TOML, whole or not at all.
///
/// # Errors
/// When the file cannot be written.
pub fn write_config<T: Serialize>(config: &T, path: &Path) -> Result<(), ConfigError> {
    let write = |source| ConfigError::Write { path: path.to_owned(), source };
    let text = toml::to_string(config).map_err(|e| write(io::Error::other(e)))?;
    Ok(write_text(path, &text)?)
}
