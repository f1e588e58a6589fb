//! A recorded run, to be looked at and continued.

use super::{ComparisonError, Files, Inputs, RunRecord};
use crate::{
    formats::FormatError,
    recording::{Frame, RecordingReader, States},
};
use std::path::Path;

/// What it takes of a recording on disk to show its latest frame and to continue.
#[derive(Debug)]
pub struct Recorded {
    /// What it takes to start the run anew; the initial field is the recording's first frame.
    pub inputs: Inputs,
    /// The figures of all frames, and their fields on disk.
    pub reader: RecordingReader,
    /// The latest frame.
    pub latest: Frame,
    /// The latest states of reference and candidates, and the frame that they are of. None are there where the run was
    /// changed by hand since: they do not lead to the latest frame.
    pub states: Option<(usize, States)>,
    /// The frames at which the run was changed by hand, or continues from its fields alone.
    pub breaks: Vec<usize>,
}

impl Recorded {
    /// Reads the recording in a folder. Touches no device, so that it may run on any thread.
    ///
    /// # Errors
    /// When there is no recording, or none with a complete frame, or a model of it cannot be read.
    pub fn read(folder: &Path) -> Result<Self, ComparisonError> {
        let (record, reader) = RunRecord::open(folder)?;
        let latest = reader.rows().len().checked_sub(1).map(|frame| reader.frame(frame)).transpose()?.flatten();
        let (Some(mut inputs), Some(latest)) = (record.inputs(&reader)?, latest) else {
            let (path, reason) = (folder.to_owned(), "it has no complete frame".to_owned());
            return Err(FormatError::Unusable { path, kind: "recording", reason }.into());
        };
        // A recording that was cut short is of the frames before.
        let mut breaks: Vec<_> = record.changed.iter().copied().filter(|frame| *frame <= latest.row.frame).collect();
        let states = reader.latest_states()?.filter(|(at, _)| breaks.iter().all(|frame| frame <= at));
        inputs.files = Files::recorded(&record.setup, &record.files);
        // It can be looked at all the same.
        inputs.warnings.extend(record.check_models().err().map(|changed| changed.to_string()));
        inputs.warnings.extend(doubt(latest.row.frame, states.as_ref().map(|(frame, _)| *frame), &breaks));
        if states.is_none() && !breaks.is_empty() {
            breaks.push(latest.row.frame);
        }
        Ok(Self { inputs, reader, latest, states, breaks })
    }
}

/// What the user should know before the run continues.
fn doubt(latest: usize, saved: Option<usize>, breaks: &[usize]) -> Option<String> {
    match saved {
        Some(frame) if frame == latest => None,
        Some(frame) => Some(format!("this recording continues from frame {frame}, the latest with saved states")),
        None if !breaks.is_empty() => Some(format!(
            "this run was changed by hand and no states were kept since: it continues from the fields of frame {latest} \
             alone, and networks begin with an empty memory"
        )),
        None => Some("no states were kept with this recording: it continues from its first frame".into()),
    }
}
