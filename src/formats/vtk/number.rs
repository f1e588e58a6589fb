//! Types of numbers in VTK's files, and how they are written.

/// Kinds of numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    Float,
    Int,
    UInt,
}

/// A type of numbers.
#[derive(Clone, Copy)]
pub struct Number {
    pub kind: NumberKind,
    /// How many each takes in binary.
    pub bytes: usize,
}

impl Number {
    /// The type that VTK calls so.
    pub fn named(name: &str) -> Result<Self, String> {
        let (kind, bits) = match name {
            "Float32" | "Float64" => (NumberKind::Float, &name[5..]),
            "Int8" | "Int16" | "Int32" | "Int64" => (NumberKind::Int, &name[3..]),
            "UInt8" | "UInt16" | "UInt32" | "UInt64" => (NumberKind::UInt, &name[4..]),
            other => return Err(format!("its values are of type {other}, but real numbers or integers are needed")),
        };
        Ok(Self { kind, bytes: bits.parse::<usize>().map_err(|error| error.to_string())? / 8 })
    }

    /// The number that `bytes`, as many as it has, stand for.
    pub fn read(self, bytes: &[u8], big_endian: bool) -> f64 {
        let place = |(power, &byte): (usize, &u8)| u64::from(byte) << (8 * power);
        let bits: u64 = match big_endian {
            true => bytes.iter().rev().enumerate().map(place).sum(),
            false => bytes.iter().enumerate().map(place).sum(),
        };
        let unused = 64 - 8 * self.bytes as u32;
        match (self.kind, self.bytes) {
            (NumberKind::Float, 4) => f32::from_bits(bits as u32).into(),
            (NumberKind::Float, _) => f64::from_bits(bits),
            (NumberKind::Int, _) => ((bits << unused) as i64 >> unused) as f64,
            (NumberKind::UInt, _) => bits as f64,
        }
    }
}

/// The `count` numbers of a text.
pub fn ascii(text: &[u8], count: usize) -> Result<Vec<f64>, String> {
    let text = str::from_utf8(text).map_err(|_| "its values are not text")?;
    let numbers = text.split_ascii_whitespace().map(|number| {
        number
            .parse()
            .map_err(|_| format!("its value “{}” is not a number", number.chars().take(20).collect::<String>()))
    });
    let values: Vec<f64> = numbers.collect::<Result<_, _>>()?;
    let found = values.len();
    if found == count { Ok(values) } else { Err(format!("it has {count} nodes, but {found} values")) }
}
