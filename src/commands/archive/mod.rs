//! The folder that a comparison leaves behind.

mod earlier;
mod surfaces;

use super::{CommandError, output};
use crate::{
    comparison::{Comparison, RunRecord},
    formats::{FolderLock, remove_parts, shown, write_text},
    gpu::Gpu,
    recording::{METRICS, REFERENCE, RecordingReader, RecordingWriter, Row, STATES, Standing, fields_path},
    report::plots,
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A recording (see [`crate::recording`]) with what is drawn of it:
///
/// - `surfaces/`: the φ = 0 surfaces of chosen frames as `.ply`, and images of them as `.png`;
/// - `error.png`, `energy.png`: plots of the figures;
/// - `outcome.toml`: the frames reached and what each cost. All other files are the same whenever the run is repeated;
/// - `earlier/`: the run that was there before, until this one is complete;
/// - `.lock`: locked while the run is written.
pub struct Archive {
    folder: PathBuf,
    lock: FolderLock,
    record: RunRecord,
    names: Vec<String>,
    writer: RecordingWriter,
    gpu: Option<Gpu>,
    rows: Vec<Row>,
}

/// The contents of `outcome.toml`.
#[derive(Debug, Serialize)]
struct Outcome {
    frames: usize,
    milliseconds_per_frame: BTreeMap<String, f64>,
}

/// Folder of the surfaces.
const SURFACES: &str = "surfaces";
/// Plots, which are there once a run has ended.
const PLOTS: [&str; 2] = ["error.png", "energy.png"];
/// File of the [`Outcome`].
const OUTCOME: &str = "outcome.toml";

impl Archive {
    /// Checks that an archive in `folder` will neither overwrite nor remove the files that it starts from, and that what
    /// is in its way there can be set aside.
    ///
    /// # Errors
    /// When something else is in its way.
    pub fn check(folder: &Path, record: &RunRecord) -> Result<(), CommandError> {
        let names = [REFERENCE.to_owned()].into_iter().chain(record.setup.names());
        let files: Vec<_> = names.map(|name| fields_path(folder, &name)).collect();
        let inner = [SURFACES, STATES].map(|name| folder.join(name));
        let written: Vec<_> = files.iter().cloned().chain(inner).chain(earlier::kept(folder)).collect();
        for input in record.setup.paths() {
            written.iter().try_for_each(|path| output::check_not_input(path, input))?;
        }
        earlier::check(folder, &files)
    }

    /// Checks that the disk has room for all frames of an archive in `folder` that are not among the first `present`.
    ///
    /// # Errors
    /// When it has not.
    pub fn check_space(folder: &Path, record: &RunRecord, present: usize) -> Result<(), CommandError> {
        let layout = record.layout()?;
        let missing = (record.frames + 1).saturating_sub(present);
        let sizes = layout.series().map(|(_, grid)| output::frames_size(grid, missing));
        output::check_space(folder, sizes.fold(0, u64::saturating_add))
    }

    /// Begins an archive in a locked folder, in place of an earlier one, and writes the first frame.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn create(
        folder: &Path,
        lock: FolderLock,
        record: RunRecord,
        comparison: &mut Comparison,
    ) -> Result<Self, CommandError> {
        let layout = record.layout()?;
        earlier::set_aside(folder)?;
        // First: with it, a run that is killed here can be resumed.
        record.write(folder)?;
        output::create_folder(&folder.join(SURFACES))?;
        let writer = RecordingWriter::create(folder, &layout)?;
        let mut archive = Self::around(folder, lock, record, writer, Vec::new());
        archive.add(comparison)?;
        Ok(archive)
    }

    /// Takes up the archive in a locked folder where its latest states are, and carries `comparison` there; one that
    /// has none begins anew.
    ///
    /// # Errors
    /// When something cannot be read or written, or the files are those of another run.
    pub fn resume(
        folder: &Path,
        lock: FolderLock,
        record: RunRecord,
        comparison: &mut Comparison,
    ) -> Result<Self, CommandError> {
        let layout = record.layout()?;
        if !folder.join(METRICS).exists() {
            return Self::create(folder, lock, record, comparison);
        }
        let reader = RecordingReader::open(folder, &layout)?;
        let Some((frame, states)) = reader.latest_states()? else {
            return Self::create(folder, lock, record, comparison);
        };
        comparison.restore(frame, &states)?;
        // Frames after these states come again to the same bytes, and are kept until then.
        let rows = reader.rows().to_vec();
        let writer = RecordingWriter::resume(folder, &layout, rows.len() - 1)?;
        let archive = Self::around(folder, lock, record, writer, rows);
        // A run that was interrupted has drawn its last frame.
        output::remove_files(&folder.join(SURFACES), |name| {
            archive.frame_of_surface(name).is_some_and(|frame| !archive.is_chosen(frame))
        })?;
        archive.record.write(folder)?;
        if !layout.reference.is_flat() {
            archive.write_missing_surfaces(&reader)?;
        }
        Ok(archive)
    }

    fn around(folder: &Path, lock: FolderLock, record: RunRecord, writer: RecordingWriter, rows: Vec<Row>) -> Self {
        remove_parts(&folder.join(SURFACES));
        let gpu = Gpu::open().inspect_err(|error| tracing::warn!("no images are drawn: {error}")).ok();
        let (folder, names) = (folder.to_owned(), record.setup.names());
        Self { folder, lock, names, record, writer, gpu, rows }
    }

    fn is_chosen(&self, frame: usize) -> bool {
        match self.record.surfaces.as_slice() {
            [] => frame == 0 || frame == self.record.frames,
            chosen => chosen.contains(&frame),
        }
    }

    /// Adds the present frame of `comparison`, unless a run that was resumed has it already.
    ///
    /// # Errors
    /// When it cannot be read from the device, or not be written.
    pub fn add(&mut self, comparison: &mut Comparison) -> Result<(), CommandError> {
        self.lock.check()?;
        let number = comparison.row().frame;
        if number >= self.rows.len() {
            let frame = comparison.frame()?;
            self.writer.append(&frame)?;
            self.rows.push(frame.row.clone());
            if self.is_chosen(number) {
                self.write_surfaces(&frame, |_| true)?;
            }
        }
        // Last, so that a frame with states is complete.
        if number.is_multiple_of(self.record.state_interval) {
            let states = comparison.save()?;
            self.lock.check()?;
            self.writer.keep_states(number, &states)?;
        }
        Ok(())
    }

    /// Completes the folder after the last frame, also of a run that ended early, and says in a few lines how it went.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn finish(self, comparison: &mut Comparison) -> Result<String, CommandError> {
        self.lock.check()?;
        let frame = comparison.row().frame;
        let is_last = frame + 1 == self.rows.len();
        if is_last && self.record.surfaces.is_empty() && !self.is_chosen(frame) {
            self.write_surfaces(&comparison.frame()?, |_| true)?;
        }
        self.keep_last_states(comparison)?;
        self.close(comparison)?;
        let mut summary = summary(&self.folder, comparison);
        match earlier::kept(&self.folder) {
            Some(earlier) if frame == self.record.frames && are_well(comparison) => {
                earlier::remove(&earlier)?;
            }
            Some(earlier) => {
                summary += &format!("\nthe earlier run is kept in {} until this one is complete", shown(&earlier));
            }
            None => {}
        }
        Ok(summary)
    }

    /// Keeps the states of the last frame, so that a run that is continued loses none.
    fn keep_last_states(&self, comparison: &mut Comparison) -> Result<(), CommandError> {
        let (last, interval) = (comparison.row().frame, self.record.state_interval);
        // A run that was interrupted within a frame has none.
        if !last.is_multiple_of(interval)
            && let Ok(states) = comparison.save()
        {
            self.writer.keep_states(last, &states)?;
        }
        Ok(self.writer.drop_states(|frame| frame == last || frame.is_multiple_of(interval))?)
    }

    /// Says what the frames written cost, and draws their figures.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn close(&self, comparison: &Comparison) -> Result<(), CommandError> {
        self.lock.check()?;
        let costs = costs(comparison);
        let costs = costs.into_iter().filter_map(|(name, cost)| Some((name, cost?))).collect();
        let outcome = Outcome { frames: self.writer.frames() - 1, milliseconds_per_frame: costs };
        write_text(&self.folder.join(OUTCOME), &toml::to_string_pretty(&outcome)?)?;
        let [error, energy] = PLOTS.map(|name| self.folder.join(name));
        plots::draw_error(&self.rows, &self.names, &error)?;
        Ok(plots::draw_energy(&self.rows, &self.names, &energy)?)
    }
}

