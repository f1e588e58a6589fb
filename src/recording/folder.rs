//! A recording on disk.
//!
//! - `run.toml`: the settings that repeat the run;
//! - `metrics.csv`: one row per frame, written after the frame's fields, so that the fields of every row are there;
//! - `reference.npy`, and `NAME.npy` for each candidate: the fields, [frames, nx, ny, nz];
//! - `states/00050.safetensors`: states from which the run can continue, every so many frames and at its end.
//!
//! A program killed at any moment leaves all complete frames readable.

use super::{Frame, Row, Standing, States, state_file, table};
use crate::{
    evolution::State,
    field::Field,
    formats::{
        FormatError, check_plain, entries,
        npy::{FrameReader, GrowingFrames},
        open_file, remove_parts, write_text,
    },
    grid::Grid,
};
use parking_lot::Mutex;
use same_file::Handle;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The record of a run, in TOML.
pub const RUN: &str = "run.toml";
/// The table of figures.
pub const METRICS: &str = "metrics.csv";
/// What the fields of the reference are called.
pub const REFERENCE: &str = "reference";
/// The folder of saved states.
pub const STATES: &str = "states";

/// What the files of a recording hold: the names of the candidates and the nodes of all.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Nodes of the reference.
    pub reference: Grid,
    /// Name and nodes of each candidate.
    pub candidates: Vec<(String, Grid)>,
    /// Whether fields are stored as c = (φ + 1)/2.
    pub concentration: bool,
}

impl Layout {
    fn names(&self) -> Vec<String> {
        self.candidates.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Name and nodes of the reference, then of each candidate.
    pub fn series(&self) -> impl Iterator<Item = (&str, Grid)> {
        let candidates = self.candidates.iter().map(|(name, grid)| (name.as_str(), *grid));
        [(REFERENCE, self.reference)].into_iter().chain(candidates)
    }
}

/// The file of the fields of one evolution.
pub fn fields_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.npy"))
}

fn states_path(folder: &Path, frame: usize) -> PathBuf {
    folder.join(STATES).join(format!("{frame:05}.safetensors"))
}

/// Writes a recording frame by frame.
#[derive(Debug)]
pub struct RecordingWriter {
    folder: PathBuf,
    metrics: File,
    /// The reference's fields, then the candidates'.
    series: Vec<GrowingFrames>,
    frames: usize,
}

