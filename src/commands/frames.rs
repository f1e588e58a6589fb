//! One evolution, frame by frame, into a field file.

use super::{CommandError, interrupt, progress::Progress};
use crate::{evolution::Evolution, field::Field, formats::npy::FrameWriter};
use std::path::Path;

/// Writes the present field and `frames` more to `path`, shows each to `watch` with its number, then says what was done.
/// Ctrl-C and failures leave a complete file with the frames so far.
///
/// # Errors
/// When the evolution fails or the file cannot be written.
pub fn record(
    mut evolution: Box<dyn Evolution>,
    frames: usize,
    path: &Path,
    concentration: bool,
    mut watch: impl FnMut(usize, &Field),
) -> Result<(), CommandError> {
    interrupt::listen();
    let grid = evolution.grid();
    let first = evolution.field()?;
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
                writer.append(&field)?;
                done += 1;
                watch(done, &field);
            }
            Err(error) => break Err(error),
        }
        progress.update(done, "");
    };
    writer.finish()?;
    let spent = progress.finish();
    outcome?;
    let each = spent.as_secs_f64() * 1e3 / done.max(1) as f64;
    let end =
        if done < frames { format!("interrupted after {done} of {frames} frames") } else { format!("{done} frames") };
    println!("{end} of {grid} in {:.2} s, {each:.1} ms each: {}", spent.as_secs_f64(), path.display());
    Ok(())
}
