//! What can be set: each number once, with its bounds, default, unit and help, for command line, panels and files
//! alike.
//!
//! A setting goes from its constant here (a run's), in [`training`], [`dataset`] or [`evaluation`] to the option of the
//! command line, the control of a panel or the field of a TOML file, from there into a typed struct, and is checked
//! against the constant before it is used.

mod config;
pub mod dataset;
pub mod evaluation;
mod explain;
mod overrides;
mod run;
mod setting;
mod span;
pub mod training;
pub mod view;

pub use config::{ConfigError, read_config, write_config};
pub use explain::explain;
pub use overrides::Overrides;
pub use run::*;
pub use setting::{Number, Setting, SettingError};
pub use span::{Span, SpanError};
