//! Going back to a recorded frame, to continue from there.

use super::{ComparisonError, run::Run};
use crate::recording::{Frame, RecordingReader, Saved, SavedCandidate, States};
use std::sync::Arc;

/// How to come to a frame.
pub(super) enum Way {
    /// From the present one.
    Here,
    /// From states kept in memory, which are of this frame.
    States(usize, Arc<Saved>),
    /// By what is on disk, still to be read: states of this frame, or the fields alone.
    Disk(Option<usize>, Arc<RecordingReader>),
    /// By its fields alone.
    Fields(Arc<Frame>),
}

impl Run {
    /// The shortest way to a frame that gives the same bits as before, or else one that gives the same fields.
    pub fn way_to(&self, frame: usize) -> Result<Way, ComparisonError> {
        if self.recording.latest().is_none_or(|latest| latest < frame) {
            return Err(ComparisonError::NotKept(frame));
        }
        let row = self.comparison.row().frame;
        let here = !self.comparison.is_torn() && row <= frame && self.recording.is_unbroken(row, frame);
        let here = here.then_some(row);
        let kept = self.recording.states_for(frame);
        let on_disk = self.recording.states_on_disk_for(frame);
        let nearest = here.max(kept.as_ref().map(|(at, _)| *at)).max(on_disk);
        match (nearest, kept) {
            (Some(_), _) if nearest == here => Ok(Way::Here),
            (Some(at), Some((kept, saved))) if at == kept => Ok(Way::States(at, saved)),
            _ => {
                let fields = self.recording.frame(frame).filter(|_| nearest.is_none());
                let reader = || self.recording.reader_of(frame).map(|reader| Way::Disk(on_disk, reader));
                fields.map(Way::Fields).or_else(reader).ok_or(ComparisonError::NotKept(frame))
            }
        }
    }

    /// Starts for a frame; the frames between are still to be computed. Returns a doubt, if there is one.
    pub fn set_out(&mut self, frame: usize, way: &Way) -> Result<Option<String>, ComparisonError> {
        let mut doubt = None;
        match way {
            Way::Here => {}
            Way::States(at, saved) => {
                self.comparison.return_to(*at, saved)?;
                self.is_break = self.recording.is_break(*at);
            }
            Way::Fields(recorded) => {
                self.comparison.resume(recorded)?;
                self.is_break = true;
                doubt = Some(format!(
                    "frame {frame} continues from its fields alone, for no states were kept from which it follows: \
                     networks begin with an empty memory, and what comes next may differ from what came before"
                ));
            }
            Way::Disk(..) => return Err(ComparisonError::NotKept(frame)),
        }
        self.frame = self.recording.at_or_before(frame).or(self.frame.take());
        self.recording.truncate(frame);
        self.strokes.forget_after(frame);
        self.goal = Some(frame);
        self.arrive();
        Ok(doubt)
    }

    /// Whether the evolutions have arrived; from then on that frame is the present one.
    pub fn arrive(&mut self) -> bool {
        let there = self.goal.is_some_and(|goal| self.comparison.row().frame >= goal);
        if there {
            (self.goal, self.frame) = (None, None);
        }
        there
    }

    /// One frame on the way, of which nothing is recorded.
    pub fn catch_up(&mut self) -> Result<(), ComparisonError> {
        self.comparison.advance()?;
        self.is_break = false;
        Ok(())
    }

    /// How far the evolutions have come on their way.
    pub fn catching_up(&self) -> Option<usize> {
        self.goal.map(|_| self.comparison.row().frame)
    }

    /// The frame that is shown, if the evolutions are not there and not on their way.
    pub fn behind(&self) -> Option<usize> {
        let shown = self.frame.as_ref()?.row.frame;
        (self.goal.is_none() && self.comparison.row().frame < shown).then_some(shown)
    }

    /// What was read from disk for a frame: its fields are shown at once, and the states are those of the candidates
    /// that are still the same.
    pub fn way_by_disk(&self, goal: usize, frame: Option<Frame>, states: Option<(usize, States)>) -> Option<Way> {
        if let Some(frame) = frame {
            self.recording.keep_fetched(frame);
        }
        let Some((at, states)) = states else { return self.recording.frame(goal).map(Way::Fields) };
        let mut states = states.into_iter();
        let reference = states.next()??;
        let since = |id: &u64| self.comparison.candidates().iter().find(|candidate| candidate.id() == *id);
        let candidates = self.ids_on_disk.iter().zip(states).map(|(id, state)| SavedCandidate {
            id: *id,
            since: since(id).map_or(0, |candidate| candidate.since().min(at)),
            state,
        });
        let saved = Saved { reference, candidates: candidates.collect() };
        Some(Way::States(at, Arc::new(saved)))
    }
}
