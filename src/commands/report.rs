//! `spinodal report`: a recording on one page.

use super::{CommandError, interrupt, output, render, say};
use crate::{
    comparison::{REPORT_FILES, RunRecord, write_report},
    formats::{OutputFiles, shown},
    gpu::Gpu,
    recording::RUN,
    report::{ReportError, mosaic::Mosaic},
    threads,
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

/// Runs the command. A report that fails or is interrupted leaves nothing, and what was there before stays.
///
/// # Errors
/// When the recording cannot be read, or the report not be drawn or written.
pub fn run(args: &ReportArgs) -> Result<(), CommandError> {
    let (record, reader) = RunRecord::open(&args.recording)?;
    output::check_folder(&args.out, args.force)?;
    check_table(&args.out)?;
    output::check_earlier(&args.out, REPORT_FILES[0], |name| REPORT_FILES.contains(&name))?;
    let (setup, rows, changed) = (record.setup, reader.rows().to_vec(), record.changed);
    let ends = [render::frame(&reader, 0)?, render::frame(&reader, rows.len().saturating_sub(1))?];
    let gpu = Gpu::open().inspect_err(|error| tracing::warn!("no pictures are drawn: {error}")).ok();
    gpu.as_ref().map_or(Ok(()), |gpu| Mosaic::check_size(gpu, setup.candidates.len(), args.size))?;
    interrupt::listen();
    let lock = output::take_folder(&args.out, args.force)?;
    // Something may have come there since.
    check_table(&args.out)?;
    let files = OutputFiles::create(&args.out)?;
    let (folder, size) = (files.path().to_owned(), args.size);
    let write = move || write_report(&folder, &setup, &rows, &changed, ends.each_ref(), gpu.as_ref(), size);
    let written = threads::unless(&interrupt::requested, write).map_err(ReportError::from)?;
    let Some(written) = written else { return say::result("interrupted before the report was complete") };
    written?;
    lock.check()?;
    let names = files.finish(true)?;
    // An earlier one may have had pictures.
    let is_earlier = |name: &str| REPORT_FILES.contains(&name) && !names.iter().any(|new| new == name);
    output::remove_files(&args.out, is_earlier)?;
    say::result(shown(&args.out.join(REPORT_FILES[0])))
}

/// Refuses a folder with a table of another kind that has the same name.
fn check_table(folder: &Path) -> Result<(), CommandError> {
    match () {
        () if folder.join(RUN).exists() => Err(CommandError::IsRecording(folder.to_owned())),
        () if RunFolder::config(folder).is_ok() => Err(CommandError::IsTraining(folder.to_owned())),
        () => Ok(()),
    }
}
