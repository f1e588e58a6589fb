//! A number or an interval that can be set: its meaning, bounds and default.

use super::Span;
use std::{fmt::Display, str::FromStr};
use thiserror::Error;

/// Why a value of a setting is refused.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum SettingError {
    #[error("the {name} must be {kind}, but is “{text}”")]
    NotANumber { name: &'static str, kind: &'static str, text: String },
    #[error("the {name} must lie between {bounds}, but is {value}")]
    OutOfBounds { name: &'static str, bounds: String, value: String },
}

/// A number that can be set. Command line, panels and files take their bounds, defaults and words from the same one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting<T> {
    /// Its name in a sentence, without an article.
    pub name: &'static str,
    /// What it means, in a line.
    pub help: &'static str,
    /// Its unit; empty for a pure number.
    pub unit: &'static str,
    /// Smallest value.
    pub least: T,
    /// Largest value.
    pub most: T,
    /// Value unless another is given.
    pub default: T,
}

/// What settings are made of: numbers, and intervals that numbers are drawn from.
pub trait Number: Copy + PartialOrd + FromStr + Display + Send + Sync + 'static {
    /// What a text that is none should have been.
    const KIND: &str;

    /// As short as it can be written.
    fn short(self) -> String {
        self.to_string()
    }
}

impl Number for f64 {
    const KIND: &str = "a number";

    fn short(self) -> String {
        let size = self.abs();
        if size != 0.0 && !(1e-4..1e6).contains(&size) { format!("{self:e}") } else { self.to_string() }
    }
}

impl Number for f32 {
    const KIND: &str = "a number";
}

impl Number for Span {
    const KIND: &str = "an interval such as 4..16, or a number";

    fn short(self) -> String {
        let Self { from, to } = self;
        if from == to { from.short() } else { format!("{}..{}", from.short(), to.short()) }
    }
}

impl Number for u32 {
    const KIND: &str = "a whole number";
}

impl Number for usize {
    const KIND: &str = "a whole number";
}

impl<T: Number> Setting<T> {
    /// Gives a value within the bounds back.
    ///
    /// # Errors
    /// For any other value, with the bounds; not-a-number lies within none.
    pub fn check(&self, value: T) -> Result<T, SettingError> {
        match (self.least..=self.most).contains(&value) {
            true => Ok(value),
            false => Err(self.refusal(value.short())),
        }
    }

    /// Reads a value.
    ///
    /// # Errors
    /// When `text` is no number, or one out of bounds.
    pub fn parse(&self, text: &str) -> Result<T, SettingError> {
        let none = |_| SettingError::NotANumber { name: self.name, kind: T::KIND, text: text.to_owned() };
        self.check(text.trim().parse().map_err(none)?)
    }

    /// [`Setting::parse`] as a command line option wants it.
    pub fn parser(self) -> impl Fn(&str) -> Result<T, SettingError> + Clone + Send + Sync + 'static {
        move |text| self.parse(text)
    }

    /// The same setting with a lower upper bound, where one follows from other settings.
    pub fn at_most(self, most: T) -> Self {
        if most < self.most { Self { most, ..self } } else { self }
    }

    /// What it means, and its bounds.
    pub fn about(&self) -> String {
        format!("{} [{} to {}{}]", self.help, self.least.short(), self.most.short(), self.counted())
    }

    /// The same with the default; `unless` names what may take its place.
    pub fn about_with_default(&self, unless: &str) -> String {
        format!("{} [default: {}{unless}]", self.about(), self.default.short())
    }

    fn counted(&self) -> String {
        if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) }
    }

    fn refusal(&self, value: String) -> SettingError {
        let bounds = format!("{} and {}{}", self.least.short(), self.most.short(), self.counted());
        SettingError::OutOfBounds { name: self.name, bounds, value }
    }
}
