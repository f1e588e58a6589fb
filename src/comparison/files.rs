//! The files that a run begins from, by their checksums.

use super::{CandidateSpec, Setup};
use crate::formats::{FormatError, checksum, path_text};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf, absolute};

/// A file that a run began from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// Where it was, from any folder.
    #[serde(with = "path_text")]
    pub path: PathBuf,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl FileRecord {
    /// The file as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(path: &Path) -> Result<Self, FormatError> {
        Ok(Self { path: absolute(path).unwrap_or_else(|_| path.to_owned()), sha256: checksum(path)? })
    }
}

/// The files that a run began from, as they were when it read them: they may be others by the time it is recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Files {
    /// Of the initial field.
    initial: Option<FileRecord>,
    /// Of the candidates' models, in the order of the setup.
    models: Vec<Option<FileRecord>>,
}

impl Files {
    /// The files that a setup names, as they are now.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn of(setup: &Setup) -> Result<Self, FormatError> {
        let initial = setup.initial.path().map(FileRecord::of).transpose()?;
        let models = setup.candidates.iter().map(Self::of_candidate).collect::<Result<_, _>>()?;
        Ok(Self { initial, models })
    }

    /// The file of a candidate's model, if it has one, as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_candidate(candidate: &CandidateSpec) -> Result<Option<FileRecord>, FormatError> {
        candidate.model().and_then(|model| model.path()).map(FileRecord::of).transpose()
    }

    /// Those that a setup names, as they were recorded; one that was not recorded is left out.
    pub fn recorded(setup: &Setup, records: &[FileRecord]) -> Self {
        let found = |path: &Path| records.iter().find(|record| record.path == path).cloned();
        let of_model = |candidate: &CandidateSpec| candidate.model()?.path().and_then(found);
        Self { initial: setup.initial.path().and_then(found), models: setup.candidates.iter().map(of_model).collect() }
    }

    /// All of them.
    pub fn records(&self) -> impl Iterator<Item = &FileRecord> {
        self.initial.iter().chain(self.models.iter().flatten())
    }

    /// Gives a candidate another model's file, or none.
    pub(super) fn set(&mut self, candidate: usize, file: Option<FileRecord>) {
        if self.models.len() <= candidate {
            self.models.resize(candidate + 1, None);
        }
        self.models[candidate] = file;
    }

    /// Takes a candidate out; those behind it move up.
    pub(super) fn remove(&mut self, candidate: usize) {
        if candidate < self.models.len() {
            self.models.remove(candidate);
        }
    }
}
