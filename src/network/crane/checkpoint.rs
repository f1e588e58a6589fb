//! The tensors of a PyTorch checkpoint: a zip archive with one pickle that describes them and one file
//! per storage.

use super::pickle::{self, PickleError, StoredTensor};
use crate::network::weights::Weight;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    io::{self, Read, Seek},
};
use thiserror::Error;
use zip::{ZipArchive, result::ZipError};

/// Most bytes that one checkpoint may fill. CRANE's is 120 kB; this bounds what a hostile archive can make
/// of our memory.
const LARGEST: usize = 64 << 20;

/// Why a file is not a checkpoint that can be read.
#[derive(Debug, Error)]
pub enum CheckpointError {
    #[error("it is no zip archive, or a damaged one ({0})")]
    Zip(#[from] ZipError),
    #[error("a part of it cannot be read ({0})")]
    Io(#[from] io::Error),
    #[error("it has no data.pkl, which every PyTorch checkpoint has")]
    NoPickle,
    #[error(transparent)]
    Pickle(#[from] PickleError),
    #[error("its contents are larger than any network of this kind")]
    TooLarge,
    #[error("the tensor {name} is stored as {kind}, but only 32-bit and 64-bit floats are understood")]
    Type { name: String, kind: String },
    #[error("the tensor {0} reaches beyond its stored values")]
    OutOfBounds(String),
    #[error("it was saved on a big-endian machine")]
    BigEndian,
}

/// Reads every tensor, cast to f32.
///
/// # Errors
/// When the archive or its pickle is damaged or does anything but describe tensors.
pub fn read(file: impl Read + Seek) -> Result<BTreeMap<String, Weight>, CheckpointError> {
    let mut archive = Archive { zip: ZipArchive::new(file)?, budget: LARGEST };
    let pickle_name = archive.zip.file_names().find(|name| *name == "data.pkl" || name.ends_with("/data.pkl"));
    let pickle_name = pickle_name.ok_or(CheckpointError::NoPickle)?.to_owned();
    let folder = pickle_name.trim_end_matches("data.pkl").to_owned();

    let byte_order = format!("{folder}byteorder");
    if archive.zip.index_for_name(&byte_order).is_some() && archive.part(&byte_order)?.starts_with(b"big") {
        return Err(CheckpointError::BigEndian);
    }
    let mut storages = BTreeMap::new();
    let mut weights = BTreeMap::new();
    for (name, tensor) in pickle::read_state_dict(&archive.part(&pickle_name)?)? {
        let storage = match storages.entry((tensor.kind.clone(), tensor.storage.clone())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let bytes = archive.part(&format!("{folder}data/{}", tensor.storage))?;
                new.insert(floats(&name, &tensor.kind, &bytes)?)
            }
        };
        let values = gather(&tensor, storage).ok_or_else(|| CheckpointError::OutOfBounds(name.clone()))?;
        archive.spend(size_of_val(&*values))?;
        weights.insert(name, Weight { shape: tensor.shape, values });
    }
    Ok(weights)
}

/// A zip archive, and the bytes that may still be made of it.
struct Archive<R> {
    zip: ZipArchive<R>,
    budget: usize,
}

impl<R: Read + Seek> Archive<R> {
    /// The whole of one file of the archive.
    fn part(&mut self, name: &str) -> Result<Vec<u8>, CheckpointError> {
        let mut bytes = Vec::new();
        self.zip.by_name(name)?.take(self.budget as u64 + 1).read_to_end(&mut bytes)?;
        self.spend(bytes.len())?;
        Ok(bytes)
    }

    fn spend(&mut self, bytes: usize) -> Result<(), CheckpointError> {
        self.budget = self.budget.checked_sub(bytes).ok_or(CheckpointError::TooLarge)?;
        Ok(())
    }
}

/// The values of a storage.
fn floats(name: &str, kind: &str, bytes: &[u8]) -> Result<Vec<f32>, CheckpointError> {
    match kind {
        "torch FloatStorage" => Ok(bytes.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect()),
        "torch DoubleStorage" => Ok(bytes.as_chunks().0.iter().map(|&b| f64::from_le_bytes(b) as f32).collect()),
        _ => Err(CheckpointError::Type { name: name.into(), kind: kind.replacen(' ', ".", 1) }),
    }
}

/// The values of a tensor in C order, whatever its strides; `None` when it reaches beyond its storage.
fn gather(tensor: &StoredTensor, storage: &[f32]) -> Option<Vec<f32>> {
    let length = tensor.shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n))?;
    if tensor.strides.len() != tensor.shape.len() || length > storage.len() {
        return None;
    }
    let element = |index: usize| {
        let mut rest = index;
        tensor.shape.iter().zip(&tensor.strides).rev().try_fold(tensor.offset, |at, (&n, &stride)| {
            let coordinate = rest % n;
            rest /= n;
            at.checked_add(coordinate.checked_mul(stride)?)
        })
    };
    (0..length).map(|index| storage.get(element(index)?).copied()).collect()
}
