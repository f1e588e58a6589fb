//! `spinodal import-crane`: a CRANE checkpoint as a Spinodal model.

use super::{CommandError, output, say};
use crate::{
    formats::{OutputFile, shown},
    network::crane,
};
use clap::Args;
use std::path::PathBuf;

/// Options of `spinodal import-crane`.
#[derive(Debug, Args)]
pub struct ImportCraneArgs {
    /// PyTorch state dict; it is read, and no code in it is run
    #[arg(value_name = "MODEL.pt")]
    checkpoint: PathBuf,
    /// Model file to write
    #[arg(long, value_name = "MODEL.safetensors")]
    out: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

/// Runs the command.
///
/// # Errors
/// When the checkpoint is not CRANE's, or the model cannot be written.
pub fn run(args: &ImportCraneArgs) -> Result<(), CommandError> {
    output::check_file(&args.out, "safetensors")?;
    output::check_not_same(&args.out, &args.checkpoint)?;
    output::check_new(&args.out, args.force)?;
    let model = crane::import(&args.checkpoint)?;
    let path = model.write(OutputFile::of_result(&args.out, args.force)?)?;
    say::result(format_args!("{}: {} parameters", shown(&path), model.config.parameter_count()))
}
