//! Frames into a file.

use super::{header::unusable, read::FrameReader};
use crate::{
    field::Field,
    formats::{FormatError, OutputFile, check_plain, checksum_of},
    grid::Grid,
};
use npyz::{WriteOptions, WriterBuilder};
use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Length of the header of a series: padded to 64 bytes, it fills 128 whatever the number of frames.
const HEADER: u64 = 128;

/// Writes a series of frames [frames, nx, ny, nz] of which the number need not be known beforehand.
///
/// The file gets its name only by [`FrameWriter::finish`], which may be called after any number of frames, also after
/// one that could not be written: so a run that is stopped keeps what it has done. Dropped unfinished, it leaves
/// nothing.
#[derive(Debug)]
pub struct FrameWriter {
    file: OutputFile,
    frames: GrowingFrames,
}

impl FrameWriter {
    /// Starts a file of frames on `grid`.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path, grid: Grid, concentration: bool) -> Result<Self, FormatError> {
        Self::begin(OutputFile::create(path)?, grid, concentration)
    }

    /// [`FrameWriter::create`] in a file that was begun.
    ///
    /// # Errors
    /// When it cannot be written to.
    pub fn begin(file: OutputFile, grid: Grid, concentration: bool) -> Result<Self, FormatError> {
        let frames = GrowingFrames::start(file.raw()?, file.path(), grid, concentration)?;
        Ok(Self { file, frames })
    }

    /// Appends a frame.
    ///
    /// # Errors
    /// When the field has another shape or cannot be written; the frames before stay. Also when the file was removed: the
    /// system would let it grow where nobody finds it.
    pub fn append(&mut self, field: &Field) -> Result<(), FormatError> {
        fs::metadata(self.file.part()).map_err(FormatError::write(self.file.path()))?;
        self.frames.append(field)
    }

    /// Frames appended so far.
    pub fn frames(&self) -> u64 {
        self.frames.frames
    }

    /// The checksum that the file has now, see [`checksum`](crate::formats::checksum()).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn checksum(&self) -> Result<String, FormatError> {
        let path = self.file.path();
        let mut file = self.file.raw()?;
        file.seek(SeekFrom::Start(0)).and_then(|_| checksum_of(file)).map_err(FormatError::read(path))
    }

    /// Gives the file its name, see [`OutputFile::finish`]. Gives its path.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> Result<PathBuf, FormatError> {
        self.frames.trim()?;
        self.file.finish()
    }

    /// Gives the file its name, or one with a number behind it if there is a file already. Gives its path.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish_beside(self) -> Result<PathBuf, FormatError> {
        self.frames.trim()?;
        self.file.finish_beside()
    }
}

/// A series of frames [frames, nx, ny, nz] that grows in place: after each frame the file on disk is whole. A program
/// that is killed leaves at most part of one more frame behind the last.
#[derive(Debug)]
pub struct GrowingFrames {
    file: File,
    path: PathBuf,
    grid: Grid,
    frames: u64,
    concentration: bool,
}

impl GrowingFrames {
    /// Starts a file of frames on `grid`, in place of one that has its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path, grid: Grid, concentration: bool) -> Result<Self, FormatError> {
        check_plain(path)?;
        Self::start(File::create(path).map_err(FormatError::write(path))?, path, grid, concentration)
    }

    /// Starts an empty file, which errors call `path`.
    fn start(file: File, path: &Path, grid: Grid, concentration: bool) -> Result<Self, FormatError> {
        let mut frames = Self { file, path: path.to_owned(), grid, frames: 0, concentration };
        frames.write_header()?;
        Ok(frames)
    }

    /// Checks that [`GrowingFrames::resume`] can take up a file.
    ///
    /// # Errors
    /// When it is no plain file, or holds other frames or fewer.
    pub fn check(path: &Path, grid: Grid, frames: usize, concentration: bool) -> Result<(), FormatError> {
        let reader = FrameReader::open_first(path, concentration, frames)?;
        if reader.grid().shape != grid.shape {
            return Err(unusable(path, format!("its frames have {} nodes instead of {grid}", reader.grid())));
        }
        if reader.data_start != HEADER {
            return Err(unusable(path, "its header is not the one that this program writes".to_owned()));
        }
        check_plain(path)
    }

    /// Takes up a file of which the first `frames` frames, which must be there, are to stay.
    ///
    /// # Errors
    /// As [`GrowingFrames::check`], or when it cannot be written.
    pub fn resume(path: &Path, grid: Grid, frames: usize, concentration: bool) -> Result<Self, FormatError> {
        Self::check(path, grid, frames, concentration)?;
        let file = File::options().write(true).open(path).map_err(FormatError::write(path))?;
        let mut growing = Self { file, path: path.to_owned(), grid, frames: frames as u64, concentration };
        growing.trim()?;
        growing.write_header()?;
        Ok(growing)
    }

    /// Appends a frame.
    ///
    /// # Errors
    /// When the field has another shape or the disk is full.
    pub fn append(&mut self, field: &Field) -> Result<(), FormatError> {
        if field.grid().shape != self.grid.shape {
            let reason = format!("a frame of {} nodes cannot follow frames of {}", field.grid(), self.grid);
            return Err(unusable(&self.path, reason));
        }
        let mut bytes = Vec::with_capacity(4 * self.grid.len());
        bytes.extend(field.values().iter().flat_map(|&phi| stored(phi, self.concentration).to_le_bytes()));
        // Not at the end: there may be part of a frame that could not be written.
        let place = HEADER + self.frames * bytes.len() as u64;
        let written = self.file.seek(SeekFrom::Start(place)).and_then(|_| self.file.write_all(&bytes));
        written.map_err(FormatError::write(&self.path))?;
        self.frames += 1;
        self.write_header()
    }

    /// Drops what is behind the last whole frame.
    fn trim(&self) -> Result<(), FormatError> {
        let length = HEADER + self.frames * (self.grid.len() * size_of::<f32>()) as u64;
        self.file.set_len(length).map_err(FormatError::write(&self.path))
    }

    /// The header with the number of frames.
    fn write_header(&mut self) -> Result<(), FormatError> {
        let mut bytes = Vec::new();
        let header = WriteOptions::<f32>::new().default_dtype().shape(&series_shape(self.frames, &self.grid));
        let header = header.writer(&mut bytes).write_header_only().map(drop);
        let written =
            header.and_then(|()| self.file.seek(SeekFrom::Start(0))).and_then(|_| self.file.write_all(&bytes));
        written.map_err(FormatError::write(&self.path))
    }
}

/// φ as it is stored.
fn stored(phi: f32, concentration: bool) -> f32 {
    if concentration { (phi + 1.0) / 2.0 } else { phi }
}

fn series_shape(frames: u64, grid: &Grid) -> [u64; 4] {
    let [x, y, z] = grid.shape.map(|side| side as u64);
    [frames, x, y, z]
}

pub(super) fn write_header(file: &mut OutputFile, shape: &[u64]) -> io::Result<()> {
    WriteOptions::<f32>::new().default_dtype().shape(shape).writer(file).write_header_only().map(drop)
}

pub(super) fn write_values(file: &mut OutputFile, field: &Field, concentration: bool) -> io::Result<()> {
    field.values().iter().try_for_each(|&phi| file.write_all(&stored(phi, concentration).to_le_bytes()))
}
