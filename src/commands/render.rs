//! `spinodal render`: the frames of a recording as pictures or as a film, without a window.

use super::{CommandError, interrupt, output, place::Place, progress::Progress, say, selection::Selection};
use crate::{
    comparison::RunRecord,
    formats::{FormatError, shown},
    gpu::Gpu,
    recording::{Frame, RecordingReader},
    report::{
        ReportError,
        mosaic::Mosaic,
        movie::{self, MovieFormat, Written},
        number::counted,
    },
    settings::view::{RATE, TURNTABLE},
    threads,
    view::Ground,
};
use clap::Args;
use std::{path::PathBuf, sync::Arc};

/// Options of `spinodal render`.
#[derive(Debug, Args)]
pub struct RenderArgs {
    /// The folder of a recording, which compare has written
    #[arg(value_name = "RECORDING")]
    recording: PathBuf,
    /// What to write: a .gif, an .mp4 (by ffmpeg, where that is installed), a .png of one frame, or a folder of .png
    /// files
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// Frames to draw, the last one included: K, FROM..TO or FROM..TO..STEP [default: all, for a .png the last]
    #[arg(long, value_name = "FROM..TO..STEP")]
    frames: Option<Selection>,
    /// Width and height of the pictures in pixels
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x720", value_parser = size)]
    size: [u32; 2],
    /// See [`TURNTABLE`].
    #[arg(long, value_name = "PICTURES", help = TURNTABLE.about(), value_parser = TURNTABLE.parser())]
    turntable: Option<usize>,
    /// See [`RATE`].
    #[arg(long, value_name = "RATE", help = RATE.about(), default_value_t = RATE.default, value_parser = RATE.parser())]
    fps: f64,
    /// What is behind everything
    #[arg(long, value_enum, default_value_t)]
    background: Ground,
    /// Replace a file that exists, or write into a folder that is not empty, over earlier pictures if it holds any;
    /// only complete ones do
    #[arg(long)]
    force: bool,
}

/// Two sides in pixels, such as 1280x720.
pub fn size(text: &str) -> Result<[u32; 2], String> {
    let refusal = || format!("“{text}” is no size: write width and height in pixels, such as 1280x720");
    let (width, height) = text.split_once(['x', '×']).ok_or_else(refusal)?;
    match [width, height].map(|side| side.trim().parse()) {
        [Ok(width), Ok(height)] => Ok([width, height]),
        _ => Err(refusal()),
    }
}

/// Runs the command. Ctrl-C and pictures that fail leave what was drawn by then: at the place asked for, or beside or
/// within it where earlier pictures are.
///
/// # Errors
/// When the recording cannot be read, the device fails, or the pictures cannot be written.
pub fn run(args: &RenderArgs) -> Result<(), CommandError> {
    let (record, reader) = RunRecord::open(&args.recording)?;
    let format = MovieFormat::of(&args.out);
    match format.extension() {
        Some(extension) => {
            output::check_file(&args.out, extension)?;
            output::check_new(&args.out, args.force)?;
        }
        None => output::check_folder(&args.out, args.force)?,
    }
    let shots = shots(args, format, reader.rows().len())?;
    if format == MovieFormat::Folder && shots.len() > movie::MOST {
        return Err(CommandError::TooManyPictures { pictures: shots.len(), most: movie::MOST });
    }
    let gpu = Gpu::open()?;
    let mosaic = Mosaic::new(&gpu, &record.setup.names(), args.size, args.background)?;
    let place = match format {
        MovieFormat::Folder => Place::of_folder(&args.out, movie::is_picture, args.force)?,
        _ => Place::of_file(&args.out, args.force)?,
    };
    interrupt::listen();
    let all = shots.len();
    let mut progress = Progress::new(all);
    let mut present: Option<Arc<Frame>> = None;
    let mut mosaic = Some(mosaic);
    let mut draw = |done: usize, shot: &Shot| {
        if present.as_ref().is_none_or(|present| present.row.frame != shot.frame) {
            present = Some(frame(&reader, shot.frame)?.into());
        }
        let (Some(frame), Some(mut drawer), turn) = (present.clone(), mosaic.take(), shot.turn) else {
            return Ok(None);
        };
        let drawn = threads::unless(&interrupt::overdue, move || (drawer.draw(&frame, turn), drawer))?;
        let Some((picture, drawer)) = drawn else { return Ok(None) };
        mosaic = Some(drawer);
        progress.update(done + 1, "");
        place.check()?;
        picture.map(Some)
    };
    let shots = shots.iter().enumerate().take_while(|_| !interrupt::requested());
    let pictures = shots.map_while(|(done, shot)| draw(done, shot).transpose());
    let film = movie::write(place.path(), args.fps, &interrupt::overdue, pictures);
    progress.finish();
    let Written { pictures, path } = film?;
    say::result(match pictures == all {
        true => {
            let path = if path == place.path() { place.complete()? } else { path };
            format!("{}: {}", counted(all, "picture"), shown(&path))
        }
        false if pictures == 0 => format!("interrupted before the first of {}", counted(all, "picture")),
        false => format!("interrupted after {pictures} of {all} pictures: {}", shown(&path)),
    })
}

/// A picture to be drawn.
struct Shot {
    frame: usize,
    /// How far round the cameras have gone, as a share of a whole turn.
    turn: f32,
}

fn shots(args: &RenderArgs, format: MovieFormat, frames: usize) -> Result<Vec<Shot>, CommandError> {
    let selection = args.frames.unwrap_or(Selection::ALL);
    let missing = |frame| CommandError::NoSuchFrame { frame, frames: frames.saturating_sub(1) };
    let mut frames = selection.of(frames).map_err(missing)?;
    if format == MovieFormat::Png {
        frames.drain(..frames.len() - 1);
    }
    let turntable = args.turntable.unwrap_or(0);
    let pictures = if format == MovieFormat::Png { 1 } else { frames.len().max(turntable) };
    let shot = |picture: usize| Shot {
        frame: frames[picture.min(frames.len() - 1)],
        turn: if turntable > 0 { picture as f32 / turntable as f32 } else { 0.0 },
    };
    Ok((0..pictures).map(shot).collect())
}

/// A frame that the table of a recording names.
pub fn frame(reader: &RecordingReader, frame: usize) -> Result<Frame, ReportError> {
    let (path, reason) = (reader.folder().to_owned(), format!("it has no complete frame {frame}"));
    Ok(reader.frame(frame)?.ok_or(FormatError::Unusable { path, kind: "recording", reason })?)
}
