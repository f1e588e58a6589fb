//! Writes the outputs of a run.

use super::{Film, Progress};
use crate::{
    app::views::Look,
    comparison::{Snapshot, write_report},
    field::Field,
    formats::{FormatError, free_path_where, mesh, npy, vtk, write_text},
    gpu::{Gpu, GpuError},
    recording::{Frame, REFERENCE, table},
    report::{ReportError, movie, png},
    settings::view::RATE,
    surface::extract,
    view::{Camera, Ground},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Size of the pictures of a report.
const REPORT: [u32; 2] = [1600, 800];

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The frame shown, as `.png`.
    Picture,
    /// All recorded frames, as a film or a folder of pictures.
    Film,
    /// The surfaces of the frame shown, one file per evolution.
    Surfaces,
    /// The fields of the frame shown, one file per evolution.
    Fields,
    /// The fields of all recorded frames, as series of `.vti` in a folder.
    Series,
    /// The figures of all frames, as `.csv`.
    Table,
    /// A page with plots and pictures, in a folder.
    Report,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Picture, Self::Film, Self::Surfaces, Self::Fields, Self::Series, Self::Table, Self::Report];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Picture => "Picture",
            Self::Film => "Film",
            Self::Surfaces => "Surfaces",
            Self::Fields => "Fields",
            Self::Series => "Series",
            Self::Table => "Table",
            Self::Report => "Report",
        }
    }

    /// What it is, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Picture => "The frame shown, all evolutions side by side, in any size.",
            Self::Film => "All recorded frames, also as a turntable: .gif, .mp4 (needs ffmpeg) or a folder of .png.",
            Self::Surfaces => "The surfaces of the frame shown, a file per evolution.",
            Self::Fields => "The fields of the frame shown, a file per evolution.",
            Self::Series => "The fields of all recorded frames, in a folder: ParaView opens NAME.vti.series.",
            Self::Table => "The figures of all frames.",
            Self::Report => {
                "One page of text with plots and pictures, in a folder with the recording if all its frames are kept."
            }
        }
    }

    /// The endings that it can have; the first is the usual one. Empty for a folder.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Picture => &["png"],
            Self::Film => &["gif", "mp4", ""],
            Self::Surfaces => &["ply", "obj", "stl", "glb"],
            Self::Fields => &["npy", "vti"],
            Self::Table => &["csv"],
            Self::Series | Self::Report => &[""],
        }
    }

    /// What lies on the disk once it is written to `path`, for evolutions of these names.
    fn files(self, path: &Path, names: &[String]) -> Vec<PathBuf> {
        match self {
            Self::Surfaces | Self::Fields => names.iter().map(|name| of_evolution(path, name)).collect(),
            _ => vec![path.to_owned()],
        }
    }
}

/// What to write, where, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputSpec {
    pub kind: Kind,
    /// File or folder.
    pub path: PathBuf,
    /// Width and height of pictures, in pixels.
    pub size: [u32; 2],
    /// What is behind them; as in the window if `None`.
    pub ground: Option<Ground>,
    /// Pictures per second of a film.
    pub rate: f64,
    /// One picture per so many recorded frames.
    pub every: usize,
    /// Pictures in which the camera goes round once; 0 if it stays.
    pub turntable: usize,
}

impl Default for OutputSpec {
    fn default() -> Self {
        let mut spec = Self {
            kind: Kind::Picture,
            path: PathBuf::new(),
            size: [1920, 1080],
            ground: None,
            rate: RATE.default,
            every: 1,
            turntable: 0,
        };
        spec.rename(Kind::Picture.endings()[0]);
        spec
    }
}

impl OutputSpec {
    /// Chooses another kind, with a name that suits it.
    pub fn take(&mut self, kind: Kind) {
        self.kind = kind;
        self.rename(kind.endings()[0]);
    }

    /// Chooses another ending, and a free name.
    pub fn rename(&mut self, ending: &str) {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map_or_else(super::usual_folder, Path::to_owned);
        let stem = format!("spinodal-{}", self.kind.name().to_lowercase());
        let path = folder.join(stem);
        let path = if ending.is_empty() { path } else { path.with_extension(ending) };
        self.path = free_path_where(&path, |path| {
            self.kind.files(path, &[REFERENCE.to_owned()]).iter().all(|path| !path.exists())
        });
    }
}

/// What it is written from.
pub struct Source {
    pub snapshot: Arc<Snapshot>,
    /// The frame shown.
    pub frame: Arc<Frame>,
    /// The candidate that the reference is compared with.
    pub shown: Option<usize>,
    pub camera: Camera,
    pub look: Look,
    /// What computes the run, in words.
    pub engine: &'static str,
}

