//! The record of a run, from which it can be repeated.

use super::{ComparisonError, Setup};
use crate::{
    formats::{FormatError, read_text, write_text},
    grid::{Grid, Shape},
    recording::{Layout, RUN, RecordingReader},
    settings::FRAMES,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, absolute};

/// The contents of `run.toml` in the folder of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// Version of the program that began the run.
    pub version: String,
    /// What computed it, in words: on another device the last digits differ.
    pub engine: String,
    /// Frames asked for after the initial field.
    pub frames: usize,
    /// Frames of which surfaces are drawn; none stand for the first and the last.
    pub surfaces: Vec<usize>,
    /// Frames from one saved state to the next.
    pub state_interval: usize,
    /// What is compared.
    pub setup: Setup,
}

impl RunRecord {
    /// Reads the record in a folder.
    ///
    /// # Errors
    /// When there is none, or it makes no sense.
    pub fn read(folder: &Path) -> Result<Self, FormatError> {
        let path = folder.join(RUN);
        let text = read_text(&path).map_err(|source| FormatError::Read { path: path.clone(), source })?;
        let unusable = |reason| FormatError::Unusable { path: path.clone(), kind: "record", reason };
        let read: Result<Self, _> = toml::from_str(&text);
        let record = read.map_err(|error| unusable(error.message().replace('\n', " ")))?;
        FRAMES.check(record.frames).map_err(|error| unusable(error.to_string()))?;
        Ok(record)
    }

    /// Reads the record in a folder and opens the recording beside it.
    ///
    /// # Errors
    /// When there is none, or it makes no sense.
    pub fn open(folder: &Path) -> Result<(Self, RecordingReader), ComparisonError> {
        let record = Self::read(folder)?;
        let reader = RecordingReader::open(folder, record.layout()?)?;
        Ok((record, reader))
    }

    /// Writes the record into a folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), FormatError> {
        let path = folder.join(RUN);
        let text = toml::to_string_pretty(self).map_err(|error| FormatError::Unusable {
            path: path.clone(),
            kind: "record",
            reason: error.to_string(),
        })?;
        write_text(&path, &text)
    }

    /// What the files of the recording hold.
    ///
    /// # Errors
    /// When a candidate cannot live beside such a grid.
    pub fn layout(&self) -> Result<Layout, ComparisonError> {
        let reference = Grid::from(self.setup.options.grid);
        let grids = self.setup.candidates.iter().map(|candidate| candidate.grid(&reference));
        let candidates = self.setup.names().into_iter().zip(grids);
        let candidates = candidates.map(|(name, grid)| Ok((name, grid?))).collect::<Result<_, ComparisonError>>()?;
        Ok(Layout { reference, candidates, concentration: self.setup.options.concentration })
    }
}

impl Setup {
    /// The same as it is recorded: with the grid that a field file turned out to have, and with paths that hold from
    /// any folder.
    #[must_use]
    pub fn recorded(mut self, shape: Shape) -> Self {
        self.options.grid = shape;
        for path in self.paths_mut() {
            if let Ok(whole) = absolute(&*path) {
                *path = whole;
            }
        }
        self
    }
}
