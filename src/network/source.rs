//! Where a model comes from.

use super::{
    crane::{self, CraneError},
    model::{Model, ModelError},
};
use crate::formats::{one_line, path_text};
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

/// Bytes of the longest name.
const LONGEST: usize = 120;

/// What a training calls its models.
const OF_TRAININGS: [&str; 2] = ["last", "best"];

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

    /// What it is called: its file without folder and extension. The files of a training have the same names in every
    /// folder, which goes before them: `quick-last`.
    pub fn name(&self) -> String {
        let Self::File(path) = self else { return BUILTIN.into() };
        let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        let folder = path.parent().and_then(Path::file_name).filter(|_| OF_TRAININGS.contains(&&*stem));
        let name = folder.map_or_else(|| stem.to_string(), |folder| format!("{}-{stem}", folder.to_string_lossy()));
        // Files get longer names from it.
        one_line(&name[..name.floor_char_boundary(LONGEST)])
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
        if text == BUILTIN { Self::Builtin } else { Self::File(path_text::of_text(&text)) }
    }
}

impl From<ModelSource> for String {
    fn from(source: ModelSource) -> Self {
        source.path().map_or_else(|| BUILTIN.into(), path_text::to_text)
    }
}
