//! A recorded run, to be looked at and gone on with.

use super::{ComparisonError, Inputs, Setup};
use crate::{
    evolution::State,
    formats::{FormatError, npy::FrameReader},
    recording::{
        Frame, Row,
        folder::{self, Layout, RecordingReader},
    },
};
use serde::Deserialize;
use std::{fs, path::Path};

/// What is needed of `run.toml`.
#[derive(Deserialize)]
struct Record {
    setup: Setup,
}

/// A recording on disk, as far as it takes to show its latest frame and to go on.
#[derive(Debug)]
pub struct Recorded {
    /// What it takes to start the run anew; the initial field is the recording's first frame.
    pub inputs: Inputs,
    /// The figures of all frames.
    pub rows: Vec<Row>,
    /// The latest frame.
    pub latest: Frame,
    /// The latest states of reference and candidates, and the frame that they are of.
    pub states: Option<(usize, Vec<Option<State>>)>,
}

impl Recorded {
    /// Reads the recording in a folder. Touches no device, so that it may run on any thread.
    ///
    /// # Errors
    /// When there is no recording, or none with a complete frame, or a model of it cannot be read.
    pub fn read(folder: &Path) -> Result<Self, ComparisonError> {
        let path = folder.join(folder::RUN);
        let text = fs::read_to_string(&path).map_err(|source| FormatError::Read { path: path.clone(), source })?;
        let unusable = |reason: String| FormatError::Unusable { path: path.clone(), kind: "record of a run", reason };
        let Record { setup } = toml::from_str(&text).map_err(|error| unusable(error.message().to_owned()))?;
        let reader = RecordingReader::open(folder, setup.layout(folder)?)?;
        let first = reader.frame(0)?;
        let latest = reader.rows().len().checked_sub(1).map(|frame| reader.frame(frame)).transpose()?.flatten();
        let (Some(first), Some(latest)) = (first, latest) else {
            return Err(unusable("no frame was recorded".into()).into());
        };
        let mut inputs = setup.load_beside((*first.reference).clone())?;
        let states = reader.latest_states()?;
        inputs.warnings.extend(doubt(latest.row.frame, states.as_ref().map(|(frame, _)| *frame)));
        Ok(Self { inputs, rows: reader.rows().to_vec(), latest, states })
    }
}

/// What the user should know before the run goes on.
fn doubt(latest: usize, saved: Option<usize>) -> Option<String> {
    match saved {
        Some(frame) if frame == latest => None,
        Some(frame) => Some(format!("this recording goes on from frame {frame}, the latest whose state was kept")),
        None => Some("no states were kept with this recording: to go on is to start anew".into()),
    }
}

impl Setup {
    /// The layout of a recording of this setup in a folder.
    fn layout(&self, folder: &Path) -> Result<Layout, ComparisonError> {
        let concentration = self.options.concentration;
        let path = folder::fields_path(folder, folder::REFERENCE);
        let reference = FrameReader::open_first(&path, concentration, 1)?.grid();
        let grids = self.candidates.iter().map(|candidate| candidate.grid(&reference));
        let candidates = self.names().into_iter().zip(grids).map(|(name, grid)| Ok((name, grid?)));
        Ok(Layout { reference, candidates: candidates.collect::<Result<_, ComparisonError>>()?, concentration })
    }
}
