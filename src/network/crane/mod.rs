//! Reading checkpoints of CRANE, the paper's own network: a PyTorch state dict in a `.pt` file, for fields of
//! the concentration c ∈ [0, 1].

mod checkpoint;
mod pickle;

pub use checkpoint::CheckpointError;
pub use pickle::PickleError;

use super::{
    card::Card,
    config::{CrnnConfig, Output},
    model::Model,
    weights::{Weight, Weights, WeightsError},
};
use crate::formats::{FormatError, brief, open_file};
use std::{
    collections::BTreeMap,
    io::BufReader,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a file cannot be imported.
#[derive(Debug, Error)]
pub enum CraneError {
    #[error(transparent)]
    File(#[from] FormatError),
    #[error("{} is not a PyTorch checkpoint that can be read: {}", .path.display(), brief(reason))]
    Checkpoint { path: PathBuf, reason: CheckpointError },
    #[error("{} is not a checkpoint of CRANE’s network: {}", .path.display(), brief(reason))]
    Network { path: PathBuf, reason: WeightsError },
}

/// Reads a checkpoint of CRANE as a model that takes and gives φ = 2c − 1, exactly.
///
/// # Errors
/// When the file is no readable PyTorch checkpoint, or its tensors are not those of the network. Nothing in
/// the file is ever executed.
pub fn import(path: impl AsRef<Path>) -> Result<Model, CraneError> {
    let path = path.as_ref();
    let file = open_file(path).map_err(|source| FormatError::Read { path: path.into(), source })?;
    let tensors = checkpoint::read(BufReader::new(file))
        .map_err(|reason| CraneError::Checkpoint { path: path.into(), reason })?;
    let (config, mut weights) = renamed(tensors).map_err(|reason| CraneError::Network { path: path.into(), reason })?;
    fold_concentration(&mut weights);
    let name = path.file_name().unwrap_or(path.as_os_str()).display();
    let card = Card { notes: format!("imported from CRANE's checkpoint {name}"), ..Card::default() };
    Ok(Model { config, weights, card })
}

/// The configuration that CRANE's tensors tell of, and the same tensors under our names.
fn renamed(mut tensors: BTreeMap<String, Weight>) -> Result<(CrnnConfig, Weights), WeightsError> {
    let layers = (0..).take_while(|l| tensors.contains_key(&format!("GRU_list.{l}.i2h.0.weight"))).count().max(1);
    let channels = tensors.get("toOut.0.bias").map_or(CrnnConfig::default().channels, |bias| bias.values.len());
    let config = CrnnConfig { channels, layers, output: Output::Central };
    config.validate()?;

    let mut weights = BTreeMap::new();
    for spec in config.weights() {
        let name = crane_name(&spec.name);
        let weight = tensors.remove(&name).ok_or_else(|| WeightsError::Missing(name.clone()))?;
        if weight.shape != spec.shape {
            return Err(WeightsError::Shape { name, expected: spec.shape, found: weight.shape });
        }
        if weight.values.iter().any(|v| !v.is_finite()) {
            return Err(WeightsError::NotFinite(name));
        }
        weights.insert(spec.name, weight);
    }
    match tensors.into_keys().next() {
        Some(extra) => Err(WeightsError::Extra(extra)),
        None => Ok((config, Weights(weights))),
    }
}

/// What CRANE calls the tensor `name`, e.g. `GRU_list.0.h2candidate.2.bias`.
fn crane_name(name: &str) -> String {
    const NAMES: [(&str, &str); 9] = [
        ("cells.", "GRU_list."),
        (".input.", ".i2h."),
        (".memory.", ".h2h."),
        (".candidate.", ".h2candidate."),
        (".spatial.", ".0."),
        (".pointwise.", ".2."),
        ("output.first.", "toOut.0."),
        ("output.second.", "toOut.2."),
        ("output.last.", "toOut.4."),
    ];
    NAMES.iter().fold(name.to_owned(), |name, (ours, theirs)| name.replace(ours, theirs))
}

/// Changes the variable from c to φ = 2c − 1. On its way in, W∗c + b = ½W∗φ + (b + ½ΣW); on its way out,
/// ∇·J is a change of c, and twice it one of φ.
fn fold_concentration(weights: &mut Weights) {
    let half_sums: Vec<f32> = match weights.0.get_mut("cells.0.input.spatial.weight") {
        Some(Weight { shape, values }) => {
            values.iter_mut().for_each(|w| *w *= 0.5);
            let kernel = shape.iter().skip(1).product::<usize>().max(1);
            values.chunks(kernel).map(|w| w.iter().map(|&w| f64::from(w)).sum::<f64>() as f32).collect()
        }
        None => Vec::new(),
    };
    if let Some(bias) = weights.0.get_mut("cells.0.input.spatial.bias") {
        bias.values.iter_mut().zip(half_sums).for_each(|(b, half_sum)| *b += half_sum);
    }
    for name in ["output.last.weight", "output.last.bias"] {
        if let Some(weight) = weights.0.get_mut(name) {
            weight.values.iter_mut().for_each(|w| *w *= 2.0);
        }
    }
}
