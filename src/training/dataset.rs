//! A dataset on disk: sequences of frames on the network's grid, and a manifest that describes them.
//!
//! A folder holds
//!
//! - `dataset.toml`: its [`DatasetConfig`](super::dataset_config::DatasetConfig);
//! - `sequences/00042.npy`: sequence 42, f32, shape `[frames, nx, ny, nz]`, C order, φ at every
//!   `coarsening`-th node of the solver's grid (an initial field as a network gets it, see
//!   [`network::start`](crate::network::start())), so that NumPy reads it too;
//! - `made.csv`: the checksums of the sequences that are finished, until all are;
//! - `manifest.json`: the [`Manifest`], written last. A folder without it is not finished;
//! - `.lock`: locked while the dataset is being made.

pub use super::{
    dataset_config::Split,
    dataset_error::DatasetError,
    manifest::{Manifest, SequenceRecord},
    sequence::Sequence,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Name of the configuration; a folder that holds it holds a dataset.
pub(super) const CONFIG: &str = "dataset.toml";

/// Where the sequences of the dataset in `folder` lie.
pub(super) fn sequences_path(folder: &Path) -> PathBuf {
    folder.join("sequences")
}

/// Where sequence `index` of the dataset in `folder` lies.
pub(super) fn sequence_path(folder: &Path, index: usize) -> PathBuf {
    sequences_path(folder).join(format!("{index:05}.npy"))
}

/// Where the manifest of the dataset in `folder` lies.
pub(super) fn manifest_path(folder: &Path) -> PathBuf {
    folder.join("manifest.json")
}

/// Numbers of the sequences of a dataset of `count` that lie in `folder`, in order.
pub(super) fn present(folder: &Path, count: usize) -> Vec<usize> {
    let entries = fs::read_dir(sequences_path(folder)).into_iter().flatten().filter_map(Result::ok);
    let paths = entries.map(|entry| entry.path());
    // A number may be written in several ways, but names its file in one.
    let number = |path: PathBuf| {
        let index = path.file_stem()?.to_str()?.parse().ok()?;
        (index < count && path == sequence_path(folder, index)).then_some(index)
    };
    let mut present: Vec<_> = paths.filter_map(number).collect();
    present.sort_unstable();
    present
}

/// A finished dataset, all of its sequences checked for their shapes.
#[derive(Debug)]
pub struct Dataset {
    folder: PathBuf,
    manifest: Manifest,
    sequences: Vec<Sequence>,
}

impl Dataset {
    /// Opens the dataset in `folder`.
    ///
    /// # Errors
    /// When it is not finished, of another version, its parts are not of one configuration, or a file is missing or
    /// damaged.
    pub fn open(folder: &Path) -> Result<Self, DatasetError> {
        let Some(manifest) = Manifest::of_dataset(folder)? else {
            return Err(DatasetError::Unfinished { path: folder.to_owned() });
        };
        let open =
            |(index, record): (usize, &SequenceRecord)| Sequence::open(folder, &manifest.config, index, record.clone());
        let sequences = manifest.sequences.iter().enumerate().map(open).collect::<Result<_, _>>()?;
        Ok(Self { folder: folder.to_owned(), manifest, sequences })
    }

    /// The dataset as it was when `recorded` was its manifest, provided that it has only been extended since; otherwise
    /// `None`.
    pub fn as_of(mut self, recorded: &Manifest) -> Option<Self> {
        let count = recorded.sequences.len();
        self.manifest.config.sequences = recorded.config.sequences;
        self.manifest.sequences.truncate(count);
        self.sequences.truncate(count);
        self.manifest.is_source_of(recorded).then_some(self)
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The sequences of one split, in order.
    pub fn sequences(&self, split: Split) -> impl Iterator<Item = &Sequence> {
        self.sequences.iter().filter(move |sequence| sequence.record().split == split)
    }

    /// Compares every file with its checksum, one at each call of `next`; an error names a file that differs.
    pub fn checks(&self) -> impl Iterator<Item = Result<(), DatasetError>> {
        self.manifest.checks(&self.folder)
    }
}
