//! States of evolutions as a `.safetensors` file: arrays as tensors `[values]`, numbers in the metadata, and a checksum
//! of all that with the run.

use super::States;
use crate::{
    evolution::State,
    formats::{Exact, FormatError, OutputFile, checksum_of_parts, read_file},
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
    path::Path,
};

/// Key in the metadata of two lines: [`sum_of`] all, and [`Numbers`] in JSON. One key, since several have no order.
const METADATA_KEY: &str = "spinodal_states";

/// What is not an array, state by state; `None` for an evolution that was stopped.
#[derive(Serialize, Deserialize)]
struct Numbers(Vec<Option<OfState>>);

#[derive(Serialize, Deserialize)]
struct OfState {
    frame: usize,
    numbers: BTreeMap<String, Exact>,
}

/// Values by their names, as bytes.
type Arrays<'a> = BTreeMap<String, &'a [u8]>;

/// Writes the states of a run (see [`Layout::run`](super::Layout::run)), whole or not at all.
///
/// # Errors
/// When the disk is full.
pub fn write(path: &Path, run: &str, states: &[Option<State>]) -> Result<(), FormatError> {
    let unusable = |reason: String| FormatError::Unusable { path: path.to_owned(), kind: "state", reason };
    let failed = |source| FormatError::Write { path: path.to_owned(), source };
    let numbers = |state: &State| OfState {
        frame: state.frame,
        numbers: state.numbers.iter().map(|(name, value)| (name.to_string(), Exact(*value))).collect(),
    };
    let numbers = Numbers(states.iter().map(|state| state.as_ref().map(numbers)).collect());
    let numbers = serde_json::to_string(&numbers).map_err(|error| unusable(error.to_string()))?;
    let each = states.iter().enumerate().filter_map(|(index, state)| Some((index, state.as_ref()?)));
    let named = each.flat_map(|(index, state)| state.arrays.iter().map(move |(name, values)| (index, name, values)));
    let named = named.map(|(index, name, values)| (format!("{index}.{name}"), bytemuck::cast_slice(values)));
    let arrays: Arrays = named.collect();
    let views = arrays.iter().map(|(name, bytes)| {
        TensorView::new(Dtype::F32, vec![bytes.len() / size_of::<f32>()], bytes).map(|view| (name, view))
    });
    let sum = sum_of(run, &numbers, &arrays).map_err(failed)?;
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), format!("{sum}\n{numbers}"))]);
    let bytes = views
        .collect::<Result<Vec<_>, _>>()
        .and_then(|views| safetensors::serialize(views, Some(metadata)))
        .map_err(|error| unusable(error.to_string()))?;
    let mut file = OutputFile::create(path)?;
    file.write_all(&bytes).map_err(failed)?;
    file.finish().map(drop)
}

/// Reads what [`write`] has written.
///
/// # Errors
/// When the file cannot be read, is damaged, or is another run's.
pub fn read(path: &Path, run: &str) -> Result<States, FormatError> {
    let unusable = |reason: String| FormatError::Unusable { path: path.to_owned(), kind: "state", reason };
    let failed = |source| FormatError::Read { path: path.to_owned(), source };
    let bytes = read_file(path).map_err(failed)?;
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| unusable(error.to_string()))?;
    let metadata = header.metadata().as_ref().and_then(|entries| entries.get(METADATA_KEY));
    let metadata = metadata.ok_or_else(|| unusable("it holds no states".into()))?;
    // Recordings of runs that nothing tells apart have had no sum.
    let (sum, numbers) = metadata.split_once('\n').map_or((None, &**metadata), |(sum, numbers)| (Some(sum), numbers));
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| unusable(error.to_string()))?;
    let arrays: Arrays = tensors.iter().map(|(name, view)| (name.to_owned(), view.data())).collect();
    let expected = sum_of(run, numbers, &arrays).map_err(failed)?;
    if !sum.map_or(run.is_empty(), |sum| sum == expected) {
        return Err(unusable("its checksum does not match this run: remove it to resume from earlier states".into()));
    }
    let Numbers(numbers) = serde_json::from_str(numbers).map_err(|error| unusable(error.to_string()))?;
    let empty = |OfState { frame, numbers }: OfState| State {
        frame,
        numbers: numbers.into_iter().map(|(name, Exact(value))| (name.into(), value)).collect(),
        ..State::default()
    };
    let mut states: Vec<_> = numbers.into_iter().map(|state| state.map(empty)).collect();
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

/// The checksum of the run, of what is not an array, and of the arrays by their names.
fn sum_of(run: &str, numbers: &str, arrays: &Arrays) -> io::Result<String> {
    let named = arrays.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]);
    checksum_of_parts([run.as_bytes(), numbers.as_bytes()].into_iter().chain(named))
}
