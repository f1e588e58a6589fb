//! A run of the window as a recording on disk.

use super::{RunRecord, Snapshot, run::STATE_INTERVAL};
use crate::{formats::FormatError, recording::RecordingWriter};
use std::path::Path;

impl Snapshot {
    /// Writes the run into a folder, as `spinodal compare` does, and says whether it could: a long run has dropped
    /// frames to stay within its memory. `engine` says in words what computed it.
    ///
    /// # Errors
    /// When the files cannot be written, or earlier ones not be read.
    pub fn write_recording(&self, folder: &Path, engine: String) -> Result<bool, FormatError> {
        let latest = self.number();
        let is_kept = |frame: &usize| *frame < self.recording.on_disk() || self.recording.frame(*frame).is_some();
        if !(0..=latest).all(|frame| is_kept(&frame)) {
            return Ok(false);
        }
        let setup = (*self.setup).clone().recorded(self.reference.grid.shape());
        let record = RunRecord { frames: latest, state_interval: STATE_INTERVAL, ..RunRecord::new(setup, engine) };
        let record = record.with_checksums()?;
        let Ok(layout) = record.layout() else { return Ok(false) };
        let mut writer = RecordingWriter::create(folder, &layout)?;
        for frame in 0..=latest {
            let Some(frame) = self.recording.read(frame)? else { return Ok(false) };
            writer.append(&frame)?;
        }
        // Last: with it the folder is a recording.
        record.write(folder)?;
        Ok(true)
    }
}
