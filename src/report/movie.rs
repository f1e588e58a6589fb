//! Pictures one after the other: a folder of `.png` files, a `.gif`, an `.mp4` by an installed ffmpeg, or a single
//! `.png`.

use super::{ReportError, gif_file::GifFile, png};
use crate::{
    formats::{FormatError, OutputFile},
    threads,
};
use image::RgbaImage;
use std::{
    ffi::OsString,
    fmt::Display,
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

/// What pictures are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovieFormat {
    /// One `.png` file, of the last picture.
    Png,
    /// An animated `.gif`, in at most 256 colours per picture, that begins anew when it ends.
    Gif,
    /// An `.mp4`, which ffmpeg makes.
    Mp4,
    /// A folder with a `.png` file for each.
    Folder,
}

/// Most pictures in a folder: more digits than their names have are often dates, see [`is_picture`].
pub const MOST: usize = 100_000;

/// How fast colours of a GIF are chosen, 1 (best) to 30.
const GIF_SPEED: i32 = 10;

impl MovieFormat {
    /// The format that a path asks for: a folder, unless it ends in one of the others' extensions.
    pub fn of(path: &Path) -> Self {
        match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("png") => Self::Png,
            Some("gif") => Self::Gif,
            Some("mp4") => Self::Mp4,
            _ => Self::Folder,
        }
    }

    /// Its extension, if it is a file.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Self::Png => Some("png"),
            Self::Gif => Some("gif"),
            Self::Mp4 => Some("mp4"),
            Self::Folder => None,
        }
    }
}

/// What has become of pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// How many were written.
    pub pictures: usize,
    /// Where: see [`OutputFile::finish`].
    pub path: PathBuf,
}

/// Writes pictures of one size to `path` in the format that it asks for, so many per second; a file that is there stays,
/// and these lie beside it. What was drawn until the pictures end, one of them fails, the disk is full, or `stop` says
/// that no more are wanted, is kept; where that is nothing, no file is. An `.mp4` on a full disk is lost.
///
/// # Errors
/// When one of the pictures fails, or the files cannot be written.
pub fn write(
    path: &Path,
    pictures_per_second: f64,
    stop: &dyn Fn() -> bool,
    pictures: impl Iterator<Item = Result<RgbaImage, ReportError>>,
) -> Result<Written, ReportError> {
    let (mut failure, mut film) = (None, Written { pictures: 0, path: path.to_owned() });
    let pictures = pictures.map_while(|picture| picture.map_err(|error| failure = Some(error)).ok());
    let written = match MovieFormat::of(path) {
        MovieFormat::Png => write_last(path, stop, pictures, &mut film),
        MovieFormat::Folder => write_folder(path, stop, pictures, &mut film),
        MovieFormat::Gif => write_gif(path, pictures_per_second, stop, pictures, &mut film),
        MovieFormat::Mp4 => write_mp4(path, pictures_per_second, pictures, &mut film),
    };
    match failure.map_or(Ok(()), Err).and(written) {
        Ok(()) => Ok(film),
        Err(error) if film.pictures == 0 => Err(error),
        Err(error) => Err(ReportError::Kept { error: Box::new(error), count: film.pictures, path: film.path }),
    }
}

fn write_last(
    path: &Path,
    stop: &dyn Fn() -> bool,
    pictures: impl Iterator<Item = RgbaImage>,
    film: &mut Written,
) -> Result<(), ReportError> {
    let written = pictures.last().map(|picture| write_png(path, stop, picture)).transpose()?;
    if let Some(path) = written.flatten() {
        *film = Written { pictures: 1, path };
    }
    Ok(())
}

/// Writes one picture, and gives its path if it did.
fn write_png(path: &Path, stop: &dyn Fn() -> bool, picture: RgbaImage) -> Result<Option<PathBuf>, ReportError> {
    let failed = |source| FormatError::Write { path: path.to_owned(), source };
    match threads::unless(stop, move || png::encode(&picture)).map_err(failed)? {
        Some(bytes) => {
            png::write(OutputFile::of_result(path, false)?, &bytes.map_err(ReportError::image(path))?).map(Some)
        }
        None => Ok(None),
    }
}

