//! A comparison and its recording in memory.

use super::{Comparison, ComparisonError, InitialInfo, Setup};
use crate::recording::{Frame, Recording};
use std::sync::Arc;

/// A comparison and what of it does not change from frame to frame.
pub(super) struct Run {
    pub number: u64,
    pub comparison: Comparison,
    pub setup: Arc<Setup>,
    pub initial: Arc<InitialInfo>,
    pub recording: Arc<Recording>,
    /// The present frame, once it was published.
    pub frame: Option<Arc<Frame>>,
}

/// Bytes of fields and states that a run keeps.
pub(super) const MEMORY: usize = 1 << 29;

/// Frames from one kept state to the next.
const STATE_INTERVAL: usize = 25;

impl Run {
    /// The present frame, recorded unless it was already. Of a frame that failed halfway there is none: the one before it
    /// stays.
    pub fn record(&mut self) -> Result<Arc<Frame>, ComparisonError> {
        if let Some(frame) = &self.frame {
            return Ok(frame.clone());
        }
        let frame = self.comparison.frame()?;
        let number = frame.row.frame;
        self.recording.truncate(number.saturating_sub(1));
        self.recording.push(frame.clone());
        if number.is_multiple_of(STATE_INTERVAL) {
            self.recording.keep_states(number, self.comparison.save()?);
        }
        Ok(self.frame.insert(Arc::new(frame)).clone())
    }

    /// Goes back to the latest kept state not after a frame.
    pub fn rewind(&mut self, frame: usize) -> Result<(), ComparisonError> {
        match self.recording.states_at_or_before(frame) {
            Some((frame, states)) => self.comparison.restore(frame, &states),
            None => self.comparison.restart(),
        }
    }
}
