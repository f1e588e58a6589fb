//! One configuration struct, three sources: a preset, then a file, then the command line.

use super::{ConfigError, Number};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;
use std::marker::PhantomData;

/// The options of configuration `T` that were given on the command line, and only those.
///
/// Every field of `T` becomes an option that may be left out; [`Overrides::apply`] changes the fields that were named
/// and keeps the others as a preset or a file has set them. The help shows the defaults of `T`. All of them make up the
/// group that is named after `T`.
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
        let others: Vec<_> = command.get_arguments().map(|arg| arg.get_id().clone()).collect();
        let command = T::augment_args_for_update(command).mut_args(|arg| {
            let takes_values = arg.get_action().takes_values();
            if others.contains(arg.get_id()) || !takes_values {
                return arg;
            }
            let arg = arg.required(false).allow_negative_numbers(true);
            let Some(default) = find(&defaults, arg.get_id().as_str()) else { return arg };
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            arg.help(format!("{help} [default: {}]", written(default)))
        });
        let own: Vec<_> = command.get_arguments().map(|arg| arg.get_id().clone()).collect();
        let own = own.into_iter().filter(|id| !others.contains(id));
        // clap leaves the group of a struct with parts empty.
        match T::group_id() {
            Some(group) => command.mut_group(group, |group| group.args(own)),
            None => command,
        }
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// A value as it would be written on the command line.
fn written(value: &toml::Value) -> String {
    match value {
        toml::Value::Float(number) => number.short(),
        other => other.to_string().trim_matches('"').to_owned(),
    }
}

/// The value of the field that an option is about: a field, a field of a part, or PART-FIELD where parts have fields of
/// the same name.
fn find<'a>(table: &'a toml::Table, option: &str) -> Option<&'a toml::Value> {
    let of_part = || table.values().filter_map(toml::Value::as_table).find_map(|part| part.get(option));
    let named = || option.split_once('-').and_then(|(part, field)| table.get(part)?.get(field));
    table.get(option).or_else(of_part).or_else(named)
}
