//! One configuration struct, three sources: a preset, then a file, then the command line.

use crate::{
    equation::ParameterError,
    formats::{FormatError, write_text},
    network,
};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::{Serialize, de::DeserializeOwned};
use std::{fs, marker::PhantomData, path::Path, path::PathBuf};
use thiserror::Error;

/// Why a configuration was refused.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {path}: {source}", path = .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("cannot write the configuration {path}: {source}", path = .path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("the configuration {path} is not understood: {message}", path = .path.display())]
    Parse { path: PathBuf, message: String },
    #[error("a command line option is not understood: {0}")]
    Option(#[from] clap::Error),
    #[error(transparent)]
    Equation(#[from] ParameterError),
    #[error(transparent)]
    Network(#[from] network::config::ConfigError),
    #[error("{name} {must}, but is {value}")]
    Value { name: &'static str, must: String, value: String },
}

impl ConfigError {
    /// The refusal of one value: "`name` `must`, but is `value`".
    pub fn value(name: &'static str, must: impl Into<String>, value: impl ToString) -> Self {
        Self::Value { name, must: must.into(), value: value.to_string() }
    }
}

/// The options of configuration `T` that were given on the command line, and only those.
///
/// Every field of `T` becomes an option that may be left out; [`Overrides::apply`] changes the fields that
/// were named and keeps the others as a preset or a file has set them. The help shows the defaults of `T`.
#[derive(Debug, Clone)]
pub struct Overrides<T> {
    matches: ArgMatches,
    config: PhantomData<fn() -> T>,
}

impl<T: FromArgMatches> Overrides<T> {
    /// Writes the given options over `config`.
    ///
    /// # Errors
    /// When a value is not understood.
    pub fn apply(&self, config: &mut T) -> Result<(), ConfigError> {
        Ok(config.update_from_arg_matches(&self.matches)?)
    }
}

impl<T> Default for Overrides<T> {
    fn default() -> Self {
        Self { matches: ArgMatches::default(), config: PhantomData }
    }
}

impl<T> FromArgMatches for Overrides<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { matches: matches.clone(), config: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.matches = matches.clone();
        Ok(())
    }
}

impl<T: Args + Default + Serialize> Args for Overrides<T> {
    fn augment_args(command: Command) -> Command {
        let defaults = toml::Table::try_from(T::default()).unwrap_or_default();
        T::augment_args_for_update(command).mut_args(|arg| {
            let Some(default) = find(&defaults, arg.get_id().as_str()) else { return arg };
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            arg.help(format!("{help} [default: {}]", default.to_string().trim_matches('"'))).required(false)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The value of the field that an option is about: a field, a field of a part, or PART-FIELD where parts have fields of
/// the same name.
fn find<'a>(table: &'a toml::Table, option: &str) -> Option<&'a toml::Value> {
    let of_part = || table.values().filter_map(toml::Value::as_table).find_map(|part| part.get(option));
    let named = || option.split_once('-').and_then(|(part, field)| table.get(part)?.get(field));
    table.get(option).or_else(of_part).or_else(named)
}

/// Reads a configuration in TOML; fields that the file leaves out keep their defaults.
///
/// # Errors
/// When the file cannot be read, or holds a field that does not exist or a value of the wrong kind.
pub fn read_config<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    toml::from_str(&text)
        .map_err(|e| ConfigError::Parse { path: path.to_owned(), message: e.to_string().trim().replace('\n', " ") })
}

/// Writes a configuration as TOML, whole or not at all.
///
/// # Errors
/// When the file cannot be written.
pub fn write_config<T: Serialize>(config: &T, path: &Path) -> Result<(), ConfigError> {
    let write = |source| ConfigError::Write { path: path.to_owned(), source };
    let text = toml::to_string(config).map_err(|e| write(std::io::Error::other(e)))?;
    Ok(write_text(path, &text)?)
}
