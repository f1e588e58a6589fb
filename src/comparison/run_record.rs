//! The record of a run, from which it can be repeated.

use super::{ComparisonError, FileRecord, Files, Inputs, Setup};
use crate::{
    formats::{FormatError, checksum, checksum_of, read_text, write_text},
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
    /// SHA-256 of the setup in TOML: one that was edited is of another run.
    #[serde(default)]
    pub setup_sha256: String,
    /// Frames at which the run was changed by hand, such as by a brush, or continued from its fields alone: what follows
    /// there does not come from the setup.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<usize>,
    /// The files that the setup names, as they were when the run began.
    #[serde(default)]
    pub files: Vec<FileRecord>,
    /// What is compared.
    pub setup: Setup,
}

impl RunRecord {
    /// A record of no frames yet, of what is to be computed by `engine`.
    pub fn new(setup: Setup, engine: String) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            engine,
            frames: 0,
            surfaces: Vec::new(),
            state_interval: 1,
            setup_sha256: String::new(),
            changed: Vec::new(),
            files: Vec::new(),
            setup,
        }
    }

    /// The same with the checksums of the setup, and of its files as they were when they were read.
    #[must_use]
    pub fn with_files(self, files: &Files) -> Self {
        Self { setup_sha256: sum_of(&self.setup), files: files.records().cloned().collect(), ..self }
    }

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
        let reader = RecordingReader::open(folder, &record.layout()?)?;
        Ok((record, reader))
    }

    /// Checks that the setup is the one that the run began with.
    ///
    /// # Errors
    /// When it was edited since.
    pub fn check_setup(&self, folder: &Path) -> Result<(), ComparisonError> {
        let is_same = self.setup_sha256.is_empty() || self.setup_sha256 == sum_of(&self.setup);
        if is_same { Ok(()) } else { Err(ComparisonError::EditedSetup(folder.join(RUN))) }
    }

    /// Checks that the run follows from its setup alone, so that it can be computed again.
    ///
    /// # Errors
    /// When it was changed by hand.
    pub fn check_repeatable(&self, folder: &Path) -> Result<(), ComparisonError> {
        let changed = |frame: &usize| ComparisonError::ChangedByHand { path: folder.join(RUN), frame: *frame };
        self.changed.first().map_or(Ok(()), |frame| Err(changed(frame)))
    }

    /// Checks that the files which the setup names are those that the run began from.
    ///
    /// # Errors
    /// When one cannot be read or has changed.
    pub fn check_files(&self) -> Result<(), ComparisonError> {
        self.check_all(&self.files)
    }

    fn check_all<'a>(&self, files: impl IntoIterator<Item = &'a FileRecord>) -> Result<(), ComparisonError> {
        files.into_iter().try_for_each(|FileRecord { path, sha256 }| match checksum(path)? == *sha256 {
            true => Ok(()),
            false => Err(ComparisonError::ChangedFile(path.clone())),
        })
    }

    /// Checks that the models are those that the run began with.
    ///
    /// # Errors
    /// When one cannot be read or has changed.
    pub fn check_models(&self) -> Result<(), ComparisonError> {
        let initial = self.setup.initial.path();
        self.check_all(self.files.iter().filter(|file| Some(&*file.path) != initial))
    }

    /// Reads what it takes to continue the recording beside it. The initial field is the recording's first frame, so
    /// that its file need not be there any more. `None` when there is no such frame yet.
    ///
    /// # Errors
    /// When that frame or a model cannot be read.
    pub fn inputs(&self, reader: &RecordingReader) -> Result<Option<Inputs>, ComparisonError> {
        let first = reader.frame(0)?;
        first.map(|first| self.setup.load_beside((*first.reference).clone())).transpose()
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
        let files = self.files.iter().map(|file| file.sha256.as_str());
        let run = [self.setup_sha256.as_str()].into_iter().chain(files).collect();
        Ok(Layout { reference, candidates, concentration: self.setup.options.concentration, run })
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

/// See [`RunRecord::setup_sha256`]. None can be had of a setup that is no TOML, and none is asked for.
fn sum_of(setup: &Setup) -> String {
    toml::to_string(setup).ok().and_then(|text| checksum_of(text.as_bytes()).ok()).unwrap_or_default()
}
