//! The description of a finished dataset: its configuration, and how each sequence was made.

use super::{
    dataset::{CONFIG, manifest_path, sequence_path},
    dataset_config::{DatasetConfig, Split},
    dataset_error::DatasetError,
    recipe::Recipe,
};
use crate::{
    formats::{checksum, read_text, write_text},
    settings::{Span, dataset::FRAMES, read_config},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{io, path::Path};

/// The version of the layout that this program writes and reads.
pub(super) const VERSION: u32 = 3;

/// What `manifest.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this layout.
    pub version: u32,
    /// Its configuration.
    pub config: DatasetConfig,
    /// One entry per sequence, in order.
    pub sequences: Vec<SequenceRecord>,
}

/// One sequence as the manifest names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SequenceRecord {
    /// How it was made.
    pub recipe: Recipe,
    /// Training or validation.
    pub split: Split,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Reads a manifest; `None` when there is none.
    ///
    /// # Errors
    /// When it is damaged, of another version, or its sequences are not those of its configuration.
    pub fn read(path: &Path) -> Result<Option<Self>, DatasetError> {
        let text = match read_text(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(DatasetError::io(path))?,
        };
        let wrong = |message| DatasetError::Manifest { path: path.to_owned(), message };
        let manifest: Self = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        if manifest.version != VERSION {
            return Err(wrong(format!("version {} instead of {VERSION}", manifest.version)));
        }
        manifest.check().map_err(wrong)?;
        Ok(Some(manifest))
    }

    /// Reads the manifest of the dataset in `folder`; `None` when that is not finished.
    ///
    /// # Errors
    /// As [`Manifest::read`], or when the configuration beside it cannot be read or is another.
    pub fn of_dataset(folder: &Path) -> Result<Option<Self>, DatasetError> {
        let path = manifest_path(folder);
        let Some(manifest) = Self::read(&path)? else { return Ok(None) };
        let config: DatasetConfig = read_config(&folder.join(CONFIG))?;
        // While a dataset is being extended, its configuration asks for more sequences.
        let config = DatasetConfig { sequences: manifest.config.sequences, ..config };
        if as_read(&config).map_err(DatasetError::io(&path))? != manifest.config {
            return Err(DatasetError::Mixed { path: folder.to_owned() });
        }
        Ok(Some(manifest))
    }

    /// Checks that the configuration is one that makes datasets, and the sequences those that it makes.
    fn check(&self) -> Result<(), String> {
        self.config.validate().map_err(|error| error.to_string())?;
        let (named, asked) = (self.sequences.len(), self.config.sequences);
        if named != asked {
            return Err(format!("it names {named} sequences, but its configuration asks for {asked}"));
        }
        for (index, SequenceRecord { recipe, split, .. }) in self.sequences.iter().enumerate() {
            // These are drawn in the same way on every machine; the other numbers may differ in their last digits.
            let drawn = Recipe::draw(&self.config, index);
            if (recipe.grid, recipe.seed, *split) != (drawn.grid, drawn.seed, self.config.split(index)) {
                return Err(format!("sequence {index} is not the one that its configuration makes"));
            }
            let frames = FRAMES.check(Span::point(recipe.frames as f64));
            frames.map_err(|error| format!("of sequence {index}, {error}"))?;
        }
        Ok(())
    }

    /// Writes the manifest, whole or not at all.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn write(&self, path: &Path) -> Result<(), DatasetError> {
        let text = serde_json::to_string_pretty(self).map_err(|e| DatasetError::io(path)(e.into()))?;
        Ok(write_text(path, &text)?)
    }

    /// Whether `copy`, a manifest read from a file, is what this one gives when it is written and read.
    pub(super) fn is_source_of(&self, copy: &Self) -> bool {
        as_read(self).is_ok_and(|read| read == *copy)
    }

    /// Compares the files that exist in `folder` with their checksums: one at each call of `next`, whose error names
    /// a file that differs.
    pub(super) fn checks(&self, folder: &Path) -> impl Iterator<Item = Result<(), DatasetError>> {
        self.sequences.iter().enumerate().map(move |(index, record)| {
            let path = sequence_path(folder, index);
            if path.exists() && checksum(&path)? != record.sha256 {
                return Err(DatasetError::damaged(&path, "its checksum differs from the manifest's"));
            }
            Ok(())
        })
    }
}

/// What a value is once it has been written to a file and read: the last digit of a number may change then.
fn as_read<T: Serialize + DeserializeOwned>(value: &T) -> io::Result<T> {
    Ok(serde_json::from_str(&serde_json::to_string(value)?)?)
}
