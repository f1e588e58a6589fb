//! A network as a file: its configuration, its weights, and a card that says where it comes from.

use super::{
    config::CrnnConfig,
    weights::{Weight, Weights, WeightsError},
};
use safetensors::{Dtype, SafeTensorError, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The key of the file's metadata under which configuration and card lie as JSON. One key alone, so that
/// the same model always makes the same file.
const METADATA_KEY: &str = "spinodal";

/// Why a model cannot be read or written.
#[derive(Debug, Error)]
pub enum ModelError {
    #[error("{}: the model cannot be read: {source}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: the model cannot be written: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{}: this is not a .safetensors file, or it is damaged: {source}", .path.display())]
    NotSafetensors { path: PathBuf, source: SafeTensorError },
    #[error("{}: this .safetensors file was not written by Spinodal: its metadata lacks “{METADATA_KEY}”", .path.display())]
    NoMetadata { path: PathBuf },
    #[error("{}: the model's description cannot be understood: {source}", .path.display())]
    Metadata { path: PathBuf, source: serde_json::Error },
    #[error("{}: the tensor {name} holds {found:?} where F32 is needed", .path.display())]
    NotF32 { path: PathBuf, name: String, found: Dtype },
    #[error("{}: {source}", .path.display())]
    Weights { path: PathBuf, source: WeightsError },
    #[error("no model is built into this program: give one with --model")]
    NoBuiltin,
}

/// Where a model comes from and what it is good for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// What it was trained on, in a sentence.
    pub training_data: String,
    /// Seed of data and initial weights.
    pub seed: Option<u64>,
    /// Command line that makes it again.
    pub command: String,
    /// Seconds that training took, and on what.
    pub training_seconds: f64,
    pub hardware: String,
    /// Measured errors by name, such as `mse_50_frames`.
    pub errors: BTreeMap<String, f64>,
    /// Spacing of the network's nodes in grid units: the solver's grid over the network's.
    pub coarsening: usize,
    /// Time units per step of the network.
    pub frame_time: f64,
    /// Interface width ε, in grid units, of the equation it learnt.
    pub epsilon: f64,
    /// Anything else one should know.
    pub notes: String,
}

impl Default for Card {
    fn default() -> Self {
        Self {
            training_data: String::new(),
            seed: None,
            command: String::new(),
            training_seconds: 0.0,
            hardware: String::new(),
            errors: BTreeMap::new(),
            coarsening: 2,
            frame_time: 1.0,
            epsilon: 3.0,
            notes: String::new(),
        }
    }
}

/// A network at rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub config: CrnnConfig,
    pub weights: Weights,
    pub card: Card,
}

/// Configuration and card as they lie in the file.
#[derive(Serialize, Deserialize)]
struct Description {
    config: CrnnConfig,
    card: Card,
}

impl Model {
    /// A network that has learnt nothing: the start of training, and a stand-in for tests.
    pub fn random(config: CrnnConfig, seed: u64) -> Self {
        Self { config, weights: Weights::random(&config, seed), card: Card { seed: Some(seed), ..Card::default() } }
    }

    /// The model that ships with the program.
    ///
    /// # Errors
    /// When none was built in.
    pub fn builtin() -> Result<Self, ModelError> {
        Err(ModelError::NoBuiltin)
    }

    /// Reads a `.safetensors` file that [`Model::save`] wrote.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, lacks its description, or when a tensor is missing, of
    /// another shape or type, not finite, or not part of the network.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ModelError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| ModelError::Read { path: path.into(), source })?;
        Self::from_bytes(&bytes, path)
    }

    /// Reads the contents of a model file; `path` is for messages.
    fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, ModelError> {
        let damaged = |source| ModelError::NotSafetensors { path: path.into(), source };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let text = header.metadata().as_ref().and_then(|entries| entries.get(METADATA_KEY));
        let text = text.ok_or_else(|| ModelError::NoMetadata { path: path.into() })?;
        let Description { config, card } =
            serde_json::from_str(text).map_err(|source| ModelError::Metadata { path: path.into(), source })?;

        let mut weights = BTreeMap::new();
        for (name, view) in SafeTensors::deserialize(bytes).map_err(damaged)?.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(ModelError::NotF32 { path: path.into(), name: name.into(), found: view.dtype() });
            }
            let values = view.data().as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
            weights.insert(name.to_owned(), Weight { shape: view.shape().to_vec(), values });
        }
        let weights = Weights(weights);
        weights.validate(&config).map_err(|source| ModelError::Weights { path: path.into(), source })?;
        Ok(Self { config, weights, card })
    }

    /// Writes a `.safetensors` file whose metadata hold configuration and card as JSON. The file appears
    /// whole or not at all.
    ///
    /// # Errors
    /// When the weights do not fit the configuration, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        let path = path.as_ref();
        self.weights.validate(&self.config).map_err(|source| ModelError::Weights { path: path.into(), source })?;
        let bytes = self.to_bytes().map_err(|source| ModelError::Write { path: path.into(), source })?;
        write_atomically(path, &bytes).map_err(|source| ModelError::Write { path: path.into(), source })
    }

    fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let description = Description { config: self.config, card: self.card.clone() };
        let metadata = HashMap::from([(METADATA_KEY.to_owned(), serde_json::to_string(&description)?)]);
        let raw: Vec<(&String, &Weight, Vec<u8>)> = self
            .weights
            .0
            .iter()
            .map(|(name, weight)| (name, weight, weight.values.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let views = raw
            .iter()
            .map(|(name, weight, bytes)| Ok((name, TensorView::new(Dtype::F32, weight.shape.clone(), bytes)?)))
            .collect::<Result<Vec<_>, SafeTensorError>>()
            .map_err(io::Error::other)?;
        safetensors::serialize(views, Some(metadata)).map_err(io::Error::other)
    }
}

/// Writes beside the target, then renames, so that no half-written file is ever seen under its name.
fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
