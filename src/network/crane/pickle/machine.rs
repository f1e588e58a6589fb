//! The stack machine: its instructions, and what it reads.

use super::{
    PickleError, StoredTensor,
    value::{Value, call, storage},
};
use std::{collections::HashMap, rc::Rc};

/// A pickle while it is executed.
pub struct Machine<'a> {
    /// What is still to be read.
    bytes: &'a [u8],
    stack: Vec<Value>,
    /// Heights of the stack to which the next tuple or group of items reaches down.
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
}

impl<'a> Machine<'a> {
    /// Before the first instruction.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() }
    }

    /// Executes all instructions; what lies on top of the stack in the end is the object.
    pub fn run(mut self) -> Result<Value, PickleError> {
        while self.execute()? {}
        self.pop()
    }

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
