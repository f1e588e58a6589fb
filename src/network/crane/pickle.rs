//! The part of Python's pickle that `torch.save` of a state dict writes, and nothing else.
//!
//! A pickle is a program for a small stack machine; its harm is in calling any Python function it names.
//! Here no name is ever looked up: three are known (an ordered dictionary, and the two that describe a
//! tensor), and a file that names another is refused.

use std::{cell::RefCell, collections::BTreeMap, collections::HashMap, rc::Rc};
use thiserror::Error;

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

/// Deepest nesting of tuples; a state dict needs three.
const DEEPEST: usize = 8;

/// Most axes of a tensor; a kernel has five.
const MOST_AXES: usize = 8;

#[derive(Clone)]
enum Value {
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
    fn tuple(items: Vec<Self>) -> Result<Self, PickleError> {
        let depth = |value: &Self| if let Self::Tuple(_, depth) = value { *depth } else { 0 };
        match 1 + items.iter().map(depth).max().unwrap_or(0) {
            depth if depth <= DEEPEST => Ok(Self::Tuple(items.into(), depth)),
            _ => Err(PickleError::Damaged),
        }
    }

    fn items(&self) -> Result<&[Self], PickleError> {
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

/// Reads the tensors that a pickled state dict describes.
///
/// # Errors
/// When it is damaged, or does more than describe tensors.
pub fn read_state_dict(pickle: &[u8]) -> Result<StateDict, PickleError> {
    if pickle.len() > LONGEST {
        return Err(PickleError::TooLong(pickle.len()));
    }
    let mut machine = Machine { bytes: pickle, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
    while machine.execute()? {}
    match machine.pop()? {
        Value::Dict(tensors) => Ok(tensors.take()),
        _ => Err(PickleError::Damaged),
    }
}

struct Machine<'a> {
    /// What is still to be read.
    bytes: &'a [u8],
    stack: Vec<Value>,
    /// Heights of the stack to which the next tuple or group of items reaches down.
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
}

impl Machine<'_> {
    /// Executes one instruction; false at the last.
    fn execute(&mut self) -> Result<bool, PickleError> {
        match self.byte()? {
            // PROTO and its version.
            0x80 => drop(self.byte()?),
            b'.' => return Ok(false),
            b'(' => self.marks.push(self.stack.len()),
            b'N' | 0x88 | 0x89 => self.stack.push(Value::Other),
            b'K' => {
                let [value] = self.array()?;
                self.stack.push(Value::Integer(value.into()));
            }
            b'M' => {
                let value = u16::from_le_bytes(self.array()?);
                self.stack.push(Value::Integer(value.into()));
            }
            b'J' => {
                let value = i32::from_le_bytes(self.array()?);
                self.stack.push(Value::Integer(value.into()));
            }
            b'X' => {
                let length = u32::from_le_bytes(self.array()?);
                let text = str::from_utf8(self.take(length as usize)?).map_err(|_| PickleError::Damaged)?;
                let text = text.into();
                self.stack.push(Value::Text(text));
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.stack.push(Value::Global(format!("{module} {name}").into()));
            }
            b'q' => {
                let [key] = self.array()?;
                self.remember(key.into())?;
            }
            b'r' => {
                let key = u32::from_le_bytes(self.array()?);
                self.remember(key)?;
            }
            b'h' => {
                let [key] = self.array()?;
                self.recall(key.into())?;
            }
            b'j' => {
                let key = u32::from_le_bytes(self.array()?);
                self.recall(key)?;
            }
            b')' => self.push_tuple(0)?,
            0x85 => self.push_tuple(1)?,
            0x86 => self.push_tuple(2)?,
            0x87 => self.push_tuple(3)?,
            b't' => {
                let items = self.pop_marked()?;
                self.stack.push(Value::tuple(items)?);
            }
            b'}' => self.stack.push(Value::Dict(Rc::default())),
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.insert(&[key, value])?;
            }
            b'u' => {
                let items = self.pop_marked()?;
                self.insert(&items)?;
            }
            b'Q' => {
                let id = self.pop()?;
                self.stack.push(storage(&id)?);
            }
            b'R' => {
                let (arguments, function) = (self.pop()?, self.pop()?);
                self.stack.push(call(&function, &arguments)?);
            }
            // BUILD attaches attributes (PyTorch's version numbers): of no use here.
            b'b' => drop(self.pop()?),
            other => return Err(PickleError::Instruction(other)),
        }
        Ok(true)
    }

    fn take(&mut self, length: usize) -> Result<&[u8], PickleError> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(PickleError::Truncated)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PickleError> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(PickleError::Truncated)?;
        self.bytes = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, PickleError> {
        self.array().map(|[byte]| byte)
    }

    /// Text up to the next newline.
    fn line(&mut self) -> Result<String, PickleError> {
        let length = self.bytes.iter().position(|&b| b == b'\n').ok_or(PickleError::Truncated)?;
        let line = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.byte()?;
        Ok(line)
    }

    fn pop(&mut self) -> Result<Value, PickleError> {
        self.stack.pop().ok_or(PickleError::Damaged)
    }

    fn pop_marked(&mut self) -> Result<Vec<Value>, PickleError> {
        match self.marks.pop() {
            Some(height) if height <= self.stack.len() => Ok(self.stack.split_off(height)),
            _ => Err(PickleError::Damaged),
        }
    }

    fn push_tuple(&mut self, length: usize) -> Result<(), PickleError> {
        let height = self.stack.len().checked_sub(length).ok_or(PickleError::Damaged)?;
        let items = self.stack.split_off(height);
        self.stack.push(Value::tuple(items)?);
        Ok(())
    }

    fn remember(&mut self, key: u32) -> Result<(), PickleError> {
        let top = self.stack.last().cloned().ok_or(PickleError::Damaged)?;
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, key: u32) -> Result<(), PickleError> {
        let value = self.memo.get(&key).cloned().ok_or(PickleError::Damaged)?;
        self.stack.push(value);
        Ok(())
    }

    /// Puts alternating keys and values into the dictionary on top of the stack.
    fn insert(&mut self, items: &[Value]) -> Result<(), PickleError> {
        let Some(Value::Dict(dict)) = self.stack.last() else { return Err(PickleError::Damaged) };
        for pair in items.chunks(2) {
            match pair {
                [Value::Text(key), Value::Tensor(tensor)] => {
                    dict.borrow_mut().insert(key.to_string(), StoredTensor::clone(tensor));
                }
                [_, _] => {}
                _ => return Err(PickleError::Damaged),
            }
        }
        Ok(())
    }
}

/// What PyTorch's persistent id `('storage', type, name, device, length)` refers to.
fn storage(id: &Value) -> Result<Value, PickleError> {
    match id.items()? {
        [Value::Text(tag), Value::Global(kind), Value::Text(name), ..] if &**tag == "storage" => {
            Ok(Value::Storage { kind: kind.clone(), name: name.clone() })
        }
        _ => Err(PickleError::Damaged),
    }
}

/// What a call of one of the known functions describes.
fn call(function: &Value, arguments: &Value) -> Result<Value, PickleError> {
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
