//! Writes the outputs of a run.

use super::{Film, Kind, OutputSpec, Progress, Source, spec::of_evolution};
use crate::{
    app::{home::from_home, views::Look},
    comparison::write_report,
    field::Field,
    formats::{FormatError, mesh, npy, vtk, write_text},
    gpu::{Gpu, GpuError},
    recording::{Frame, REFERENCE, table},
    report::{ReportError, movie, png},
    surface::extract,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Size of the pictures of a report.
const REPORT: [u32; 2] = [1600, 800];

/// An output that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// What is not in it although it would belong there, if anything: one clause.
    pub missing: Option<String>,
}

/// Writes an output. A `~` at the start of its path is the user's own folder.
///
/// # Errors
/// When something is there already, a picture cannot be drawn, or a file not be read or written.
pub fn write(
    spec: &OutputSpec,
    source: &Source,
    gpu: Option<&Gpu>,
    progress: &Progress,
) -> Result<Written, ReportError> {
    let spec = &OutputSpec { path: from_home(&spec.path), ..spec.clone() };
    let names: Vec<_> = evolutions(source, &source.frame).into_iter().map(|(name, _)| name).collect();
    if let Some(path) = spec.kind.files(&spec.path, &names).into_iter().find(|path| path.exists()) {
        let reason = "it already exists: choose another name".to_owned();
        return Err(FormatError::Unusable { path, kind: "place for a new file", reason }.into());
    }
    let missing = match spec.kind {
        Kind::Picture => {
            let picture = film(spec, source, gpu)?.draw(&source.frame, 0.0)?;
            png::save(&picture, &spec.path)?;
            None
        }
        Kind::Film => return write_film(spec, source, gpu, progress),
        Kind::Surfaces => {
            each(spec, source, |path, field| {
                let mesh = extract(field, source.look.level, source.look.caps);
                mesh::write(path, &mesh.positions, &mesh.normals, &mesh.triangles)
            })?;
            None
        }
        Kind::Fields => {
            each(spec, source, |path, field| match path.extension().is_some_and(|ending| ending == "vti") {
                true => vtk::write_vti(path, field),
                false => npy::write_field(path, field, false),
            })?;
            None
        }
        Kind::Series => write_series(spec, source, progress)?,
        Kind::Table => write_table(spec, source)?,
        Kind::Report => report(spec, source, gpu)?,
    };
    Ok(Written { path: spec.path.clone(), missing })
}

/// What is missing where so many of the frames are there.
fn without(source: &Source, kept: usize) -> Option<String> {
    let all = source.history.length();
    let gone = all.saturating_sub(kept);
    (gone > 0).then(|| format!("without {gone} of {all} frames, which were not kept"))
}

fn film(spec: &OutputSpec, source: &Source, gpu: Option<&Gpu>) -> Result<Film, GpuError> {
    let gpu = gpu.ok_or_else(|| GpuError::Failed("there is no graphics device to draw on".into()))?;
    let look = Look { ground: spec.ground.unwrap_or(source.look.ground), ..source.look };
    Film::new(gpu, source.snapshot.clone(), source.shown, source.camera, look, spec.size)
}

fn write_film(
    spec: &OutputSpec,
    source: &Source,
    gpu: Option<&Gpu>,
    progress: &Progress,
) -> Result<Written, ReportError> {
    let mut film = film(spec, source, gpu)?;
    let numbers = source.history.numbers();
    let frames: Vec<_> = numbers.iter().step_by(spec.every.max(1)).collect();
    let count = frames.len().max(spec.turntable);
    let pictures = (0..count).take_while(|_| !progress.is_stopped()).filter_map(|picture| {
        progress.set(picture, count);
        let frame = source.history.frame(**frames.get(picture).or(frames.last())?).transpose()?;
        let turn = if spec.turntable > 0 { picture as f32 / spec.turntable as f32 } else { 0.0 };
        Some(frame.map_err(ReportError::from).and_then(|frame| film.draw(&frame, turn)))
    });
    let written = movie::write(&spec.path, spec.rate, &|| progress.is_stopped(), pictures)?;
    Ok(Written { path: written.path, missing: without(source, numbers.len()) })
}

/// Writes a file per evolution.
fn each(
    spec: &OutputSpec,
    source: &Source,
    write: impl Fn(&Path, &Field) -> Result<(), FormatError>,
) -> Result<(), ReportError> {
    for (name, field) in evolutions(source, &source.frame) {
        write(&of_evolution(&spec.path, &name), field)?;
    }
    Ok(())
}

/// The fields of a frame, by name.
fn evolutions<'a>(source: &Source, frame: &'a Frame) -> Vec<(String, &'a Field)> {
    let candidates = source.snapshot.setup.names().into_iter().zip(&frame.candidates);
    let candidates = candidates.filter_map(|(name, field)| Some((name, &**field.as_ref()?)));
    [(REFERENCE.to_owned(), &*frame.reference)].into_iter().chain(candidates).collect()
}

/// Writes a file per evolution and frame, and for every evolution the list of its files with their times.
fn write_series(spec: &OutputSpec, source: &Source, progress: &Progress) -> Result<Option<String>, ReportError> {
    let failed = |error| FormatError::Write { path: spec.path.clone(), source: error };
    fs::create_dir_all(&spec.path).map_err(failed)?;
    let numbers = source.history.numbers();
    let frames: Vec<_> = numbers.iter().step_by(spec.every.max(1)).collect();
    let mut lists: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for (done, &number) in frames.iter().enumerate().take_while(|_| !progress.is_stopped()) {
        progress.set(done, frames.len());
        let Some(frame) = source.history.frame(*number)? else { continue };
        for (name, field) in evolutions(source, &frame) {
            let file = format!("{name}_{number:05}.vti");
            vtk::write_vti(&spec.path.join(&file), field)?;
            lists.entry(name).or_default().push((file, frame.row.time));
        }
    }
    for (name, files) in lists {
        vtk::write_series(&spec.path.join(format!("{name}.vti.series")), &files)?;
    }
    Ok(without(source, numbers.len()))
}

fn write_table(spec: &OutputSpec, source: &Source) -> Result<Option<String>, ReportError> {
    let (rows, names) = (source.history.rows(), source.snapshot.setup.names());
    let lines: String = rows.iter().map(|row| table::line(row, names.len()) + "\n").collect();
    write_text(&spec.path, &format!("{}\n{lines}", table::header(&names)))?;
    Ok(without(source, rows.len()))
}

fn report(spec: &OutputSpec, source: &Source, gpu: Option<&Gpu>) -> Result<Option<String>, ReportError> {
    let (snapshot, history) = (&source.snapshot, &source.history);
    let is_recording = snapshot.write_recording(history, &spec.path, source.engine.into())?;
    let numbers = history.numbers();
    let first = numbers.first().map(|frame| history.frame(*frame)).transpose()?.flatten();
    let first = first.unwrap_or_else(|| source.frame.clone());
    let (rows, changes) = (history.rows(), snapshot.changes(history));
    write_report(&spec.path, &snapshot.setup, &rows, &changes, [&first, &snapshot.frame], gpu, REPORT)?;
    let kept = || without(source, numbers.len()).unwrap_or_else(|| "whose grids do not fit".into());
    Ok((!is_recording).then(|| format!("{}, so that it is no recording", kept())))
}
