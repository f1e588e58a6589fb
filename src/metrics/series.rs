//! The metrics of a run, frame by frame.

use super::PairMetrics;
use crate::formats::{FormatError, OutputFile};
use serde::Serialize;
use std::{ops::Deref, path::Path};

/// The figures of one frame. They can be read as fields of the row itself: `row.rmse`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameMetrics {
    /// Frames since the start.
    pub frame: usize,
    /// Time in the equation's units.
    pub time: f64,
    /// Network against solver.
    pub metrics: PairMetrics,
}

impl Deref for FrameMetrics {
    type Target = PairMetrics;

    fn deref(&self) -> &PairMetrics {
        &self.metrics
    }
}

/// A `.csv` file of metrics: a header that names them, then one row per frame.
pub struct MetricsWriter(csv::Writer<OutputFile>);

/// The leading columns of a row.
#[derive(Serialize)]
struct Moment {
    frame: usize,
    time: f64,
}

impl MetricsWriter {
    /// Starts the file; it appears under its name when [`MetricsWriter::finish`] is called.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path) -> Result<Self, FormatError> {
        Ok(Self(csv::Writer::from_writer(OutputFile::create(path)?)))
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn append(&mut self, row: &FrameMetrics) -> Result<(), FormatError> {
        let moment = Moment { frame: row.frame, time: row.time };
        let written = self.0.serialize((moment, &row.metrics));
        let path = || self.0.get_ref().path().to_owned();
        written.map_err(|error| FormatError::Write { path: path(), source: error.into() })
    }

    /// Completes the file.
    ///
    /// # Errors
    /// When the disk is full or the file cannot get its name.
    pub fn finish(self) -> Result<(), FormatError> {
        let path = self.0.get_ref().path().to_owned();
        let file = self.0.into_inner().map_err(|error| FormatError::Write { path, source: error.into_error() })?;
        file.finish()
    }
}
