//! Where a model comes from.

use super::{
    crane::{self, CraneError},
    model::{Model, ModelError},
};
use serde::{Deserialize, Serialize};
use std::{
    convert::Infallible,
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};
use thiserror::Error;

/// Why there is no model.
#[derive(Debug, Error)]
pub enum SourceError {
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Crane(#[from] CraneError),
}

/// A model by its place. Written `built-in`, or as the path of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ModelSource {
    /// The model that ships with the program.
    #[default]
    Builtin,
    /// A `.safetensors` file, or a `.pt` checkpoint of CRANE.
    File(PathBuf),
}

/// How the shipped model is written.
const BUILTIN: &str = "built-in";

impl ModelSource {
    /// Reads the model.
    ///
    /// # Errors
    /// When the file cannot be read or is no model.
    pub fn load(&self) -> Result<Model, SourceError> {
        Ok(match self {
            Self::Builtin => Model::builtin()?,
            Self::File(path) if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pt")) => crane::import(path)?,
            Self::File(path) => Model::load(path)?,
        })
    }

    /// What it is called: its file without folder and extension.
    pub fn name(&self) -> String {
        match self {
            Self::Builtin => BUILTIN.into(),
            Self::File(path) => path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        }
    }

    /// Its file, if it has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Builtin => None,
            Self::File(path) => Some(path),
        }
    }
}

impl fmt::Display for ModelSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin => f.write_str(BUILTIN),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

impl FromStr for ModelSource {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.to_owned().into())
    }
}

impl From<String> for ModelSource {
    fn from(text: String) -> Self {
        if text == BUILTIN { Self::Builtin } else { Self::File(text.into()) }
    }
}

impl From<ModelSource> for String {
    fn from(source: ModelSource) -> Self {
        source.to_string()
    }
}
