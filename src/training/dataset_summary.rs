//! A quick look at the folder of a dataset, without checking its sequences.

use super::{
    dataset::{CONFIG, DatasetError, Sequence, SequenceRecord, manifest_path, present, sequence_path},
    dataset_config::{DatasetConfig, Split},
    recipe::Recipe,
};
use crate::{
    field::Field,
    formats::{FolderLock, entries},
    settings::read_config,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A dataset in its folder, finished or not.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetSummary {
    /// Its folder.
    pub folder: PathBuf,
    /// Its configuration.
    pub config: DatasetConfig,
    /// Numbers of the sequences finished so far, in order; `config.sequences` are wanted.
    pub present: Vec<usize>,
    /// Of all that are wanted, how many are for training.
    pub training: usize,
    /// Of all that are wanted, how many are for validation.
    pub validation: usize,
    /// Bytes of the finished ones.
    pub bytes: u64,
    /// Whether it is complete and can be trained on.
    pub finished: bool,
    /// Whether it is being made at this moment.
    pub busy: bool,
}

impl DatasetSummary {
    /// Reads the configuration of the dataset in `folder`, and the names and lengths of its files.
    ///
    /// # Errors
    /// When there is none, or its configuration cannot be read or is refused.
    pub fn read(folder: &Path) -> Result<Self, DatasetError> {
        let config: DatasetConfig = read_config(&folder.join(CONFIG))?;
        config.validate()?;
        let present = present(folder, config.sequences);
        let length = |&index| fs::metadata(sequence_path(folder, index)).map_or(0, |file| file.len());
        let validation = config.validation_sequences();
        Ok(Self {
            folder: folder.to_owned(),
            training: config.sequences - validation,
            validation,
            bytes: present.iter().map(length).sum(),
            finished: present.len() == config.sequences && manifest_path(folder).exists(),
            busy: FolderLock::is_held(folder),
            present,
            config,
        })
    }

    /// The datasets in the immediate subfolders of `folder`, by name. Whatever cannot be read is left out.
    pub fn list(folder: &Path) -> Vec<Self> {
        entries(folder).iter().filter_map(|path| Self::read(path).ok()).collect()
    }

    /// The first and the last frame of sequence `index`, which must be one of `present`.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    pub fn preview(&self, index: usize) -> Result<SequencePreview, DatasetError> {
        SequencePreview::read(&self.folder, &self.config, index)
    }
}

/// The two ends of a sequence, on the network's nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct SequencePreview {
    /// Its number.
    pub index: usize,
    /// Training or validation.
    pub split: Split,
    /// How it starts.
    pub recipe: Recipe,
    /// Its first frame.
    pub first: Arc<Field>,
    /// Its last.
    pub last: Arc<Field>,
}

impl SequencePreview {
    /// Reads the first and the last frame of sequence `index` of the dataset in `folder`.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    pub fn read(folder: &Path, config: &DatasetConfig, index: usize) -> Result<Self, DatasetError> {
        let (recipe, split) = (Recipe::draw(config, index), config.split(index));
        let record = SequenceRecord { recipe: recipe.clone(), split, sha256: String::new() };
        let sequence = Sequence::open(folder, config, index, record)?;
        let field = |frame| sequence.field(frame).map(Arc::new);
        Ok(Self { index, split, recipe, first: field(0)?, last: field(sequence.frames() - 1)? })
    }
}
