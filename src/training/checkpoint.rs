//! The state of a training as a file: vectors as tensors, numbers in the metadata, and a checksum of both.

use super::{optimizer::Memory, state::State};
use crate::formats::{Exact, FormatError, OutputFile, brief, checksum_of_parts, open_file, read_file};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    io::{self, BufReader, Read, Write},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a checkpoint could not be read or written.
#[derive(Debug, Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("{path} is not a checkpoint of a training: {}", brief(message), path = .path.display())]
    Unusable { path: PathBuf, message: String },
}

/// The point from which a run continues.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// The training.
    pub state: State,
    /// How long it took so far.
    pub seconds: f64,
    /// What tells its run from others. Empty where nothing does.
    pub run: String,
}

/// The numbers of a [`Checkpoint`].
#[derive(Serialize, Deserialize)]
struct Counters {
    step: usize,
    walk: u64,
    updates: u64,
    best: Option<Exact>,
    seconds: Exact,
    #[serde(default)]
    run: String,
}

/// The part of a safetensors header that is read here.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "__metadata__", default)]
    metadata: HashMap<String, String>,
}

/// What the metadata holds.
struct Noted {
    /// The checksum; files of earlier versions have none.
    sum: Option<String>,
    /// [`Counters`] in JSON.
    counters: String,
}

impl Noted {
    /// Reads it from the header of the file at `path`, which `bytes` must contain in full: its length as a u64, and
    /// JSON.
    fn find(path: &Path, bytes: &[u8]) -> Result<Self, CheckpointError> {
        let wrong = |message: String| CheckpointError::Unusable { path: path.to_owned(), message };
        let header = bytes.split_first_chunk().and_then(|(length, rest)| {
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            rest.get(..length)
        });
        let header = header.ok_or_else(|| wrong("its header is cut off".to_owned()))?;
        let header: Header = serde_json::from_slice(header).map_err(|e| wrong(e.to_string()))?;
        let text = header.metadata.get(METADATA_KEY).ok_or_else(|| wrong("it holds weights only".to_owned()))?;
        let (sum, counters) = text.split_once('\n').map_or((None, &**text), |(sum, counters)| (Some(sum), counters));
        Ok(Self { sum: sum.map(ToOwned::to_owned), counters: counters.to_owned() })
    }

    fn counters(&self, path: &Path) -> Result<Counters, CheckpointError> {
        let wrong = |message| CheckpointError::Unusable { path: path.to_owned(), message };
        serde_json::from_str(&self.counters).map_err(|e| wrong(e.to_string()))
    }
}

/// Longest header that is read; those written here are far shorter.
const LONGEST_HEADER: u64 = 1 << 20;

/// Key in the metadata of two lines: the checksum, and [`Counters`] in JSON.
const METADATA_KEY: &str = "spinodal_training";

/// Writes a checkpoint into a file that was begun, and finishes it.
///
/// # Errors
/// When the disk is full.
pub fn write_checkpoint(checkpoint: &Checkpoint, mut file: OutputFile) -> Result<(), CheckpointError> {
    let path = file.path().to_owned();
    let wrong = |message| CheckpointError::Unusable { path: path.clone(), message };
    let Checkpoint { state, seconds, run } = checkpoint;
    let counters = Counters {
        step: state.step,
        walk: state.walk,
        updates: state.memory.updates,
        best: state.best.map(Exact),
        seconds: Exact(*seconds),
        run: run.clone(),
    };
    let counters = serde_json::to_string(&counters).map_err(|e| wrong(e.to_string()))?;
    let vectors = [
        ("weights", &state.weights),
        ("average", &state.average),
        ("optimizer.first", &state.memory.first),
        ("optimizer.second", &state.memory.second),
        ("optimizer.correlations", &state.memory.correlations),
        ("optimizer.bases", &state.memory.bases),
    ];
    let vectors = vectors.map(|(name, values)| (name, bytemuck::cast_slice(values)));
    let failed = |source| FormatError::Write { path: path.clone(), source };
    let sum = sum_of(&counters, vectors.map(|(_, bytes)| bytes)).map_err(failed)?;
    let views = vectors
        .map(|(name, bytes)| {
            TensorView::new(Dtype::F32, vec![bytes.len() / size_of::<f32>()], bytes).map(|view| (name, view))
        })
        .into_iter()
        .collect::<Result<Vec<_>, _>>();
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), format!("{sum}\n{counters}"))]);
    let bytes =
        views.and_then(|views| safetensors::serialize(views, Some(metadata))).map_err(|e| wrong(e.to_string()))?;
    file.write_all(&bytes).map_err(failed)?;
    file.finish()?;
    Ok(())
}

