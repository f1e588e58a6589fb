//! A recording in memory, within a budget.

use super::{History, RecordingReader, Row, Saved, contents::Contents};
use crate::{field::Field, formats::FormatError};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};

/// One moment of a run: figures and fields.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The figures.
    pub row: Row,
    /// φ of the reference.
    pub reference: Arc<Field>,
    /// φ of each candidate on its own nodes, in the order of the setup; `None` once it was stopped. Candidates that
    /// came later have none.
    pub candidates: Vec<Option<Arc<Field>>>,
}

impl Frame {
    /// Memory that the fields take.
    pub fn bytes(&self) -> usize {
        let fields = self.candidates.iter().flatten().chain([&self.reference]);
        fields.map(|field| size_of_val(field.values())).sum()
    }

    /// The same without a candidate, if that was there.
    #[must_use]
    pub fn without_candidate(&self, candidate: usize) -> Self {
        let mut frame = self.clone();
        frame.row.remove_candidate(candidate);
        if candidate < frame.candidates.len() {
            frame.candidates.remove(candidate);
        }
        frame
    }
}

/// Frames of a run within a budget of memory. Any thread may look at it during the run.
///
/// All frames are kept until they fill the budget. From then on only those are kept whose number a stride divides; the
/// stride doubles each time the budget is full. The first and the latest are always there. States, from which the run
/// can continue, are kept with the frames that they belong to. Rows of figures, which are small, are thinned apart.
///
/// Where the run was changed from outside, such as by a brush, is a *break*: what came after cannot be computed again
/// from states before it. States at breaks stay when their frames go, the latest of them, within a quarter of the
/// budget.
///
/// A recording that was opened from disk has figures of all its frames at once, and fields of those that were read.
#[derive(Debug)]
pub struct Recording {
    contents: Mutex<Contents>,
    budget: usize,
    disk: Option<Disk>,
}

/// The files of a recording that was opened.
#[derive(Debug)]
struct Disk {
    reader: Arc<RecordingReader>,
    /// Frames whose states are there.
    states: Vec<usize>,
    still: Mutex<StillValid>,
}

/// What of the files still belongs to the run.
#[derive(Debug, Clone)]
pub(super) struct StillValid {
    /// The frames before this one: the later ones are forgotten.
    pub frames: usize,
    /// Candidates that were removed since, each by its place among those left then.
    removed: Vec<usize>,
}

impl StillValid {
    /// A frame as it was read, without the candidates that were removed since.
    pub fn without_removed(&self, frame: Frame) -> Frame {
        self.removed.iter().fold(frame, |frame, &candidate| frame.without_candidate(candidate))
    }

    /// The same of its figures.
    pub fn row_without_removed(&self, mut row: Row) -> Row {
        self.removed.iter().for_each(|&candidate| row.remove_candidate(candidate));
        row
    }
}

impl Recording {
    /// A recording that holds at most `budget` bytes of fields and states, and two frames more.
    pub fn new(budget: usize) -> Self {
        Self { contents: Mutex::new(Contents::new(budget)), budget, disk: None }
    }

    /// A recording on disk, opened at its latest frame, of a run that was changed from outside at the frames `breaks`.
    ///
    /// # Errors
    /// When the folder of its states cannot be read.
    pub fn opened(
        budget: usize,
        reader: RecordingReader,
        latest: Frame,
        breaks: &[usize],
    ) -> Result<Self, FormatError> {
        let mut contents = Contents::new(budget);
        reader.rows().iter().filter(|row| row.frame < latest.row.frame).for_each(|row| contents.push_row(row.clone()));
        let frames = latest.row.frame + 1;
        contents.push(latest);
        breaks.iter().for_each(|&frame| contents.keep_break(frame));
        let states = reader.state_frames()?;
        let still = Mutex::new(StillValid { frames, removed: Vec::new() });
        let disk = Some(Disk { reader: Arc::new(reader), states, still });
        Ok(Self { contents: Mutex::new(contents), budget, disk })
    }

    /// Adds the latest frame. What was there from its number on is forgotten.
    pub fn push(&self, frame: Frame) {
        self.forget_on_disk(frame.row.frame);
        self.contents.lock().push(frame);
    }

    /// Keeps the states at a frame.
    pub fn keep_states(&self, frame: usize, saved: Saved) {
        self.contents.lock().keep_states(frame, saved);
    }

    /// Keeps the states at a frame at which the run was changed from outside.
    pub fn keep_break(&self, frame: usize, saved: Saved) {
        let contents = &mut *self.contents.lock();
        contents.keep_states(frame, saved);
        contents.keep_break(frame);
    }

    /// Notes that the run was changed from outside at a frame whose states are still to be kept.
    pub fn mark_break(&self, frame: usize) {
        self.contents.lock().keep_break(frame);
    }

    /// Whether the run was changed from outside at a frame.
    pub fn is_break(&self, frame: usize) -> bool {
        self.contents.lock().is_break(frame)
    }

    /// Whether frame `to` follows from frame `from` by itself.
    pub fn is_unbroken(&self, from: usize, to: usize) -> bool {
        self.contents.lock().is_unbroken(from, to)
    }

