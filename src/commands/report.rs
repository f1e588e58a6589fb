//! `spinodal report`: a recording on one page.

use super::{CommandError, output, place::Place, render, say};
use crate::{
    comparison::{REPORT_FILES, RunRecord, write_report},
    formats::shown,
    gpu::Gpu,
    recording::RUN,
    training::folder::RunFolder,
};
use clap::Args;
use std::path::{Path, PathBuf};

/// Options of `spinodal report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The folder of a recording, which compare has written
    #[arg(value_name = "RECORDING")]
    recording: PathBuf,
    /// Folder to write into, created if need be: report.md, plots, pictures of the first and the last frame,
    /// metrics.csv
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Width and height of the pictures in pixels
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x720", value_parser = render::size)]
    size: [u32; 2],
    /// Write into a folder that is not empty, over an earlier report if it holds one; only a complete one does
    #[arg(long)]
    force: bool,
}

/// Runs the command.
///
/// # Errors
/// When the recording cannot be read, or the report not be drawn or written.
pub fn run(args: &ReportArgs) -> Result<(), CommandError> {
    let (record, reader) = RunRecord::open(&args.recording)?;
    output::check_folder(&args.out, args.force)?;
    check_table(&args.out)?;
    output::check_earlier(&args.out, REPORT_FILES[0], |name| REPORT_FILES.contains(&name))?;
    let rows = reader.rows();
    let [first, last] = [0, rows.len().saturating_sub(1)].map(|frame| render::frame(&reader, frame));
    let gpu = Gpu::open().inspect_err(|error| tracing::warn!("no pictures are drawn: {error}")).ok();
    let place = Place::of_folder(&args.out, |name| REPORT_FILES.contains(&name), args.force)?;
    // Something may have come there since.
    check_table(&args.out)?;
    let written = write_report(place.path(), &record.setup, rows, [&first?, &last?], gpu.as_ref(), args.size);
    if let Err(error) = written {
        place.discard();
        return Err(error.into());
    }
    let folder = place.complete()?;
    say::result(shown(&folder.join(REPORT_FILES[0])))
}

/// Refuses a folder with a table of another kind that has the same name.
fn check_table(folder: &Path) -> Result<(), CommandError> {
    match () {
        () if folder.join(RUN).exists() => Err(CommandError::IsRecording(folder.to_owned())),
        () if RunFolder::config(folder).is_ok() => Err(CommandError::IsTraining(folder.to_owned())),
        () => Ok(()),
    }
}