/// Whether no candidate was stopped.
fn are_well(comparison: &Comparison) -> bool {
    comparison.candidates().iter().all(|candidate| candidate.standing() != Standing::Stopped)
}

/// Milliseconds per frame of the reference and the candidates, by name.
fn costs(comparison: &Comparison) -> Vec<(String, Option<f64>)> {
    let reference = (REFERENCE.to_owned(), comparison.reference().milliseconds());
    let candidates = comparison.candidates().iter();
    [reference].into_iter().chain(candidates.map(|c| (c.name().to_owned(), c.milliseconds()))).collect()
}

/// The last row and the cost of a frame in words.
fn summary(folder: &Path, comparison: &Comparison) -> String {
    let row = comparison.row();
    let mut lines = vec![format!("frame {}, t = {}: reference F/V {:.5}", row.frame, row.time, row.energy)];
    for (candidate, entry) in comparison.candidates().iter().zip(&row.candidates) {
        let name = candidate.name();
        lines.push(match &entry.metrics {
            None => format!("{name}: diverged and was stopped; likely cause: {}", candidate.likely_cause()),
            Some(m) => format!(
                "{name}: RMSE {:.4} (between its nodes {:.4}, floor {:.4}), δ {:.3}, F/V {:.5}{}",
                m.rmse,
                m.rmse_fine,
                m.rmse_floor,
                m.displacement,
                m.energy_candidate,
                if entry.standing == Standing::Led { ", still led" } else { "" },
            ),
        });
    }
    let costs = costs(comparison).into_iter().filter_map(|(name, cost)| Some(format!("{name} {:.1} ms", cost?)));
    let costs = costs.collect::<Vec<_>>().join(", ");
    lines.push(if costs.is_empty() { String::new() } else { format!("per frame: {costs}") });
    lines.retain(|line| !line.is_empty());
    lines.push(shown(folder));
    lines.join("\n")
}
