//! The part of Python's pickle that `torch.save` of a state dict writes, and nothing else.
//!
//! A pickle is a program for a small stack machine; its harm is in calling any Python function it names.
//! Here no name is ever looked up: three are known (an ordered dictionary, and the two that describe a
//! tensor), and a file that names another is refused.

mod machine;
mod value;

use machine::Machine;
use std::{collections::BTreeMap, rc::Rc};
use thiserror::Error;
use value::Value;

/// Why a pickle is refused.
#[derive(Debug, Error, PartialEq)]
pub enum PickleError {
    #[error("its description of the tensors ends too early")]
    Truncated,
    #[error("its description of the tensors is {0} bytes long, far more than a network of this kind needs")]
    TooLong(usize),
    #[error("its description of the tensors uses the instruction {0:#04x}, which no state dict needs")]
    Instruction(u8),
    #[error("it asks to call “{0}”, which no state dict needs; nothing of it was run")]
    Call(String),
    #[error("its description of the tensors is damaged")]
    Damaged,
}

/// Where the values of one tensor lie.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredTensor {
    /// Name of the storage, a file of the archive's `data` folder.
    pub storage: Rc<str>,
    /// Its type, e.g. `torch FloatStorage`.
    pub kind: Rc<str>,
    /// Element of the storage that is the tensor's first.
    pub offset: usize,
    pub shape: Vec<usize>,
    /// Elements from one index to the next along each axis.
    pub strides: Vec<usize>,
}

/// The tensors of a state dict by name.
pub type StateDict = BTreeMap<String, StoredTensor>;

/// Most bytes of a pickle; CRANE's has 4 kB. What the machine holds grows with it.
const LONGEST: usize = 1 << 20;

/// Reads the tensors that a pickled state dict describes.
///
/// # Errors
/// When it is damaged, or does more than describe tensors.
pub fn read_state_dict(pickle: &[u8]) -> Result<StateDict, PickleError> {
    if pickle.len() > LONGEST {
        return Err(PickleError::TooLong(pickle.len()));
    }
    match Machine::new(pickle).run()? {
        Value::Dict(tensors) => Ok(tensors.take()),
        _ => Err(PickleError::Damaged),
    }
}
