//! Damage to a file that knows how the file is built.

use proptest::{
    collection::vec,
    prelude::{Arbitrary, Just, Strategy, any},
    prop_oneof,
    sample::{Index, select},
};
use std::{fmt, ops::Range};

/// A sound file, in parts that can be damaged one by one.
pub struct Sound {
    pub parts: Vec<Part>,
    /// Makes the file of the parts: what says how long they are is right then.
    pub join: fn(&[Part]) -> Vec<u8>,
}

/// A part of a file.
#[derive(Clone)]
pub struct Part {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Where one section of it ends and another begins.
    pub cuts: fn(&[u8]) -> Vec<usize>,
}

impl Sound {
    /// A file of one part.
    pub fn whole(bytes: impl Into<Vec<u8>>, cuts: fn(&[u8]) -> Vec<usize>) -> Self {
        let part = Part { name: String::new(), bytes: bytes.into(), cuts };
        Self { parts: vec![part], join: |parts| parts[0].bytes.clone() }
    }
}

/// Sections that are lines.
pub fn lines(bytes: &[u8]) -> Vec<usize> {
    behind(bytes, b"\n")
}

/// Sections that end with a punctuation mark, as those of JSON, XML and Python do.
pub fn marks(bytes: &[u8]) -> Vec<usize> {
    behind(bytes, b",:<>{}[]()\n")
}

/// Sections of N bytes.
pub fn every<const N: usize>(bytes: &[u8]) -> Vec<usize> {
    (N..bytes.len()).step_by(N).collect()
}

fn behind(bytes: &[u8], ends: &[u8]) -> Vec<usize> {
    (1..bytes.len()).filter(|&at| ends.contains(&bytes[at - 1])).collect()
}

/// What takes the place of a word or a number.
#[derive(Clone, Copy)]
pub struct Token(&'static [u8]);

const TOKENS: [Token; 32] = [
    Token(b""),
    Token(b"0"),
    Token(b"1"),
    Token(b"2"),
    Token(b"7"),
    Token(b"-1"),
    Token(b"65536"),
    Token(b"2147483648"),
    Token(b"4294967295"),
    Token(b"4294967296"),
    Token(b"9223372036854775807"),
    Token(b"9223372036854775808"),
    Token(b"18446744073709551615"),
    Token(b"99999999999999999999999999"),
    Token(b"nan"),
    Token(b"NaN"),
    Token(b"-inf"),
    Token(b"1e400"),
    Token(b"-1e39"),
    Token(b"1e-400"),
    Token(b"0.5"),
    Token(b"null"),
    Token(b"true"),
    Token(b"[[[]]]"),
    Token(b"((5,),)"),
    Token(b"\x1b[31m"),
    Token(b"\x00"),
    Token(b"\r\n"),
    Token(b"\xff\xfe"),
    Token("\u{85}\u{2028}٣".as_bytes()),
    Token(&[b'9'; 400]),
    Token(&[b'x'; 5000]),
];

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes) = self;
        write!(f, "{} bytes, \"{}\"", bytes.len(), bytes[..bytes.len().min(30)].escape_ascii())
    }
}

