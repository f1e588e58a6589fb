//! What is kept of a run, as it is at one moment.

use super::{Frame, RecordingReader, Row, Saved, States, memory::StillValid};
use crate::formats::FormatError;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What is kept of a run up to one frame, so that it can be written while the run goes on: nothing that happens to the
/// run later changes it. The frames in memory stay there for as long as it is held.
#[derive(Debug, Clone)]
pub struct History {
    pub(super) frames: BTreeMap<usize, Arc<Frame>>,
    pub(super) states: BTreeMap<usize, Arc<Saved>>,
    pub(super) breaks: BTreeSet<usize>,
    /// Figures, also of frames that are gone.
    pub(super) rows: Arc<[Row]>,
    pub(super) disk: Option<(Arc<RecordingReader>, StillValid)>,
    pub(super) states_on_disk: Vec<usize>,
}

impl History {
    /// The numbers of the frames that can be had, in order.
    pub fn numbers(&self) -> Vec<usize> {
        let on_disk = self.on_disk();
        (0..on_disk).chain(self.frames.range(on_disk..).map(|(&frame, _)| frame)).collect()
    }

    /// A frame, read from disk where it is not in memory; `None` when it was not kept.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn frame(&self, frame: usize) -> Result<Option<Arc<Frame>>, FormatError> {
        if let Some(kept) = self.frames.get(&frame) {
            return Ok(Some(kept.clone()));
        }
        let Some((reader, still)) = self.disk.as_ref().filter(|_| frame < self.on_disk()) else { return Ok(None) };
        Ok(reader.frame(frame)?.map(|read| Arc::new(still.without_removed(read))))
    }

    /// How many frames there have been, the first one included.
    pub fn length(&self) -> usize {
        self.frames.last_key_value().map_or(0, |(latest, _)| latest + 1)
    }

    /// The figures that are kept, in order: of all frames that can be had, and of others.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: BTreeMap<_, _> = self.rows.iter().map(|row| (row.frame, row.clone())).collect();
        if let Some((reader, still)) = &self.disk {
            let on_disk = reader.rows().iter().take(self.on_disk());
            rows.extend(on_disk.map(|row| (row.frame, still.row_without_removed(row.clone()))));
        }
        rows.extend(self.frames.iter().map(|(&frame, kept)| (frame, kept.row.clone())));
        rows.into_values().collect()
    }

    /// The states in memory, by their frames.
    pub fn states(&self) -> impl Iterator<Item = (usize, &Saved)> {
        self.states.iter().map(|(&frame, saved)| (frame, &**saved))
    }

    /// The frames whose states are on disk, in order; none once a candidate that they hold was removed.
    pub fn states_on_disk(&self) -> &[usize] {
        &self.states_on_disk
    }

    /// The states of a frame on disk; `None` where no recording was opened.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read_states(&self, frame: usize) -> Result<Option<States>, FormatError> {
        self.disk.as_ref().map(|(reader, _)| reader.states(frame)).transpose()
    }

    /// The frames at which the run was changed from outside, in order.
    pub fn breaks(&self) -> impl Iterator<Item = usize> {
        self.breaks.iter().copied()
    }

    fn on_disk(&self) -> usize {
        self.disk.as_ref().map_or(0, |(_, still)| still.frames)
    }
}