/// The progress of a run as its checkpoint records it: optimiser steps made, and the smallest validation error so far.
/// Reads only the header.
///
/// # Errors
/// When the file is not a checkpoint.
pub fn read_progress(path: &Path) -> Result<(usize, Option<f64>), CheckpointError> {
    let unreadable = |source| FormatError::Read { path: path.to_owned(), source };
    let mut file = BufReader::new(open_file(path).map_err(unreadable)?);
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(unreadable)?;
    let mut heading = length.to_vec();
    // A longer header is found to be cut off.
    file.take(u64::from_le_bytes(length).min(LONGEST_HEADER)).read_to_end(&mut heading).map_err(unreadable)?;
    let counters = Noted::find(path, &heading)?.counters(path)?;
    Ok((counters.step, counters.best.map(|Exact(best)| best)))
}

/// Reads what [`write_checkpoint`] has written.
///
/// # Errors
/// When the file is not a checkpoint, or damaged.
pub fn read_checkpoint(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let wrong = |message: String| CheckpointError::Unusable { path: path.to_owned(), message };
    let failed = |source| FormatError::Read { path: path.to_owned(), source };
    let bytes = read_file(path).map_err(failed)?;
    let noted = Noted::find(path, &bytes)?;
    let counters = noted.counters(path)?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
    let mut summed = Vec::new();
    let mut vector = |name: &str| -> Result<Vec<f32>, CheckpointError> {
        let view = tensors.tensor(name).map_err(|e| wrong(e.to_string()))?;
        summed.push(view.data());
        let values: Vec<_> = view.data().as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        let is_vector = view.dtype() == Dtype::F32 && view.shape() == [values.len()];
        match is_vector && values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(wrong(format!("its {name} are not a vector of finite f32 numbers"))),
        }
    };
    let state = State {
        weights: vector("weights")?,
        average: vector("average")?,
        memory: Memory {
            first: vector("optimizer.first")?,
            second: vector("optimizer.second")?,
            correlations: vector("optimizer.correlations")?,
            bases: vector("optimizer.bases")?,
            updates: counters.updates,
        },
        step: counters.step,
        walk: counters.walk,
        best: counters.best.map(|Exact(best)| best),
    };
    let sum = sum_of(&noted.counters, summed).map_err(failed)?;
    if noted.sum.is_some_and(|noted| noted != sum) {
        let cure = "begin another run from the last.safetensors beside it with --start";
        return Err(wrong(format!("its checksum does not match what it holds; {cure}")));
    }
    let length = state.weights.len();
    if [&state.average, &state.memory.first, &state.memory.second].iter().any(|vector| vector.len() != length) {
        return Err(wrong("its vectors differ in length".to_owned()));
    }
    Ok(Checkpoint { state, seconds: counters.seconds.0, run: counters.run })
}

/// The checksum of the numbers and the vectors, in the order in which they are written and read.
fn sum_of<'a>(counters: &'a str, vectors: impl IntoIterator<Item = &'a [u8]>) -> io::Result<String> {
    checksum_of_parts([counters.as_bytes()].into_iter().chain(vectors))
}
