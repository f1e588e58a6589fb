//! A run of the window as a recording on disk.

use super::{EvolutionSnapshot, RunRecord, Snapshot, run::STATE_INTERVAL};
use crate::{
    evolution::State,
    formats::FormatError,
    recording::{History, RecordingWriter, Saved},
};
use std::{collections::BTreeSet, path::Path};

impl Snapshot {
    /// What is kept of the run up to this frame, as it is now.
    pub fn history(&self) -> History {
        self.recording.history(self.frame.clone(), self.rows.clone())
    }

    /// The frames of a history of this run that do not follow from its setup alone, in order: at them a field was
    /// painted on or handed over, or a candidate came later or was given other weights.
    pub fn changes(&self, history: &History) -> Vec<usize> {
        let late = self.late().map(|candidate| candidate.since);
        let given = Some(self.reference.since).filter(|since| *since > 0);
        let latest = history.length().saturating_sub(1);
        let frames: BTreeSet<_> = history.breaks().chain(late).chain(given).map(|frame| frame.min(latest)).collect();
        frames.into_iter().collect()
    }

    /// The candidates that do not evolve by themselves from where their lead ends.
    fn late(&self) -> impl Iterator<Item = &EvolutionSnapshot> {
        let candidates = self.candidates.iter().zip(&self.setup.candidates);
        candidates.filter(|(candidate, spec)| candidate.since != spec.lead()).map(|(candidate, _)| candidate)
    }

    /// Writes a history of this run into a folder, as `spinodal compare` does, and says whether it could: a long run
    /// has dropped frames to stay within its memory. The states that are kept go with the frames; those on disk that
    /// cannot be read are left out. `engine` says in words what computed it.
    ///
    /// # Errors
    /// When the files cannot be written, or frames on disk not be read.
    pub fn write_recording(&self, history: &History, folder: &Path, engine: String) -> Result<bool, FormatError> {
        let length = history.length();
        if history.numbers().len() < length {
            return Ok(false);
        }
        let setup = (*self.setup).clone().recorded(self.reference.grid.shape());
        let record = RunRecord {
            frames: self.number(),
            state_interval: STATE_INTERVAL,
            changed: self.changes(history),
            ..RunRecord::new(setup, engine)
        };
        let record = record.with_files(&self.files);
        let Ok(layout) = record.layout() else { return Ok(false) };
        let mut writer = RecordingWriter::create(folder, &layout)?;
        for frame in 0..length {
            let Some(frame) = history.frame(frame)? else { return Ok(false) };
            writer.append(&frame)?;
        }
        for (frame, saved) in history.states() {
            if let Some(states) = self.states(frame, saved) {
                writer.keep_states(frame, &states)?;
            }
        }
        for &frame in history.states_on_disk().iter().filter(|_| self.late().next().is_none()) {
            match history.read_states(frame) {
                Ok(states) => states.map_or(Ok(()), |states| writer.keep_states(frame, &states))?,
                Err(error) => tracing::warn!("the states of frame {frame} are left out: {error}"),
            }
        }
        // Last: with it the folder is a recording.
        record.write(folder)?;
        Ok(true)
    }

    /// The states that were saved at a frame, as a recording holds them; `None` where it would take them for others:
    /// it does not tell a candidate that had not come yet from one that was stopped, and knows no evolution that
    /// counts its frames from where it was handed a field.
    fn states(&self, frame: usize, saved: &Saved) -> Option<Vec<Option<State>>> {
        if saved.reference.frame != frame {
            return None;
        }
        let present = self.candidates.iter().zip(&self.setup.candidates);
        let candidates = present.map(|(candidate, spec)| {
            let own = saved.candidates.iter().find(|saved| saved.id == candidate.id)?;
            let is_there = candidate.since == spec.lead() || frame >= candidate.since;
            is_there.then(|| own.state.clone())
        });
        [Some(Some(saved.reference.clone()))].into_iter().chain(candidates).collect()
    }
}
