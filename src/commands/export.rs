//! `spinodal export`: frames of a field file, for ParaView.

use super::{CommandError, frame_args::FrameArgs, output, say, selection::Selection};
use crate::{
    formats::{npy::FrameReader, vtk},
    settings::FRAME_TIME,
};
use clap::Args;
use std::path::{Path, PathBuf};

/// Options of `spinodal export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    frame: FrameArgs,
    /// Write these frames as a time series instead: FIELD_00000.vti and so on, and FIELD.vti.series, which ParaView
    /// opens
    #[arg(long, value_name = "FROM..TO..STEP", conflicts_with = "frame")]
    series: Option<Selection>,
    /// See [`FRAME_TIME`].
    #[arg(
        long,
        value_name = "TIME",
        help = FRAME_TIME.about(),
        default_value_t = FRAME_TIME.default,
        value_parser = FRAME_TIME.parser(),
        requires = "series"
    )]
    frame_time: f64,
    /// VTK image file to write
    #[arg(long, value_name = "FIELD.vti")]
    out: PathBuf,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
}

/// Runs the command.
///
/// # Errors
/// When a field cannot be read or a file not be written.
pub fn run(args: &ExportArgs) -> Result<(), CommandError> {
    output::check_file(&args.out, "vti")?;
    output::check_not_same(&args.out, &args.frame.field)?;
    match args.series {
        None => {
            output::check_new(&args.out, args.force)?;
            Ok(vtk::write_vti(&args.out, &args.frame.read()?)?)
        }
        Some(selection) => write_frames(args, selection),
    }
}

fn write_frames(args: &ExportArgs, selection: Selection) -> Result<(), CommandError> {
    let spacing = args.frame.spacing;
    let mut reader = FrameReader::open(&args.frame.field, args.frame.concentration)?;
    let frames = reader.frames();
    let chosen = selection.of(frames).map_err(|frame| CommandError::NoSuchFrame { frame, frames: frames - 1 })?;
    let stem = args.out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = |frame: usize| format!("{stem}_{frame:05}.vti");
    let mut series = args.out.clone().into_os_string();
    series.push(".series");
    let series = PathBuf::from(series);
    let frame_paths = chosen.iter().map(|&frame| args.out.with_file_name(name(frame)));
    frame_paths.chain([series.clone()]).try_for_each(|path| output::check_new(&path, args.force))?;
    let mut files = Vec::new();
    for frame in chosen {
        let name = name(frame);
        vtk::write_vti(&args.out.with_file_name(&name), &reader.read(frame)?.with_spacing(spacing))?;
        files.push((name, frame as f64 * args.frame_time));
    }
    vtk::write_series(&series, &files)?;
    say::result(format_args!("{} files: {}", files.len(), Path::display(&series)))
}
