//! One evolution, frame by frame, into a field file.

use super::{CommandError, interrupt, output, progress::Progress};
use crate::{
    evolution::{Bounds, Evolution, EvolutionError, Watch},
    field::Field,
    formats::{OutputFile, npy::FrameWriter, shown},
    grid::Grid,
    report::number::counted,
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Where the file is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Out<'a> {
    pub path: &'a Path,
    /// Whether it may replace another.
    pub force: bool,
}

/// An evolution that has ended, in a file that has no name yet.
pub struct EndedRun<'a> {
    out: Out<'a>,
    writer: FrameWriter,
    grid: Grid,
    /// Frames asked for, and those that were made, each without the first field.
    frames: usize,
    done: usize,
    outcome: Result<(), CommandError>,
    spent: Duration,
}

/// Computes the present field and `frames` more for `out`, and shows each to `watch` with its number. Ends early at
/// Ctrl-C and when the evolution fails.
///
/// # Errors
/// When the disk has no room, the file cannot be begun, or there is no first field.
pub fn record(
    mut evolution: Box<dyn Evolution>,
    frames: usize,
    out: Out<'_>,
    concentration: bool,
    mut watch: impl FnMut(usize, &Field),
) -> Result<EndedRun<'_>, CommandError> {
    interrupt::listen();
    let (path, grid) = (out.path, evolution.grid());
    output::check_space(path, output::frames_size(grid, frames.saturating_add(1)))?;
    evolution.watch(&Watch::new(interrupt::requested));
    let first = evolution.field()?;
    let bounds = Bounds::of(&first);
    let mut writer = FrameWriter::begin(OutputFile::of_result(path, out.force)?, grid, concentration)?;
    writer.append(&first)?;
    watch(0, &first);
    let mut progress = Progress::new(frames);
    let mut done = 0;
    let outcome = loop {
        if done == frames || interrupt::requested() {
            break Ok(());
        }
        match evolution.advance().and_then(|()| evolution.field()) {
            Ok(field) => {
                if let Err(error) = writer.append(&field) {
                    break Err(error.into());
                }
                done += 1;
                watch(done, &field);
                // That frame is kept, too: it shows how.
                if let Err(error) = bounds.check(done, &field) {
                    break Err(error.into());
                }
            }
            Err(EvolutionError::Interrupted) => break Ok(()),
            Err(error) => break Err(CommandError::from(error)),
        }
        progress.update(done, "");
    };
    let spent = progress.finish();
    Ok(EndedRun { out, writer, grid, frames, done, outcome, spent })
}

impl EndedRun<'_> {
    /// Whether all frames are there.
    pub fn is_complete(&self) -> bool {
        self.done == self.frames && self.outcome.is_ok()
    }

    /// Gives the file its name, and returns its path and what was done, in words. Where an earlier result has the path
    /// asked for, a part of the frames lies beside it; so does a complete run if another one has written there meanwhile.
    ///
    /// # Errors
    /// When the evolution has failed, or the file cannot be written.
    pub fn finish(self) -> Result<(PathBuf, String), CommandError> {
        let replaces = self.out.force && self.is_complete();
        let Self { writer, grid, frames, done, outcome, spent, .. } = self;
        let named = if replaces { writer.finish() } else { writer.finish_beside() };
        let path = match (outcome, named) {
            (Ok(()), named) => named?,
            (Err(error), Ok(path)) => {
                return Err(CommandError::Kept { error: Box::new(error), frames: done + 1, path });
            }
            // What went wrong first is what the user can mend.
            (Err(error), Err(_)) => return Err(error),
        };
        let seconds = spent.as_secs_f64();
        let each = seconds * 1e3 / done.max(1) as f64;
        let end =
            if done < frames { format!("interrupted after {done} of {frames} frames") } else { counted(done, "frame") };
        let said = format!("{end} of {grid} in {seconds:.2} s, {each:.1} ms each: {}", shown(&path));
        Ok((path, said))
    }
}
