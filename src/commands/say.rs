//! What a command says: results on stdout, all else on stderr.
//!
//! A terminal that is gone, or a full disk behind a redirection, is no reason to lose the work: a note that cannot be
//! written is dropped, and results that cannot be printed are an error once the work is done.

use super::CommandError;
use crate::formats::one_line;
use std::{
    fmt::Display,
    io::{self, Write},
};

/// Prints lines of results.
///
/// # Errors
/// When stdout is closed or full.
pub fn result(lines: impl Display) -> Result<(), CommandError> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{lines}").and_then(|()| stdout.flush()).map_err(CommandError::Stdout)
}

/// Prints what was asked for by `--help` or `--version`. A reader may close the pipe once it has seen enough.
///
/// # Errors
/// When stdout is full.
pub fn help(text: &clap::Error) -> Result<(), CommandError> {
    match text.print() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::Help(error)),
        _ => Ok(()),
    }
}

/// Says why a command has failed.
pub fn failure(error: &CommandError) {
    note(format_args!("error: {}", one_line(&error.to_string())));
}

/// Says something beside the results.
pub fn note(line: impl Display) {
    // Nobody is left to be told.
    writeln!(io::stderr(), "{line}").ok();
}
