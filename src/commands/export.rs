//! `spinodal export`: a frame of a field file, for ParaView.

use super::{CommandError, args::FrameArgs, output};
use crate::formats::vtk;
use clap::Args;
use std::path::PathBuf;

/// Options of `spinodal export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    frame: FrameArgs,
    /// VTK image file to write
    #[arg(long, value_name = "FIELD.vti")]
    out: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When the field cannot be read or the file not be written.
pub fn run(args: &ExportArgs) -> Result<(), CommandError> {
    output::check_file(&args.out, "vti")?;
    Ok(vtk::write_vti(&args.out, &args.frame.read()?)?)
}
