//! A comparison and its recording in memory.

use super::{
    CandidateSpec, Comparison, ComparisonError, Files, Heir, InitialInfo, Setup, inputs::ReadCandidate,
    strokes::Strokes,
};
use crate::{
    evolution::Brush,
    gpu::GpuError,
    network::ModelSource,
    recording::{Frame, Recording},
};
use std::sync::Arc;

/// A comparison and its history.
pub(super) struct Run {
    pub number: u64,
    pub comparison: Comparison,
    pub setup: Arc<Setup>,
    pub files: Arc<Files>,
    pub initial: Arc<InitialInfo>,
    pub recording: Arc<Recording>,
    /// The frame that is shown, once published: the present one, or a later one that the evolutions are computing
    /// again.
    pub frame: Option<Arc<Frame>>,
    pub strokes: Strokes,
    /// The frame that is being computed again, if any.
    pub(super) goal: Option<usize>,
    /// Whether the present frame is not what followed from the one before.
    pub(super) is_break: bool,
    /// Whether it was said that the device has failed.
    lost_device: bool,
    /// The candidates of the recording that was opened.
    pub(super) ids_on_disk: Vec<u64>,
}

/// Bytes of fields and states that a run keeps.
pub(super) const MEMORY: usize = 1 << 29;

/// Bytes of these that are for strokes to be undone.
const STROKES: usize = MEMORY / 8;

/// Bytes of these that are for the recording.
pub(super) const RECORDING: usize = MEMORY - STROKES;

/// Frames from one kept state to the next.
pub(super) const STATE_INTERVAL: usize = 25;

/// Milliseconds of a frame that is slow.
const SLOW: f64 = 1000.0;

impl Run {
    /// A run at the present frame of `comparison`, which was read from `files`. `frame` is what is shown first, where
    /// that is another one.
    pub fn new(
        number: u64,
        (comparison, files): (Comparison, Files),
        recording: Recording,
        frame: Option<Arc<Frame>>,
    ) -> Self {
        Self {
            number,
            setup: Arc::new(comparison.setup().clone()),
            files: Arc::new(files),
            initial: Arc::new(InitialInfo::from(comparison.initial())),
            is_break: recording.is_break(comparison.row().frame),
            recording: Arc::new(recording),
            frame,
            strokes: Strokes::new(STROKES),
            goal: None,
            lost_device: false,
            ids_on_disk: comparison.ids(),
            comparison,
        }
    }

    /// The frame to show, recorded unless it was already. Of a frame that failed halfway there is none: the one before
    /// it stays.
    pub fn record(&mut self) -> Result<Arc<Frame>, ComparisonError> {
        if let Some(frame) = &self.frame {
            return Ok(frame.clone());
        }
        let frame = self.comparison.frame()?;
        self.recording.push(frame.clone());
        if self.is_break {
            self.recording.mark_break(frame.row.frame);
        }
        Ok(self.frame.insert(Arc::new(frame)).clone())
    }

    /// What happened to the device, if that was not said yet.
    pub fn newly_lost_device(&mut self) -> Option<GpuError> {
        let error = self.comparison.lost_device().filter(|_| !self.lost_device)?.clone();
        self.lost_device = true;
        Some(error)
    }

    /// Advances by one frame. Before that the states of the present one are kept if its number says so, it was changed,
    /// or the next one may take so long that it is broken off.
    pub fn advance(&mut self) -> Result<(), ComparisonError> {
        let frame = self.comparison.row().frame;
        let is_kept = self.is_break || self.is_slow() || frame.is_multiple_of(STATE_INTERVAL);
        if is_kept && !self.comparison.is_torn() {
            let saved = self.comparison.saved()?;
            match self.is_break {
                true => self.recording.keep_break(frame, saved),
                false => self.recording.keep_states(frame, saved),
            }
        }
        self.comparison.advance()?;
        self.is_break = false;
        self.frame = None;
        Ok(())
    }

    /// Whether a frame takes so long that to write its states down costs nothing beside.
    fn is_slow(&self) -> bool {
        let candidates = self.comparison.candidates().iter().filter_map(|candidate| candidate.milliseconds());
        candidates.chain(self.comparison.reference().milliseconds()).sum::<f64>() > SLOW
    }

    /// Back to frame 0.
    pub fn reset(&mut self) -> Result<(), ComparisonError> {
        self.comparison.restart()?;
        self.recording = Arc::new(Recording::new(RECORDING));
        self.strokes.clear();
        (self.frame, self.goal, self.is_break) = (None, None, false);
        Ok(())
    }

    /// The place of the candidate of this number, if it is still there.
    pub fn place_of(&self, number: u64) -> Option<usize> {
        self.comparison.candidates().iter().position(|candidate| candidate.number() == number)
    }

    pub fn add(&mut self, spec: CandidateSpec, read: ReadCandidate) -> Result<(), ComparisonError> {
        self.comparison.add(spec, read.model)?;
        let candidate = self.comparison.candidates().len() - 1;
        self.comparison.note_doubts(candidate, read.doubts);
        Arc::make_mut(&mut self.files).set(candidate, read.file);
        self.candidates_changed();
        Ok(())
    }

    pub fn remove(&mut self, candidate: usize) -> Result<(), ComparisonError> {
        self.comparison.remove(candidate)?;
        self.recording = Arc::new(self.recording.without_candidate(candidate));
        Arc::make_mut(&mut self.files).remove(candidate);
        self.candidates_changed();
        Ok(())
    }

    pub fn reload(
        &mut self,
        candidate: usize,
        source: ModelSource,
        read: ReadCandidate,
    ) -> Result<(), ComparisonError> {
        let model = read.model.ok_or(ComparisonError::NoNetwork)?;
        self.comparison.reload(candidate, source, model)?;
        self.comparison.note_doubts(candidate, read.doubts);
        Arc::make_mut(&mut self.files).set(candidate, read.file);
        self.candidates_changed();
        Ok(())
    }

    pub fn hand_over(&mut self, candidate: usize, to: Heir) -> Result<(), ComparisonError> {
        self.comparison.hand_over(candidate, to)?;
        self.changed();
        Ok(())
    }

    pub fn paint(&mut self, brush: &Brush) -> Result<(), ComparisonError> {
        self.strokes.paint(&mut self.comparison, self.is_break, brush)?;
        self.changed();
        Ok(())
    }

    pub fn undo(&mut self) -> Result<(), ComparisonError> {
        if let Some(was_break) = self.strokes.undo(&mut self.comparison, self.is_break)? {
            (self.frame, self.is_break) = (None, was_break);
        }
        Ok(())
    }

    pub fn redo(&mut self) -> Result<(), ComparisonError> {
        if self.strokes.redo(&mut self.comparison, self.is_break)? {
            self.changed();
        }
        Ok(())
    }

    /// A candidate that has come or was reloaded is led until now when the run comes back here, so that nothing breaks.
    fn candidates_changed(&mut self) {
        self.setup = Arc::new(self.comparison.setup().clone());
        self.frame = None;
    }

    fn changed(&mut self) {
        (self.frame, self.is_break) = (None, true);
    }
}