/// Writes an output and returns its path.
///
/// # Errors
/// When something is there already, a picture cannot be drawn, or a file not be written.
pub fn write(
    spec: &OutputSpec,
    source: &Source,
    gpu: Option<&Gpu>,
    progress: &Progress,
) -> Result<PathBuf, ReportError> {
    let names: Vec<_> = evolutions(source, &source.frame).into_iter().map(|(name, _)| name).collect();
    if let Some(path) = spec.kind.files(&spec.path, &names).into_iter().find(|path| path.exists()) {
        let reason = "it already exists: choose another name".to_owned();
        return Err(FormatError::Unusable { path, kind: "place for a new file", reason }.into());
    }
    match spec.kind {
        Kind::Picture => {
            let picture = film(spec, source, gpu)?.draw(&source.frame, 0.0)?;
            png::save(&picture, &spec.path)?;
        }
        Kind::Film => write_film(spec, source, gpu, progress)?,
        Kind::Surfaces => each(spec, source, |path, field| {
            let mesh = extract(field, source.look.level, source.look.caps);
            mesh::write(path, &mesh.positions, &mesh.normals, &mesh.triangles)
        })?,
        Kind::Fields => {
            each(spec, source, |path, field| match path.extension().is_some_and(|ending| ending == "vti") {
                true => vtk::write_vti(path, field),
                false => npy::write_field(path, field, false),
            })?
        }
        Kind::Series => write_series(spec, source, progress)?,
        Kind::Table => {
            let (rows, names) = (&source.snapshot.rows, source.snapshot.setup.names());
            let lines: String = rows.iter().map(|row| table::line(row, names.len()) + "\n").collect();
            write_text(&spec.path, &format!("{}\n{lines}", table::header(&names)))?;
        }
        Kind::Report => report(spec, source, gpu)?,
    }
    Ok(spec.path.clone())
}

fn film(spec: &OutputSpec, source: &Source, gpu: Option<&Gpu>) -> Result<Film, GpuError> {
    let gpu = gpu.ok_or_else(|| GpuError::Failed("there is no graphics device to draw on".into()))?;
    let look = Look { ground: spec.ground.unwrap_or(source.look.ground), ..source.look };
    Film::new(gpu, source.snapshot.clone(), source.shown, source.camera, look, spec.size)
}

fn write_film(spec: &OutputSpec, source: &Source, gpu: Option<&Gpu>, progress: &Progress) -> Result<(), ReportError> {
    let mut film = film(spec, source, gpu)?;
    let recording = &source.snapshot.recording;
    let frames: Vec<_> = recording.frames().into_iter().step_by(spec.every.max(1)).collect();
    let count = frames.len().max(spec.turntable);
    let pictures = (0..count).take_while(|_| !progress.is_stopped()).filter_map(|picture| {
        progress.set(picture, count);
        let frame = recording.frame(*frames.get(picture).or(frames.last())?)?;
        let turn = if spec.turntable > 0 { picture as f32 / spec.turntable as f32 } else { 0.0 };
        Some(film.draw(&frame, turn))
    });
    movie::write(&spec.path, spec.rate, &|| progress.is_stopped(), pictures)?;
    Ok(())
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

/// The file of one evolution: with its name before the ending.
fn of_evolution(path: &Path, name: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!("{stem}-{name}.{ending}"))
}

/// The fields of a frame, by name.
fn evolutions<'a>(source: &Source, frame: &'a Frame) -> Vec<(String, &'a Field)> {
    let candidates = source.snapshot.setup.names().into_iter().zip(&frame.candidates);
    let candidates = candidates.filter_map(|(name, field)| Some((name, &**field.as_ref()?)));
    [(REFERENCE.to_owned(), &*frame.reference)].into_iter().chain(candidates).collect()
}

/// Writes a file per evolution and frame, and for every evolution the list of its files with their times.
fn write_series(spec: &OutputSpec, source: &Source, progress: &Progress) -> Result<(), ReportError> {
    let failed = |error| FormatError::Write { path: spec.path.clone(), source: error };
    fs::create_dir_all(&spec.path).map_err(failed)?;
    let recording = &source.snapshot.recording;
    let frames: Vec<_> = recording.frames().into_iter().step_by(spec.every.max(1)).collect();
    let mut lists: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for (done, number) in frames.iter().enumerate().take_while(|_| !progress.is_stopped()) {
        progress.set(done, frames.len());
        let Some(frame) = recording.frame(*number) else { continue };
        for (name, field) in evolutions(source, &frame) {
            let file = format!("{name}_{number:05}.vti");
            vtk::write_vti(&spec.path.join(&file), field)?;
            lists.entry(name).or_default().push((file, frame.row.time));
        }
    }
    for (name, files) in lists {
        vtk::write_series(&spec.path.join(format!("{name}.vti.series")), &files)?;
    }
    Ok(())
}

fn report(spec: &OutputSpec, source: &Source, gpu: Option<&Gpu>) -> Result<(), ReportError> {
    source.snapshot.write_recording(&spec.path, source.engine.into())?;
    let recording = &source.snapshot.recording;
    let first = recording.frames().first().and_then(|frame| recording.frame(*frame));
    let first = first.unwrap_or_else(|| source.frame.clone());
    let latest = &source.snapshot.frame;
    write_report(&spec.path, &source.snapshot.setup, &source.snapshot.rows, [&first, latest], gpu, REPORT)
}
