//! States of evolutions as a `.safetensors` file: arrays as tensors `[values]`, numbers in the metadata.

use super::States;
use crate::{
    evolution::State,
    formats::{Exact, FormatError, OutputFile, read_file},
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    path::Path,
};

/// Key of [`Numbers`] in the metadata.
const METADATA_KEY: &str = "spinodal_states";

/// What is not an array, state by state; `None` for an evolution that was stopped.
#[derive(Serialize, Deserialize)]
struct Numbers(Vec<Option<OfState>>);

#[derive(Serialize, Deserialize)]
struct OfState {
    frame: usize,
    numbers: BTreeMap<String, Exact>,
}

/// Writes the states, whole or not at all.
///
/// # Errors
/// When the disk is full.
pub fn write(path: &Path, states: &[Option<State>]) -> Result<(), FormatError> {
    let unusable = |reason: String| FormatError::Unusable { path: path.to_owned(), kind: "state", reason };
    let numbers = |state: &State| OfState {
        frame: state.frame,
        numbers: state.numbers.iter().map(|(name, value)| (name.to_string(), Exact(*value))).collect(),
    };
    let numbers = Numbers(states.iter().map(|state| state.as_ref().map(numbers)).collect());
    let metadata = serde_json::to_string(&numbers).map_err(|error| unusable(error.to_string()))?;
    let named = |(index, state): (usize, &Option<State>)| {
        let arrays = state.iter().flat_map(|state| &state.arrays);
        arrays.map(|(name, values)| (format!("{index}.{name}"), values.clone())).collect::<Vec<_>>()
    };
    let arrays: Vec<_> = states.iter().enumerate().flat_map(named).collect();
    let views = arrays.iter().map(|(name, values)| {
        let bytes = bytemuck::cast_slice(values);
        TensorView::new(Dtype::F32, vec![values.len()], bytes).map(|view| (name, view))
    });
    let bytes = views
        .collect::<Result<Vec<_>, _>>()
        .and_then(|views| safetensors::serialize(views, Some(HashMap::from([(METADATA_KEY.to_owned(), metadata)]))))
        .map_err(|error| unusable(error.to_string()))?;
    let mut file = OutputFile::create(path)?;
    file.write_all(&bytes).map_err(|source| FormatError::Write { path: path.to_owned(), source })?;
    file.finish()
}

/// Reads what [`write`] has written.
///
/// # Errors
/// When the file cannot be read or is damaged.
pub fn read(path: &Path) -> Result<States, FormatError> {
    let unusable = |reason: String| FormatError::Unusable { path: path.to_owned(), kind: "state", reason };
    let bytes = read_file(path).map_err(|source| FormatError::Read { path: path.to_owned(), source })?;
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| unusable(error.to_string()))?;
    let metadata = header.metadata().as_ref().and_then(|entries| entries.get(METADATA_KEY));
    let metadata = metadata.ok_or_else(|| unusable("it holds no states".into()))?;
    let Numbers(numbers) = serde_json::from_str(metadata).map_err(|error| unusable(error.to_string()))?;
    let empty = |OfState { frame, numbers }: OfState| State {
        frame,
        numbers: numbers.into_iter().map(|(name, Exact(value))| (name.into(), value)).collect(),
        ..State::default()
    };
    let mut states: Vec<_> = numbers.into_iter().map(|state| state.map(empty)).collect();
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| unusable(error.to_string()))?;
    for (name, view) in tensors.iter() {
        let place = name.split_once('.').and_then(|(index, name)| Some((index.parse::<usize>().ok()?, name)));
        let state = place.and_then(|(index, name)| Some((states.get_mut(index)?.as_mut()?, name)));
        let (state, name) =
            state.filter(|_| view.dtype() == Dtype::F32).ok_or_else(|| unusable("it is damaged".into()))?;
        let values = view.data().as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        state.arrays.insert(name.to_owned().into(), values);
    }
    Ok(states)
}
