//! A recording on disk.
//!
//! - `run.toml`: the settings that repeat the run;
//! - `metrics.csv`: one row per frame, written after the frame's fields, so that the fields of every row are there;
//! - `reference.npy`, and `NAME.npy` for each candidate: the fields, [frames, nx, ny, nz];
//! - `states/00050.safetensors`: states from which the run can continue, every so many frames and at its end.
//!
//! A program killed at any moment leaves all complete frames readable.

use super::{Frame, Row, Standing, state_file, table};
use crate::{
    evolution::State,
    formats::{FormatError, check_plain, entries, npy::GrowingFrames, remove_parts, write_text},
    grid::Grid,
};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
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
    /// What tells the run from others, whose states are refused. Empty where nothing does.
    pub run: String,
}

impl Layout {
    pub(super) fn names(&self) -> Vec<String> {
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

pub(super) fn states_path(folder: &Path, frame: usize) -> PathBuf {
    folder.join(STATES).join(format!("{frame:05}.safetensors"))
}

/// The frame of saved states, by the name of their file. Whatever is called otherwise is the user's own.
pub fn frame_of_states(name: &str) -> Option<usize> {
    let frame = name.strip_suffix(".safetensors")?.parse().ok()?;
    (name == format!("{frame:05}.safetensors")).then_some(frame)
}

/// Writes a recording frame by frame.
#[derive(Debug)]
pub struct RecordingWriter {
    folder: PathBuf,
    metrics: File,
    /// The reference's fields, then the candidates'.
    series: Vec<GrowingFrames>,
    frames: usize,
    /// See [`Layout::run`].
    run: String,
}

impl RecordingWriter {
    /// Starts the files of a recording in a folder that exists and that no other run writes into, in place of those of
    /// an earlier one.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn create(folder: &Path, layout: &Layout) -> Result<Self, FormatError> {
        let states = folder.join(STATES);
        fs::create_dir_all(&states).map_err(|source| FormatError::Write { path: states.clone(), source })?;
        [folder, &states].into_iter().for_each(remove_parts);
        drop_states(folder, |_| false)?;
        let series = layout.series();
        let series =
            series.map(|(name, grid)| GrowingFrames::create(&fields_path(folder, name), grid, layout.concentration));
        let series = series.collect::<Result<_, _>>()?;
        let path = folder.join(METRICS);
        check_plain(&path)?;
        let mut metrics = File::create(&path).map_err(|source| FormatError::Write { path: path.clone(), source })?;
        put_line(&mut metrics, &path, &table::header(&layout.names()))?;
        Ok(Self { folder: folder.to_owned(), metrics, series, frames: 0, run: layout.run.clone() })
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
        Ok(Self { folder: folder.to_owned(), metrics, series, frames: rows.len(), run: layout.run.clone() })
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
        state_file::write(&states_path(&self.folder, frame), &self.run, states)
    }

    /// Removes the states of frames that are no longer needed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn drop_states(&self, is_needed: impl Fn(usize) -> bool) -> Result<(), FormatError> {
        drop_states(&self.folder, is_needed)
    }
}

fn drop_states(folder: &Path, is_needed: impl Fn(usize) -> bool) -> Result<(), FormatError> {
    let frame = |path: &Path| frame_of_states(path.file_name()?.to_str()?);
    let dropped = entries(&folder.join(STATES));
    let mut dropped = dropped.iter().filter(|path| frame(path).is_some_and(|frame| !is_needed(frame)));
    dropped.try_for_each(|path| {
        fs::remove_file(path).map_err(|source| FormatError::Write { path: path.to_owned(), source })
    })
}

/// One write per line, so that a kill cannot leave half of it behind another.
fn put_line(file: &mut File, path: &Path, line: &str) -> Result<(), FormatError> {
    let written = file.write_all(format!("{line}\n").as_bytes());
    written.map_err(|source| FormatError::Write { path: path.to_owned(), source })
}

/// Whether the files hold a field of a candidate at a frame: it has come and was not stopped.
pub(super) fn has_field(row: &Row, candidate: usize) -> bool {
    row.candidates.get(candidate).is_some_and(|entry| entry.standing != Standing::Stopped)
}
