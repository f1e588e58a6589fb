//! Reads what [`RecordingWriter`](super::RecordingWriter) has written.

use super::{
    Frame, Layout, METRICS, REFERENCE, Row, STATES, States, fields_path,
    folder::{frame_of_states, has_field, states_path},
    state_file, table,
};
use crate::{
    field::Field,
    formats::{FormatError, npy::FrameReader, open_file},
    grid::Grid,
};
use parking_lot::Mutex;
use same_file::Handle;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Reads a recording on disk. Its files stay open, so that all frames are of one run even where another takes its place
/// meanwhile.
#[derive(Debug)]
pub struct RecordingReader {
    folder: PathBuf,
    rows: Vec<Row>,
    reference: Option<Series>,
    /// `None` for one of which there is no field yet.
    candidates: Vec<Option<Series>>,
    /// See [`Layout::run`].
    run: String,
}

/// The fields of one evolution.
#[derive(Debug)]
struct Series {
    grid: Grid,
    frames: Mutex<FrameReader>,
}

impl Series {
    /// Opens the first so many fields, or fewer where the file was cut short; `None` if there are to be none.
    fn open(
        folder: &Path,
        (name, grid): (&str, Grid),
        concentration: bool,
        count: usize,
    ) -> Result<Option<Self>, FormatError> {
        if count == 0 {
            return Ok(None);
        }
        let path = fields_path(folder, name);
        let frames = FrameReader::open_up_to(&path, concentration, count)?;
        if frames.grid().shape != grid.shape {
            let reason = format!("its frames have {} nodes, but the run has {}", frames.grid().shape(), grid.shape());
            return Err(FormatError::Unusable { path, kind: "NumPy", reason });
        }
        Ok(Some(Self { grid, frames: Mutex::new(frames) }))
    }

    fn read(&self, place: usize) -> Result<Arc<Field>, FormatError> {
        Ok(Arc::new(self.frames.lock().read(place)?.with_spacing(self.grid.spacing)))
    }
}

impl RecordingReader {
    /// Opens the recording in a folder with all its complete frames.
    ///
    /// # Errors
    /// When there is none, or its files are damaged or not those of one run.
    pub fn open(folder: &Path, layout: &Layout) -> Result<Self, FormatError> {
        let metrics = folder.join(METRICS);
        let identity = || {
            let handle = open_file(&metrics).and_then(Handle::from_file);
            handle.map_err(|source| FormatError::Read { path: metrics.clone(), source })
        };
        let before = identity()?;
        let (mut rows, _) = table::read(&metrics, &layout.names())?;
        let open = |series, count| Series::open(folder, series, layout.concentration, count);
        let reference = open((REFERENCE, layout.reference), rows.len())?;
        let candidates = layout.candidates.iter().enumerate();
        let candidates = candidates.map(|(number, (name, grid))| {
            let fields = rows.iter().filter(|row| has_field(row, number));
            open((name, *grid), fields.count())
        });
        let candidates = candidates.collect::<Result<Vec<_>, _>>()?;
        let available = |series: &Option<Series>| series.as_ref().map_or(0, |series| series.frames.lock().frames());
        let mut left = [&reference].into_iter().chain(&candidates).map(available).collect::<Vec<_>>();
        let is_complete = |row: &Row| {
            let wanted = [true].into_iter().chain((0..layout.candidates.len()).map(|number| has_field(row, number)));
            let mut wanted = left.iter_mut().zip(wanted).filter_map(|(left, wanted)| wanted.then_some(left));
            wanted.all(|left| left.checked_sub(1).map(|rest| *left = rest).is_some())
        };
        let complete = rows.iter().map(is_complete).take_while(|&complete| complete).count();
        rows.truncate(complete);
        if identity()? != before {
            let reason = "another run is taking its place".to_owned();
            return Err(FormatError::Unusable { path: folder.to_owned(), kind: "recording", reason });
        }
        Ok(Self { folder: folder.to_owned(), rows, reference, candidates, run: layout.run.clone() })
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The figures of all complete frames.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Figures and fields of one frame; `None` when there is no such complete frame.
    ///
    /// # Errors
    /// When a field cannot be read.
    pub fn frame(&self, frame: usize) -> Result<Option<Frame>, FormatError> {
        let (Some(row), Some(reference)) = (self.rows.get(frame), &self.reference) else { return Ok(None) };
        let reference = reference.read(frame)?;
        let candidates = self.candidates.iter().enumerate().take(row.candidates.len());
        let candidates = candidates.map(|(number, series)| {
            let place = self.rows[..frame].iter().filter(|row| has_field(row, number)).count();
            let series = series.as_ref().filter(|_| has_field(row, number));
            series.map(|series| series.read(place)).transpose()
        });
        let candidates = candidates.collect::<Result<_, _>>()?;
        Ok(Some(Frame { row: row.clone(), reference, candidates }))
    }

    /// The complete frames whose states are there, in order.
    ///
    /// # Errors
    /// When their folder cannot be read.
    pub fn state_frames(&self) -> Result<Vec<usize>, FormatError> {
        let folder = self.folder.join(STATES);
        let failed = |source| FormatError::Read { path: folder.clone(), source };
        let mut frames = Vec::new();
        if !folder.exists() {
            return Ok(frames);
        }
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            frames.extend(frame_of_states(&name.to_string_lossy()).filter(|frame| *frame < self.rows.len()));
        }
        frames.sort_unstable();
        Ok(frames)
    }

    /// The states of a frame.
    ///
    /// # Errors
    /// When they are not there, cannot be read, or are not what this run has saved.
    pub fn states(&self, frame: usize) -> Result<States, FormatError> {
        state_file::read(&states_path(&self.folder, frame), &self.run)
    }

    /// The latest states of a complete frame, and the frame that they are of.
    ///
    /// # Errors
    /// When the folder or the states cannot be read.
    pub fn latest_states(&self) -> Result<Option<(usize, States)>, FormatError> {
        let latest = self.state_frames()?.pop();
        latest.map(|frame| Ok((frame, self.states(frame)?))).transpose()
    }
}