fn write_folder(
    folder: &Path,
    stop: &dyn Fn() -> bool,
    pictures: impl Iterator<Item = RgbaImage>,
    film: &mut Written,
) -> Result<(), ReportError> {
    fs::create_dir_all(folder).map_err(|source| FormatError::Write { path: folder.to_owned(), source })?;
    for picture in pictures {
        if write_png(&folder.join(format!("{:05}.png", film.pictures)), stop, picture)?.is_none() {
            break;
        }
        film.pictures += 1;
    }
    Ok(())
}

fn write_gif(
    path: &Path,
    per_second: f64,
    stop: &dyn Fn() -> bool,
    pictures: impl Iterator<Item = RgbaImage>,
    film: &mut Written,
) -> Result<(), ReportError> {
    let failed = |error: &dyn Display| ReportError::Image { path: path.to_owned(), reason: error.to_string() };
    let too_large = |error| failed(&error);
    let delay = (100.0 / per_second).round().clamp(1.0, f64::from(u16::MAX)) as u16;
    let mut begun: Option<GifFile> = None;
    let mut written = Ok(());
    for picture in pictures {
        let [width, height] = [picture.width(), picture.height()].map(u16::try_from);
        let (width, height) = (width.map_err(too_large)?, height.map_err(too_large)?);
        let quantised = move || gif::Frame::from_rgba_speed(width, height, &mut picture.into_raw(), GIF_SPEED);
        let Some(frame) = threads::unless(stop, quantised).map_err(|error| failed(&error))? else { break };
        let file = match &mut begun {
            Some(file) => file,
            None => begun.insert(GifFile::create(path, width, height)?),
        };
        written = file.append(frame, delay);
        if written.is_err() {
            break;
        }
        film.pictures += 1;
    }
    if let Some(file) = begun.filter(|_| film.pictures > 0) {
        film.path = file.finish()?;
    }
    written
}

/// Gives the pictures to ffmpeg as raw bytes. It writes beside the file, which then takes its place.
fn write_mp4(
    path: &Path,
    per_second: f64,
    pictures: impl Iterator<Item = RgbaImage>,
    film: &mut Written,
) -> Result<(), ReportError> {
    let mut pictures = pictures.peekable();
    let Some(first) = pictures.peek() else { return Ok(()) };
    let refused = |reason: String| ReportError::Ffmpeg { path: path.to_owned(), reason };
    let file = OutputFile::of_result(path, false)?;
    let mut child = start(path, file.part(), first.dimensions(), per_second)?;
    let given = child.stdin.take().map_or(Ok(0), |pipe| give(pipe, pictures));
    let mut reason = String::new();
    if let Some(stderr) = &mut child.stderr {
        stderr.read_to_string(&mut reason).map_err(|error| refused(error.to_string()))?;
    }
    let status = child.wait().map_err(|error| refused(error.to_string()))?;
    if !status.success() {
        return Err(refused(reason.lines().next().unwrap_or("it says nothing").to_owned()));
    }
    let given = given.map_err(|error| refused(error.to_string()))?;
    *film = Written { pictures: given, path: file.finish()? };
    Ok(())
}

/// Gives ffmpeg the pictures, and says how many.
fn give(mut pipe: ChildStdin, mut pictures: impl Iterator<Item = RgbaImage>) -> io::Result<usize> {
    pictures.try_fold(0, |count, picture| pipe.write_all(picture.as_raw()).map(|()| count + 1))
}

fn start(path: &Path, part: &Path, (width, height): (u32, u32), per_second: f64) -> Result<Child, ReportError> {
    let mut command = Command::new("ffmpeg");
    command.args(["-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgba"]);
    command.args(["-s", &format!("{width}x{height}"), "-r", &per_second.to_string(), "-i", "-"]);
    // Players want this form of colour, of which the sides are even.
    command.args(["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"]);
    command.args(["-movflags", "+faststart", "-f", "mp4", "-y"]);
    // Whatever the folder is called, this is no option, nor the address of another protocol.
    let mut target = OsString::from("file:");
    target.push(part);
    command.arg(target).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    #[cfg(unix)]
    {
        // Ctrl-C in the terminal ends the pictures, not ffmpeg, which has to finish its file.
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ReportError::NoFfmpeg { path: path.to_owned() },
        _ => ReportError::Ffmpeg { path: path.to_owned(), reason: error.to_string() },
    })
}

/// Whether a file in a folder of pictures is one of them, by its name. Longer numbers are often dates.
pub fn is_picture(name: &str) -> bool {
    let number = name.strip_suffix(".png");
    number.is_some_and(|number| number.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit()))
}
