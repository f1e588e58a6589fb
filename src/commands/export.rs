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
    /// Distance between nodes in grid units: 2 for a network's field
    #[arg(long, value_name = "LENGTH", default_value_t = 1.0)]
    spacing: f64,
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
    if !(args.spacing > 0.0 && args.spacing.is_finite()) {
        return Err(CommandError::Spacing(args.spacing));
    }
    Ok(vtk::write_vti(&args.out, &args.frame.read()?, args.spacing)?)
}
