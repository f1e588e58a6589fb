//! What a pickle's stack machine computes with, and the three functions that it knows.

use super::{PickleError, StateDict, StoredTensor};
use std::{cell::RefCell, rc::Rc};

/// Deepest nesting of tuples; a state dict needs three.
const DEEPEST: usize = 8;

/// Most axes of a tensor; a kernel has five.
const MOST_AXES: usize = 8;

/// What lies on the stack.
#[derive(Clone)]
pub enum Value {
    /// Something that no tensor depends on.
    Other,
    Integer(i64),
    Text(Rc<str>),
    /// `module name`.
    Global(Rc<str>),
    /// Its items, and how deeply tuples are nested in it.
    Tuple(Rc<[Value]>, usize),
    /// A dictionary, of which only the tensors are kept.
    Dict(Rc<RefCell<StateDict>>),
    Storage {
        kind: Rc<str>,
        name: Rc<str>,
    },
    Tensor(Rc<StoredTensor>),
}

impl Value {
    /// A tuple, unless it is nested too deeply.
    pub fn tuple(items: Vec<Self>) -> Result<Self, PickleError> {
        let depth = |value: &Self| if let Self::Tuple(_, depth) = value { *depth } else { 0 };
        match 1 + items.iter().map(depth).max().unwrap_or(0) {
            depth if depth <= DEEPEST => Ok(Self::Tuple(items.into(), depth)),
            _ => Err(PickleError::Damaged),
        }
    }

    /// The items of a tuple.
    pub fn items(&self) -> Result<&[Self], PickleError> {
        if let Self::Tuple(items, _) = self { Ok(items) } else { Err(PickleError::Damaged) }
    }

    fn count(&self) -> Result<usize, PickleError> {
        match self {
            Self::Integer(count) => usize::try_from(*count).map_err(|_| PickleError::Damaged),
            _ => Err(PickleError::Damaged),
        }
    }

    /// One count per axis.
    fn counts(&self) -> Result<Vec<usize>, PickleError> {
        match self.items()? {
            items if items.len() <= MOST_AXES => items.iter().map(Self::count).collect(),
            _ => Err(PickleError::Damaged),
        }
    }
}

/// What PyTorch's persistent id `('storage', type, name, device, length)` refers to.
pub fn storage(id: &Value) -> Result<Value, PickleError> {
    match id.items()? {
        [Value::Text(tag), Value::Global(kind), Value::Text(name), ..] if &**tag == "storage" => {
            Ok(Value::Storage { kind: kind.clone(), name: name.clone() })
        }
        _ => Err(PickleError::Damaged),
    }
}

/// What a call of one of the known functions describes.
pub fn call(function: &Value, arguments: &Value) -> Result<Value, PickleError> {
    let Value::Global(name) = function else { return Err(PickleError::Damaged) };
    match (&**name, arguments.items()?) {
        ("collections OrderedDict", []) => Ok(Value::Dict(Rc::default())),
        ("torch._utils _rebuild_tensor_v2", [Value::Storage { kind, name }, offset, shape, strides, ..]) => {
            let (offset, shape, strides) = (offset.count()?, shape.counts()?, strides.counts()?);
            Ok(Value::Tensor(Rc::new(StoredTensor {
                storage: name.clone(),
                kind: kind.clone(),
                offset,
                shape,
                strides,
            })))
        }
        ("torch._utils _rebuild_parameter", [tensor @ Value::Tensor(_), ..]) => Ok(tensor.clone()),
        (known, _) if KNOWN.contains(&known) => Err(PickleError::Damaged),
        (other, _) => Err(PickleError::Call(other.replacen(' ', ".", 1))),
    }
}

const KNOWN: [&str; 3] =
    ["collections OrderedDict", "torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter"];
