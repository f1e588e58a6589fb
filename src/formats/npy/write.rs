//! Frames into a file.

use super::{header::unusable, read::FrameReader};
use crate::{
    field::Field,
    formats::{FormatError, OutputFile},
    grid::Grid,
};
use npyz::{WriteOptions, WriterBuilder};
use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Writes a series of frames [frames, nx, ny, nz] of which the number need not be known beforehand.
///
/// The file gets its name only by [`FrameWriter::finish`], which may be called after any number of
/// frames, so a run that is stopped keeps what it has done. Dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub struct FrameWriter {
    file: OutputFile,
    grid: Grid,
    frames: u64,
    concentration: bool,
}

impl FrameWriter {
    /// Starts a file of frames on `grid`.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path, grid: Grid, concentration: bool) -> Result<Self, FormatError> {
        let mut file = OutputFile::create(path)?;
        let shape = series_shape(0, &grid);
        file.put(|file| write_header(file, &shape))?;
        Ok(Self { file, grid, frames: 0, concentration })
    }

    /// Appends a frame.
    ///
    /// # Errors
    /// When the field has another shape or cannot be written.
    pub fn append(&mut self, field: &Field) -> Result<(), FormatError> {
        if field.grid().shape != self.grid.shape {
            let reason = format!("a frame of {} nodes cannot follow frames of {}", field.grid(), self.grid);
            return Err(unusable(self.file.path(), reason));
        }
        let concentration = self.concentration;
        self.file.put(|file| write_values(file, field, concentration))?;
        self.frames += 1;
        Ok(())
    }

    /// Frames appended so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes the number of frames into the header and gives the file its name.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> Result<(), FormatError> {
        // Headers are padded to 64 bytes: that of a series fills 128 whatever the number of frames.
        let shape = series_shape(self.frames, &self.grid);
        self.file.put(|file| {
            file.seek(SeekFrom::Start(0))?;
            write_header(file, &shape)
        })?;
        self.file.finish()
    }
}

/// A series of frames [frames, nx, ny, nz] that grows in place: after each frame the file on disk is whole. A program that
/// is killed leaves at most part of one more frame behind the last.
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
        let file = File::create(path).map_err(FormatError::write(path))?;
        let mut frames = Self { file, path: path.to_owned(), grid, frames: 0, concentration };
        frames.write_header()?;
        Ok(frames)
    }

    /// Takes up a file of which the first `frames` frames, which must be there, are to stay.
    ///
    /// # Errors
    /// When it cannot be written, or holds other frames or fewer.
    pub fn resume(path: &Path, grid: Grid, frames: usize, concentration: bool) -> Result<Self, FormatError> {
        let reader = FrameReader::open_first(path, concentration, frames)?;
        if reader.grid().shape != grid.shape {
            return Err(unusable(path, format!("its frames have {} nodes instead of {grid}", reader.grid())));
        }
        let file = File::options().write(true).open(path).map_err(FormatError::write(path))?;
        let length = reader.data_start + (frames * grid.len() * size_of::<f32>()) as u64;
        file.set_len(length).map_err(FormatError::write(path))?;
        let mut growing = Self { file, path: path.to_owned(), grid, frames: frames as u64, concentration };
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
        let written = self.file.seek(SeekFrom::End(0)).and_then(|_| self.file.write_all(&bytes));
        written.map_err(FormatError::write(&self.path))?;
        self.frames += 1;
        self.write_header()
    }

    /// The header with the number of frames: 128 bytes whatever that is.
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