impl RecordingWriter {
    /// Starts the files of a recording in a folder that exists and that no other run writes into, in place of those of
    /// an earlier one.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn create(folder: &Path, layout: &Layout) -> Result<Self, FormatError> {
        remove_parts(folder);
        let states = folder.join(STATES);
        let failed = |source| FormatError::Write { path: states.clone(), source };
        if states.exists() {
            fs::remove_dir_all(&states).map_err(failed)?;
        }
        fs::create_dir_all(&states).map_err(failed)?;
        let series = layout.series();
        let series =
            series.map(|(name, grid)| GrowingFrames::create(&fields_path(folder, name), grid, layout.concentration));
        let series = series.collect::<Result<_, _>>()?;
        let path = folder.join(METRICS);
        check_plain(&path)?;
        let mut metrics = File::create(&path).map_err(|source| FormatError::Write { path: path.clone(), source })?;
        put_line(&mut metrics, &path, &table::header(&layout.names()))?;
        Ok(Self { folder: folder.to_owned(), metrics, series, frames: 0 })
    }

    /// Continues the recording in a folder, which no other run writes into, after its frame `frame`, which has states;
    /// later frames are dropped.
    ///
    /// # Errors
    /// When something cannot be read or written, or the files are those of another run.
    pub fn resume(folder: &Path, layout: &Layout, frame: usize) -> Result<Self, FormatError> {
        [folder, &folder.join(STATES)].into_iter().for_each(remove_parts);
        let path = folder.join(METRICS);
        let (rows, _) = table::read(&path, &layout.names())?;
        let rows = &rows[..rows.len().min(frame + 1)];
        let text: String = rows.iter().map(|row| table::line(row, layout.candidates.len()) + "\n").collect();
        let concentration = layout.concentration;
        let series = layout.series().enumerate().map(|(index, (name, grid))| {
            let running = |row: &&Row| index == 0 || has_field(row, index - 1);
            (fields_path(folder, name), grid, rows.iter().filter(running).count())
        });
        let series: Vec<_> = series.collect();
        // Nothing is cut before all is found to fit.
        check_plain(&path)?;
        for (path, grid, frames) in &series {
            match frames {
                0 => check_plain(path)?,
                frames => GrowingFrames::check(path, *grid, *frames, concentration)?,
            }
        }
        // Another program may have written the table in its own way.
        write_text(&path, &format!("{}\n{text}", table::header(&layout.names())))?;
        let failed = |source| FormatError::Write { path: path.clone(), source };
        let metrics = File::options().append(true).open(&path).map_err(failed)?;
        let take_up = |(path, grid, frames): (PathBuf, Grid, usize)| match frames {
            // A candidate that was not added yet.
            0 => GrowingFrames::create(&path, grid, concentration),
            _ => GrowingFrames::resume(&path, grid, frames, concentration),
        };
        let series = series.into_iter().map(take_up).collect::<Result<_, _>>()?;
        Ok(Self { folder: folder.to_owned(), metrics, series, frames: rows.len() })
    }

    /// Frames written.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Adds a frame: its fields first, then its row, which makes it complete.
    ///
    /// # Errors
    /// When the disk is full; the frames before stay complete.
    pub fn append(&mut self, frame: &Frame) -> Result<(), FormatError> {
        let fields = [Some(&frame.reference)].into_iter().chain(frame.candidates.iter().map(Option::as_ref));
        for (series, field) in self.series.iter_mut().zip(fields) {
            if let Some(field) = field {
                series.append(field)?;
            }
        }
        put_line(&mut self.metrics, &self.folder.join(METRICS), &table::line(&frame.row, self.series.len() - 1))?;
        self.frames += 1;
        Ok(())
    }

    /// Writes the states at a frame.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn keep_states(&self, frame: usize, states: &[Option<State>]) -> Result<(), FormatError> {
        state_file::write(&states_path(&self.folder, frame), states)
    }

    /// Removes the states of frames that are no longer needed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn drop_states(&self, is_needed: impl Fn(usize) -> bool) -> Result<(), FormatError> {
        let frame = |path: &Path| path.file_stem()?.to_str()?.parse().ok();
        let dropped = entries(&self.folder.join(STATES));
        let mut dropped = dropped.iter().filter(|path| frame(path).is_some_and(|frame| !is_needed(frame)));
        dropped.try_for_each(|path| {
            fs::remove_file(path).map_err(|source| FormatError::Write { path: path.to_owned(), source })
        })
    }
}

/// Whether the files hold a field of a candidate at a frame: it has come and was not stopped.
fn has_field(row: &Row, candidate: usize) -> bool {
    row.candidates.get(candidate).is_some_and(|entry| entry.standing != Standing::Stopped)
}

/// One write per line, so that a kill cannot leave half of it behind another.
fn put_line(file: &mut File, path: &Path, line: &str) -> Result<(), FormatError> {
    let written = file.write_all(format!("{line}\n").as_bytes());
    written.map_err(|source| FormatError::Write { path: path.to_owned(), source })
}

/// Reads a recording on disk. Its files stay open, so that all frames are of one run even where another takes its place
/// meanwhile.
#[derive(Debug)]
pub struct RecordingReader {
    folder: PathBuf,
    rows: Vec<Row>,
    reference: Option<Series>,
    /// `None` for one of which there is no field yet.
    candidates: Vec<Option<Series>>,
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
        Ok(Self { folder: folder.to_owned(), rows, reference, candidates })
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
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let frame = name.to_string_lossy().strip_suffix(".safetensors").and_then(|frame| frame.parse().ok());
            frames.extend(frame.filter(|&frame: &usize| frame < self.rows.len()));
        }
        frames.sort_unstable();
        Ok(frames)
    }

    /// The states of a frame.
    ///
    /// # Errors
    /// When they are not there or cannot be read.
    pub fn states(&self, frame: usize) -> Result<States, FormatError> {
        state_file::read(&states_path(&self.folder, frame))
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
