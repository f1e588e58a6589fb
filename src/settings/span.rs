//! Intervals as they are written in configurations: "4..16".

use rand::Rng;
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, str::FromStr};
use thiserror::Error;

/// Why a text is not an interval.
#[derive(Debug, Error, PartialEq)]
#[error("'{0}' is not an interval: write it as FROM..TO, for example 4..16, or as one number")]
pub struct SpanError(String);

/// An interval from `from` to `to`, both included. Written `4..16`, or `4` when both ends agree. As a
/// schedule it may fall: `49..1`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
pub struct Span {
    /// First end.
    pub from: f64,
    /// Second end.
    pub to: f64,
}

impl Span {
    /// The interval between two numbers.
    pub const fn new(from: f64, to: f64) -> Self {
        Self { from, to }
    }

    /// One number.
    pub const fn point(number: f64) -> Self {
        Self::new(number, number)
    }

    /// A number between the ends, drawn uniformly.
    pub fn draw(&self, rng: &mut impl Rng) -> f64 {
        self.at(rng.random())
    }

    /// A number between the ends, which must be above 0, as likely in each octave.
    pub fn draw_in_octaves(&self, rng: &mut impl Rng) -> f64 {
        self.at_in_octaves(rng.random())
    }

    /// The point a share `t` of the way from `from` (t ≤ 0) to `to` (t ≥ 1).
    pub fn at(&self, t: f64) -> f64 {
        self.from + t.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// The same in equal factors instead of equal differences; both ends must be above 0.
    pub fn at_in_octaves(&self, t: f64) -> f64 {
        if self.from == self.to { self.from } else { self.from * (self.to / self.from).powf(t.clamp(0.0, 1.0)) }
    }

    /// Both ends times a factor.
    pub fn scaled(&self, factor: f64) -> Self {
        Self::new(self.from * factor, self.to * factor)
    }

    /// Whether both ends lie in `low..=high`.
    pub fn within(&self, low: f64, high: f64) -> bool {
        [self.from, self.to].iter().all(|end| (low..=high).contains(end))
    }
}

/// One interval lies before another when both its ends do, so that `least..=most` contains those whose ends lie
/// between.
impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.from.partial_cmp(&other.from)?, self.to.partial_cmp(&other.to)?) {
            (Ordering::Equal, order) | (order, Ordering::Equal) => Some(order),
            (one, another) => (one == another).then_some(one),
        }
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let number = |part: &str| part.trim().parse().ok().filter(|v: &f64| !v.is_nan());
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        match (number(from), number(to)) {
            (Some(from), Some(to)) => Ok(Self { from, to }),
            _ => Err(SpanError(text.to_owned())),
        }
    }
}

/// An interval in a file: a text, or one bare number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(f64),
    Text(String),
}

impl TryFrom<Written> for Span {
    type Error = SpanError;

    fn try_from(written: Written) -> Result<Self, SpanError> {
        match written {
            Written::Number(number) => Ok(Self::point(number)),
            Written::Text(text) => text.parse(),
        }
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}..{}", self.from, self.to) }
    }
}
