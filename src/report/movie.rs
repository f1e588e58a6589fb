//! Pictures one after the other: a folder of `.png` files, a `.gif`, an `.mp4` by an installed ffmpeg, or a single
//! `.png`.

use super::{ReportError, png};
use crate::formats::{FormatError, OutputFile};
use image::{
    Delay, RgbaImage,
    codecs::gif::{GifEncoder, Repeat},
};
use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
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

/// Writes pictures of one size to `path` in the format that it asks for, so many per second, and says how many. What
/// was drawn until the pictures end, or one of them fails, is kept.
///
/// # Errors
/// When one of the pictures fails, or the files cannot be written.
pub fn write(
    path: &Path,
    pictures_per_second: f64,
    pictures: impl Iterator<Item = Result<RgbaImage, ReportError>>,
) -> Result<usize, ReportError> {
    let mut tally = Tally { pictures, count: 0, failure: None };
    match MovieFormat::of(path) {
        MovieFormat::Png => tally.by_ref().last().map_or(Ok(()), |picture| png::save(&picture, path))?,
        MovieFormat::Folder => write_folder(path, &mut tally)?,
        MovieFormat::Gif => write_gif(path, pictures_per_second, &mut tally)?,
        MovieFormat::Mp4 => write_mp4(path, pictures_per_second, &mut tally)?,
    }
    match tally.failure {
        None => Ok(tally.count),
        Some(failure) => Err(failure),
    }
}

/// Pictures up to the first that fails, counted.
struct Tally<P> {
    pictures: P,
    count: usize,
    failure: Option<ReportError>,
}

impl<P: Iterator<Item = Result<RgbaImage, ReportError>>> Iterator for Tally<P> {
    type Item = RgbaImage;

    fn next(&mut self) -> Option<RgbaImage> {
        if self.failure.is_some() {
            return None;
        }
        match self.pictures.next()? {
            Ok(picture) => {
                self.count += 1;
                Some(picture)
            }
            Err(failure) => {
                self.failure = Some(failure);
                None
            }
        }
    }
}

fn failed(path: &Path) -> impl Fn(image::ImageError) -> ReportError {
    move |error| ReportError::Image { path: path.to_owned(), reason: error.to_string() }
}

fn write_folder(folder: &Path, pictures: impl Iterator<Item = RgbaImage>) -> Result<(), ReportError> {
    fs::create_dir_all(folder).map_err(|source| FormatError::Write { path: folder.to_owned(), source })?;
    (0..)
        .zip(pictures)
        .try_for_each(|(number, picture): (usize, _)| png::save(&picture, &folder.join(format!("{number:05}.png"))))
}

fn write_gif(path: &Path, per_second: f64, pictures: impl Iterator<Item = RgbaImage>) -> Result<(), ReportError> {
    let mut file = OutputFile::create(path)?;
    let delay = Delay::from_numer_denom_ms((1000.0 / per_second).round().clamp(10.0, 1e6) as u32, 1);
    {
        let mut encoder = GifEncoder::new_with_speed(&mut file, GIF_SPEED);
        encoder.set_repeat(Repeat::Infinite).map_err(failed(path))?;
        for picture in pictures {
            encoder.encode_frame(image::Frame::from_parts(picture, 0, 0, delay)).map_err(failed(path))?;
        }
    }
    Ok(file.finish()?)
}

/// Gives the pictures to ffmpeg as raw bytes. It writes beside the file, which then takes its place.
fn write_mp4(path: &Path, per_second: f64, pictures: impl Iterator<Item = RgbaImage>) -> Result<(), ReportError> {
    let mut pictures = pictures.peekable();
    let Some(first) = pictures.peek() else { return Ok(()) };
    let refused = |reason: String| ReportError::Ffmpeg { path: path.to_owned(), reason };
    let file = OutputFile::create(path)?;
    let mut child = start(path, file.part(), first.dimensions(), per_second)?;
    let given = child.stdin.take().map_or(Ok(()), |pipe| give(pipe, pictures));
    let mut reason = String::new();
    if let Some(stderr) = &mut child.stderr {
        stderr.read_to_string(&mut reason).map_err(|error| refused(error.to_string()))?;
    }
    let status = child.wait().map_err(|error| refused(error.to_string()))?;
    if !status.success() {
        return Err(refused(reason.lines().next().unwrap_or("it says nothing").to_owned()));
    }
    given.map_err(|error| refused(error.to_string()))?;
    Ok(file.finish()?)
}

fn give(mut pipe: ChildStdin, mut pictures: impl Iterator<Item = RgbaImage>) -> io::Result<()> {
    pictures.try_for_each(|picture| pipe.write_all(picture.as_raw()))
}

fn start(path: &Path, part: &Path, (width, height): (u32, u32), per_second: f64) -> Result<Child, ReportError> {
    let mut command = Command::new("ffmpeg");
    command.args(["-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgba"]);
    command.args(["-s", &format!("{width}x{height}"), "-r", &per_second.to_string(), "-i", "-"]);
    // Players want this form of colour, of which the sides are even.
    command.args(["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"]);
    command.args(["-movflags", "+faststart", "-f", "mp4", "-y"]);
    command.arg(part).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
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
