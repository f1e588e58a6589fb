//! Scenes: a comparison as a small TOML file, with a title, a sentence about it, and a view.
//!
//! ```toml
//! title = "Two droplets"
//! description = "Two spheres touch and become one: watch the neck."
//! frames = 60
//!
//! [setup]
//! initial = "droplets"
//! candidates = ["network"]
//!
//! [setup.options]
//! grid = 96
//!
//! [view]
//! camera = "front"
//! ```
//!
//! The table `setup` is the [`Setup`] that `run.toml` of a recording holds; what a scene leaves out keeps its default.

mod library;
mod view;

pub use library::{LIBRARY, names};
pub use view::{CameraPlace, SceneView};

use crate::{
    comparison::Setup,
    formats::{FormatError, brief, one_line, read_text, write_text},
    settings::{FRAMES, explain},
};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsStr,
    io,
    path::{Path, absolute},
};
use thiserror::Error;

/// Why a scene could not be opened.
#[derive(Debug, Error)]
pub enum SceneError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("the scene {} is not understood: {}", one_line(scene), brief(reason))]
    Parse { scene: String, reason: String },
    #[error("there is no scene and no file called {name}; the scenes are {}", names().collect::<Vec<_>>().join(", "))]
    Unknown { name: String },
    #[error("the scene cannot be written: {0}")]
    Unwritable(#[from] toml::ser::Error),
}

/// A comparison that can be opened by its file or its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// A few words.
    pub title: String,
    /// One sentence: what it is, and what to look for.
    pub description: String,
    /// Frames that it takes to see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<usize>,
    /// What is compared.
    #[serde(default)]
    pub setup: Setup,
    /// How it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<SceneView>,
}

impl Scene {
    /// The scene with a name in [`LIBRARY`], or else the one in a file.
    ///
    /// # Errors
    /// When there is neither, or the file cannot be read or understood.
    pub fn find(text: impl AsRef<OsStr>) -> Result<Self, SceneError> {
        let text = text.as_ref();
        match LIBRARY.iter().find(|(name, _)| **name == *text) {
            Some((name, toml)) => Self::parse(toml, name),
            None => Self::read(Path::new(text)),
        }
    }

    /// Reads a file. Paths in it that are relative begin at its folder.
    ///
    /// # Errors
    /// When it cannot be read, or holds a name that does not exist or a value of the wrong kind.
    pub fn read(path: &Path) -> Result<Self, SceneError> {
        let text = read_text(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => SceneError::Unknown { name: path.display().to_string() },
            _ => FormatError::Read { path: path.to_owned(), source }.into(),
        })?;
        let mut scene = Self::parse(&text, &path.display().to_string())?;
        for file in scene.setup.paths_mut() {
            *file = folder(path).join(&*file);
        }
        Ok(scene)
    }

    /// Reads a text; `name` is what the scene is called in messages.
    ///
    /// # Errors
    /// When it holds a name that does not exist or a value of the wrong kind, or more frames than a run can have.
    pub fn parse(text: &str, name: &str) -> Result<Self, SceneError> {
        let refused = |reason| SceneError::Parse { scene: name.to_owned(), reason };
        let scene: Self = toml::from_str(text).map_err(|error| refused(explain(text, &error)))?;
        if let Some(frames) = scene.frames {
            FRAMES.check(frames).map_err(|error| refused(error.to_string()))?;
        }
        Ok(scene)
    }

    /// Writes a file, whole or not at all. Paths below its folder are written relative to it, so that both can be moved
    /// together, and others from the root.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), SceneError> {
        let folder = whole(folder(path))?;
        let mut scene = self.clone();
        for file in scene.setup.paths_mut() {
            let place = whole(file)?;
            *file = place.strip_prefix(&folder).map(Path::to_owned).unwrap_or(place);
        }
        Ok(write_text(path, &toml::to_string_pretty(&scene)?)?)
    }
}

/// The folder that a file lies in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn whole(path: &Path) -> Result<std::path::PathBuf, FormatError> {
    absolute(path).map_err(|source| FormatError::Read { path: path.to_owned(), source })
}
