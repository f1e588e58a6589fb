//! A `.gif` file that is whole after every picture.

use super::ReportError;
use crate::formats::OutputFile;
use gif::{DisposalMethod, Encoder, Frame, Repeat};
use std::{
    fmt::Display,
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    mem,
    path::{Path, PathBuf},
};

/// What a GIF ends with.
const TRAILER: u8 = 0x3B;

/// Pictures of one size that begin anew when they end.
pub(super) struct GifFile {
    path: PathBuf,
    file: OutputFile,
    raw: File,
    encoder: Encoder<Vec<u8>>,
    /// Bytes before the trailer.
    length: u64,
}

impl GifFile {
    /// Starts a file of pictures with this width and height in pixels.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path, width: u16, height: u16) -> Result<Self, ReportError> {
        let file = OutputFile::of_result(path, false)?;
        let raw = file.raw()?;
        let encoder = Encoder::new(Vec::new(), width, height, &[]).map_err(failed(path))?;
        let mut gif = Self { path: path.to_owned(), file, raw, encoder, length: 0 };
        gif.encoder.set_repeat(Repeat::Infinite).map_err(failed(path))?;
        gif.put().map_err(failed(path))?;
        Ok(gif)
    }

    /// Adds a picture that is shown for so many hundredths of a second.
    ///
    /// # Errors
    /// When the disk is full; the pictures before stay.
    pub fn append(&mut self, mut picture: Frame<'_>, delay: u16) -> Result<(), ReportError> {
        (picture.delay, picture.dispose) = (delay, DisposalMethod::Background);
        self.encoder.write_frame(&picture).map_err(failed(&self.path))?;
        self.put().map_err(failed(&self.path))
    }

    /// Writes what was encoded in the place of the trailer, and one behind it.
    fn put(&mut self) -> io::Result<()> {
        let mut bytes = mem::take(self.encoder.get_mut());
        let length = self.length + bytes.len() as u64;
        bytes.push(TRAILER);
        self.raw.seek(SeekFrom::Start(self.length))?;
        if let Err(error) = self.raw.write_all(&bytes) {
            self.raw.seek(SeekFrom::Start(self.length))?;
            self.raw.write_all(&[TRAILER])?;
            self.raw.set_len(self.length + 1)?;
            return Err(error);
        }
        self.length = length;
        Ok(())
    }

    /// Gives the file its name, see [`OutputFile::finish`]. Gives its path.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> Result<PathBuf, ReportError> {
        Ok(self.file.finish()?)
    }
}

fn failed<E: Display>(path: &Path) -> impl Fn(E) -> ReportError {
    move |error| ReportError::Image { path: path.to_owned(), reason: error.to_string() }
}