    /// Forgets all that came after a frame.
    pub fn truncate(&self, frame: usize) {
        self.forget_on_disk(frame + 1);
        self.contents.lock().forget_from(frame + 1);
    }

    /// The same without a candidate in all rows and frames, if it was there; those behind it move up. Who holds this
    /// recording keeps the candidate.
    #[must_use]
    pub fn without_candidate(&self, candidate: usize) -> Self {
        let mut contents = self.contents.lock().clone();
        contents.remove_candidate(candidate);
        let disk = self.disk.as_ref().map(|disk| {
            let mut still = disk.still.lock().clone();
            still.removed.push(candidate);
            Disk { reader: disk.reader.clone(), states: disk.states.clone(), still: Mutex::new(still) }
        });
        Self { contents: Mutex::new(contents), budget: self.budget, disk }
    }

    /// What is kept up to `latest`, as it is now; `rows` are the figures kept then.
    pub fn history(&self, latest: Arc<Frame>, rows: Arc<[Row]>) -> History {
        let contents = self.contents.lock();
        let end = latest.row.frame;
        let mut frames: BTreeMap<_, _> = contents.frames.range(..end).map(|(&at, kept)| (at, kept.clone())).collect();
        frames.insert(end, latest);
        let states = contents.states.range(..=end).map(|(&at, saved)| (at, saved.clone())).collect();
        let breaks = contents.breaks.range(..=end).copied().collect();
        let disk = self.disk.as_ref().map(|disk| {
            let still = disk.still.lock().clone();
            (disk.reader.clone(), StillValid { frames: still.frames.min(end + 1), ..still })
        });
        let is_valid =
            |at: &usize| disk.as_ref().is_some_and(|(_, still)| *at < still.frames && still.removed.is_empty());
        let states_on_disk = self.disk.iter().flat_map(|disk| &disk.states).copied().filter(is_valid).collect();
        History { frames, states, breaks, rows, disk, states_on_disk }
    }

    /// A frame, if it can be had at once.
    pub fn frame(&self, frame: usize) -> Option<Arc<Frame>> {
        self.contents.lock().frame(frame)
    }

    /// A frame, read from disk where it cannot be had at once; what is read is not kept. `None` when it is not there.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn read(&self, frame: usize) -> Result<Option<Arc<Frame>>, FormatError> {
        if let Some(kept) = self.frame(frame) {
            return Ok(Some(kept));
        }
        let (Some(reader), Some(disk)) = (self.reader_of(frame), &self.disk) else { return Ok(None) };
        let read = reader.frame(frame)?;
        Ok(read.map(|read| Arc::new(disk.still.lock().without_removed(read))))
    }

    /// The latest frame that can be had at once and is not after `frame`.
    pub fn at_or_before(&self, frame: usize) -> Option<Arc<Frame>> {
        self.contents.lock().at_or_before(frame)
    }

    /// The number of the latest frame.
    pub fn latest(&self) -> Option<usize> {
        self.contents.lock().frames.last_key_value().map(|(&frame, _)| frame)
    }

    /// The numbers of the frames that can be had at once, first to latest.
    pub fn frames(&self) -> Vec<usize> {
        self.contents.lock().numbers()
    }

    /// How many frames, from the first on, can be read from disk.
    pub fn on_disk(&self) -> usize {
        self.disk.as_ref().map_or(0, |disk| disk.still.lock().frames)
    }

    /// The files that a frame can be read from, to be given to [`Recording::keep_fetched`].
    pub fn reader_of(&self, frame: usize) -> Option<Arc<RecordingReader>> {
        self.disk.as_ref().filter(|_| frame < self.on_disk()).map(|disk| disk.reader.clone())
    }

    /// Adds a frame that was read from disk. The frames that were read longest ago go, so that all of them take no more
    /// than a quarter of the budget.
    pub fn keep_fetched(&self, frame: Frame) {
        let contents = &mut *self.contents.lock();
        let Some(disk) = &self.disk else { return };
        let still = disk.still.lock();
        if frame.row.frame < still.frames {
            contents.keep_fetched(still.without_removed(frame));
        }
    }

    /// The latest states not after `frame` from which it follows by itself, and the frame that they are of.
    pub fn states_for(&self, frame: usize) -> Option<(usize, Arc<Saved>)> {
        self.contents.lock().states_for(frame)
    }

    /// As [`Recording::states_for`], of states on disk: their frame.
    pub fn states_on_disk_for(&self, frame: usize) -> Option<usize> {
        let states = self.disk.iter().flat_map(|disk| &disk.states).copied();
        let at = states.filter(|&at| at <= frame && at < self.on_disk()).max()?;
        self.is_unbroken(at, frame).then_some(at)
    }

    /// The figures kept, first to latest.
    pub fn rows(&self) -> Arc<[Row]> {
        self.contents.lock().rows.as_slice().into()
    }

    /// Bytes of fields and states, and how many there may be.
    pub fn memory(&self) -> (usize, usize) {
        (self.contents.lock().bytes, self.budget)
    }

    fn forget_on_disk(&self, frame: usize) {
        if let Some(disk) = &self.disk {
            let frames = &mut disk.still.lock().frames;
            *frames = (*frames).min(frame);
        }
    }
}
