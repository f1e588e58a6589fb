//! One evolution, frame by frame, into a field file.

use super::{CommandError, interrupt, output, progress::Progress, say};
use crate::{
    evolution::{Bounds, Evolution, EvolutionError, Watch},
    field::Field,
    formats::{npy::FrameWriter, shown},
    report::number::counted,
};
use std::path::Path;

/// Where the file is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Out<'a> {
    pub path: &'a Path,
    /// Whether it may replace another.
    pub force: bool,
}

/// Writes the present field and `frames` more to `out`, shows each to `watch` with its number, then says what was
/// done.
///
/// Ctrl-C and failures leave a file with the frames so far: at the path asked for, or beside it where an earlier result
/// is. So does a complete run if another one has written there meanwhile.
///
/// # Errors
/// When the evolution fails, the disk has no room or the file cannot be written.
pub fn record(
    mut evolution: Box<dyn Evolution>,
    frames: usize,
    out: Out,
    concentration: bool,
    mut watch: impl FnMut(usize, &Field),
) -> Result<(), CommandError> {
    interrupt::listen();
    let Out { path, force } = out;
    let grid = evolution.grid();
    output::check_space(path, output::frames_size(grid, frames))?;
    evolution.watch(&Watch::new(interrupt::requested));
    let first = evolution.field()?;
    let bounds = Bounds::of(&first);
    let mut writer = FrameWriter::create(path, grid, concentration)?;
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
    let replaces = force && done == frames && outcome.is_ok();
    let finished = if replaces { writer.finish().map(|()| path.to_owned()) } else { writer.finish_beside() };
    let path = match (outcome, finished) {
        (Ok(()), finished) => finished?,
        (Err(error), Ok(path)) => return Err(CommandError::Kept { error: Box::new(error), frames: done + 1, path }),
        // What went wrong first is what the user can mend.
        (Err(error), Err(_)) => return Err(error),
    };
    let each = spent.as_secs_f64() * 1e3 / done.max(1) as f64;
    let end =
        if done < frames { format!("interrupted after {done} of {frames} frames") } else { counted(done, "frame") };
    say::result(format_args!("{end} of {grid} in {:.2} s, {each:.1} ms each: {}", spent.as_secs_f64(), shown(&path)))
}
