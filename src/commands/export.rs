//! `spinodal export`: a frame of a field file, for ParaView.

use super::{CommandError, output};
use crate::formats::{npy::FrameReader, vtk};
use clap::Args;
use std::path::PathBuf;

/// Options of `spinodal export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Field file; of several frames the last is taken, unless --frame says otherwise
    #[arg(value_name = "FIELD.npy")]
    field: PathBuf,
    /// Frame to take, counted from 0
    #[arg(long, value_name = "K")]
    frame: Option<usize>,
    /// The field file holds c from 0 to 1 instead of φ from −1 to 1
    #[arg(long)]
    concentration: bool,
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
    let mut reader = FrameReader::open(&args.field, args.concentration)?;
    let field = reader.read(args.frame.unwrap_or(reader.frames() - 1))?;
    Ok(vtk::write_vti(&args.out, &field, args.spacing)?)
}