/// A change to some bytes.
#[derive(Debug, Clone)]
pub enum Edit {
    Cut(Index),
    Flip(Index, u8),
    /// A number of 1, 2, 4 or 8 bytes, the least significant one first or last.
    Integer(Index, u64, u8, bool),
    Number(Index, Token),
    Word(Index, Token),
    Insert(Index, Token),
    /// Opening brackets.
    Nest(Index, u8, usize),
    Remove(Index),
    Repeat(Index),
    Swap(Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let token = || select(TOKENS.to_vec());
    let integer = select(vec![0, 1, 0xff, 0xffff, 1 << 31, u64::from(u32::MAX), 1 << 32, 1 << 63, u64::MAX]);
    prop_oneof![
        2 => at().prop_map(Edit::Cut),
        4 => (at(), 1_u8..).prop_map(|(at, mask)| Edit::Flip(at, mask)),
        4 => (at(), integer, 0_u8..4, any::<bool>()).prop_map(|(at, value, size, big)| Edit::Integer(at, value, size, big)),
        6 => (at(), token()).prop_map(|(at, token)| Edit::Number(at, token)),
        4 => (at(), token()).prop_map(|(at, token)| Edit::Word(at, token)),
        1 => (at(), token()).prop_map(|(at, token)| Edit::Insert(at, token)),
        1 => (at(), select(b"([{<".to_vec()), 1_usize..20_000).prop_map(|(at, bracket, depth)| Edit::Nest(at, bracket, depth)),
        2 => at().prop_map(Edit::Remove),
        2 => at().prop_map(Edit::Repeat),
        2 => (at(), at()).prop_map(|(one, other)| Edit::Swap(one, other)),
    ]
}

impl Edit {
    fn apply(&self, bytes: &mut Vec<u8>, cuts: fn(&[u8]) -> Vec<usize>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        let splice = |bytes: &mut Vec<u8>, place: Range<usize>, token: &[u8]| {
            bytes.splice(place, token.iter().copied());
        };
        let section = |at: &Index, bytes: &[u8]| {
            let ends = [&[0][..], &cuts(bytes), &[length]].concat();
            let number = at.index(ends.len() - 1);
            ends[number]..ends[number + 1]
        };
        match self {
            Self::Cut(at) => bytes.truncate(at.index(length)),
            Self::Flip(at, mask) => bytes[at.index(length)] ^= mask,
            Self::Integer(at, value, size, big_endian) => {
                let (at, size) = (at.index(length), 1 << size);
                let encoded = if *big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
                let encoded = if *big_endian { &encoded[8 - size..] } else { &encoded[..size] };
                let size = size.min(length - at);
                bytes[at..at + size].copy_from_slice(&encoded[..size]);
            }
            Self::Number(at, Token(token)) => {
                let places = runs(bytes, |byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
                if !places.is_empty() {
                    splice(bytes, at.get(&places).clone(), token);
                }
            }
            Self::Word(at, Token(token)) => {
                let places = runs(bytes, |byte| byte.is_ascii_alphabetic() || byte == b'_');
                if !places.is_empty() {
                    splice(bytes, at.get(&places).clone(), token);
                }
            }
            Self::Insert(at, Token(token)) => splice(bytes, at.index(length)..at.index(length), token),
            Self::Nest(at, bracket, depth) => {
                splice(bytes, at.index(length)..at.index(length), &vec![*bracket; *depth])
            }
            Self::Remove(at) => {
                let section = section(at, bytes);
                splice(bytes, section, b"");
            }
            Self::Repeat(at) => {
                let section = section(at, bytes);
                let copy = bytes[section.clone()].to_vec();
                splice(bytes, section.end..section.end, &copy);
            }
            Self::Swap(one, other) => {
                let (one, other) = (section(one, bytes), section(other, bytes));
                let (first, second) = if one.start <= other.start { (one, other) } else { (other, one) };
                if first.end <= second.start {
                    let swapped =
                        [&bytes[second.clone()], &bytes[first.end..second.start], &bytes[first.clone()]].concat();
                    splice(bytes, first.start..second.end, &swapped);
                }
            }
        }
    }
}

/// Where bytes of a kind follow each other.
fn runs(bytes: &[u8], is_part: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let is_part = |at: usize| bytes.get(at).is_some_and(|&byte| is_part(byte));
    let starts = (0..bytes.len()).filter(|&at| is_part(at) && (at == 0 || !is_part(at - 1)));
    starts.map(|start| start..(start..).find(|&at| !is_part(at)).unwrap_or(bytes.len())).collect()
}

/// Damage to one of several files: to its parts, and then to the whole.
#[derive(Debug, Clone)]
pub struct Damage {
    file: Index,
    inner: Vec<(Index, Edit)>,
    outer: Vec<Edit>,
}

/// Any damage. Half of it leaves the whole as it is made of the parts, which a reader must look into.
pub fn damage() -> impl Strategy<Value = Damage> {
    let inner = vec((Index::arbitrary(), edit()), 0..4);
    let outer = prop_oneof![Just(Vec::new()), vec(edit(), 1..3)];
    (any::<Index>(), inner, outer).prop_map(|(file, inner, outer)| Damage { file, inner, outer })
}

impl Damage {
    /// The number of the file that is damaged, and what is left of it.
    pub fn of(&self, files: &[Sound]) -> (usize, Vec<u8>) {
        let number = self.file.index(files.len());
        let mut parts = files[number].parts.clone();
        for (part, edit) in &self.inner {
            let part = &mut parts[part.index(files[number].parts.len())];
            edit.apply(&mut part.bytes, part.cuts);
        }
        let mut bytes = (files[number].join)(&parts);
        self.outer.iter().for_each(|edit| edit.apply(&mut bytes, marks));
        (number, bytes)
    }
}
