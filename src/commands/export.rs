//! `spinodal export`: frames of a field file, for ParaView.

use super::{CommandError, frame_args::FrameArgs, interrupt, output, say, selection::Selection};
use crate::{
    formats::{OutputFile, OutputFiles, npy::FrameReader, shown, vtk},
    settings::FRAME_TIME,
};
use clap::Args;
use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
};

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
            let field = args.frame.read()?;
            Ok(vtk::write_vti_to(OutputFile::of_result(&args.out, args.force)?, &field)?)
        }
        Some(selection) => write_frames(args, selection),
    }
}

fn write_frames(args: &ExportArgs, selection: Selection) -> Result<(), CommandError> {
    let frames = FrameReader::open(&args.frame.field, args.frame.concentration)?.frames();
    let chosen = selection.of(frames).map_err(|frame| CommandError::NoSuchFrame { frame, frames: frames - 1 })?;
    let unreadable = || io::Error::other("the names of a series must be Unicode, as its list is");
    let out = &args.out;
    let name = out.file_name().and_then(OsStr::to_str);
    let name = name.ok_or_else(|| CommandError::Output { path: out.clone(), source: unreadable() })?;
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let file = |frame: usize| format!("{stem}_{frame:05}.vti");
    let series = format!("{name}.series");
    let names = chosen.iter().map(|&frame| file(frame)).chain([series.clone()]);
    names.map(|name| out.with_file_name(name)).try_for_each(|path| output::check_new(&path, args.force))?;
    interrupt::listen();
    let files = OutputFiles::create(output::folder_of(out))?;
    let mut list = Vec::new();
    for frame in chosen {
        if interrupt::requested() {
            return say::result("interrupted before all frames were written: none is kept");
        }
        vtk::write_vti(&files.path().join(file(frame)), &args.frame.read_frame(Some(frame))?)?;
        list.push((file(frame), frame as f64 * args.frame_time));
    }
    vtk::write_series(&files.path().join(&series), &list)?;
    files.finish(args.force)?;
    say::result(format_args!("{} files: {}", list.len(), shown(&out.with_file_name(series))))
}
