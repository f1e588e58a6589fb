//! A network as a file: its configuration, its weights, and a card that says where it comes from.

use super::{
    card::Card,
    config::CrnnConfig,
    weights::{Weight, Weights, WeightsError},
};
use crate::formats::{FormatError, OutputFile, brief, read_file};
use safetensors::{Dtype, SafeTensorError, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The key of the file's metadata under which configuration and card lie as JSON. One key alone, so that
/// the same model always makes the same file.
const METADATA_KEY: &str = "spinodal";

/// The file of the model that ships with the program.
const BUILTIN: &[u8] = include_bytes!("../../models/standard.safetensors");

/// Why a model cannot be read or written.
#[derive(Debug, Error)]
pub enum ModelError {
    #[error(transparent)]
    File(#[from] FormatError),
    #[error("{} is not a usable model: {}", .path.display(), brief(reason))]
    Unusable { path: PathBuf, reason: ModelFault },
    #[error("the model was not saved to {}: {reason}", .path.display())]
    Unsaved { path: PathBuf, reason: ModelFault },
}

/// What is wrong with a model or its file.
#[derive(Debug, Error)]
pub enum ModelFault {
    #[error("it is no .safetensors file, or a damaged one ({0})")]
    Safetensors(#[from] SafeTensorError),
    #[error("it was not written by Spinodal, for its metadata lack “{METADATA_KEY}”")]
    NoDescription,
    #[error("its description cannot be understood ({0})")]
    Description(#[from] serde_json::Error),
    #[error("the tensor {name} holds {found:?} where F32 is needed")]
    NotF32 { name: String, found: Dtype },
    #[error(transparent)]
    Weights(#[from] WeightsError),
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
    /// Never, unless the program was built with a file that is no model.
    pub fn builtin() -> Result<Self, ModelError> {
        Self::from_bytes(BUILTIN).map_err(|reason| ModelError::Unusable { path: "(the built-in model)".into(), reason })
    }

    /// Reads a `.safetensors` file that [`Model::save`] wrote.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, lacks its description, or when a tensor is missing, of
    /// another shape or type, not finite, or not part of the network.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ModelError> {
        let path = path.as_ref();
        let bytes = read_file(path).map_err(|source| FormatError::Read { path: path.into(), source })?;
        Self::from_bytes(&bytes).map_err(|reason| ModelError::Unusable { path: path.into(), reason })
    }

    /// Writes a `.safetensors` file whose metadata hold configuration and card as JSON. The file appears
    /// whole or not at all.
    ///
    /// # Errors
    /// When the weights do not fit the configuration or are not finite, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        self.write(OutputFile::create(path.as_ref())?).map(drop)
    }

    /// [`Model::save`] into a file that was begun, which is finished. Gives its path.
    ///
    /// # Errors
    /// As there.
    pub fn write(&self, mut file: OutputFile) -> Result<PathBuf, ModelError> {
        let path = file.path().to_owned();
        let bytes = self.to_bytes().map_err(|reason| ModelError::Unsaved { path: path.clone(), reason })?;
        file.write_all(&bytes).map_err(|source| FormatError::Write { path, source })?;
        Ok(file.finish()?)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, ModelFault> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let text = header.metadata().as_ref().and_then(|entries| entries.get(METADATA_KEY));
        let Description { config, card } = serde_json::from_str(text.ok_or(ModelFault::NoDescription)?)?;

        let mut weights = BTreeMap::new();
        for (name, view) in SafeTensors::deserialize(bytes)?.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(ModelFault::NotF32 { name: name.into(), found: view.dtype() });
            }
            let values = view.data().as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
            weights.insert(name.to_owned(), Weight { shape: view.shape().to_vec(), values });
        }
        let weights = Weights(weights);
        weights.validate(&config)?;
        Ok(Self { config, weights, card })
    }

    fn to_bytes(&self) -> Result<Vec<u8>, ModelFault> {
        self.weights.validate(&self.config)?;
        let description = Description { config: self.config, card: self.card.clone() };
        let metadata = HashMap::from([(METADATA_KEY.to_owned(), serde_json::to_string(&description)?)]);
        let little_endian = |weight: &Weight| weight.values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let raw: Vec<_> = self.weights.0.values().map(little_endian).collect();
        let views = (self.weights.0.iter().zip(&raw))
            .map(|((name, weight), bytes)| Ok((name, TensorView::new(Dtype::F32, weight.shape.clone(), bytes)?)))
            .collect::<Result<Vec<_>, SafeTensorError>>()?;
        Ok(safetensors::serialize(views, Some(metadata))?)
    }
}
