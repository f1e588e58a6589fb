//! The file of one sequence, read frame by frame.

use super::{
    dataset::sequence_path, dataset_config::DatasetConfig, dataset_error::DatasetError, manifest::SequenceRecord,
};
use crate::{
    field::Field,
    formats::{FormatError, npy::FrameReader, open_file},
    grid::{Grid, Shape},
};
use std::{
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// One sequence on disk. Its file is opened for every frame: a dataset may have more files than a program may keep
/// open. It is not mapped into memory, where a file cut short while in use would end the program.
#[derive(Debug)]
pub struct Sequence {
    index: usize,
    record: SequenceRecord,
    path: PathBuf,
    /// Where the values begin in the file.
    start: u64,
    /// Nodes of a frame.
    grid: Grid,
    frames: usize,
}

impl Sequence {
    /// Opens sequence `index` of the dataset `config` in `folder`, made by `record`, without reading its values.
    ///
    /// # Errors
    /// When the file is missing or damaged, or is not of the shape that the recipe makes.
    pub(super) fn open(
        folder: &Path,
        config: &DatasetConfig,
        index: usize,
        record: SequenceRecord,
    ) -> Result<Self, DatasetError> {
        let path = sequence_path(folder, index);
        let reader = FrameReader::open(&path, false).map_err(|error| match error {
            FormatError::Unusable { reason, .. } => DatasetError::damaged(&path, reason),
            other => other.into(),
        })?;
        let start = reader.plain_start();
        let start = start.ok_or_else(|| DatasetError::damaged(&path, "its values are not f32 in C order"))?;
        let grid = Grid::from(record.recipe.grid).coarsened(config.coarsening)?;
        let [asked, found] = [(record.recipe.frames, grid), (reader.frames(), reader.grid())].map(|(frames, grid)| {
            let [x, y, z] = grid.shape;
            [frames, x, y, z]
        });
        if asked != found {
            return Err(DatasetError::damaged(&path, format!("its shape is {found:?} instead of {asked:?}")));
        }
        Ok(Self { index, record, path, start, grid, frames: found[0] })
    }

    /// Its number in the dataset.
    pub fn index(&self) -> usize {
        self.index
    }

    /// How it was made and what it is for.
    pub fn record(&self) -> &SequenceRecord {
        &self.record
    }

    /// Number of frames, at least 2.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Nodes along the axes.
    pub fn shape(&self) -> Shape {
        self.grid.shape()
    }

    /// φ of one frame in C order; `frame` must be below [`Sequence::frames`].
    ///
    /// # Errors
    /// When the file has been removed or cut short since, or a value is not finite.
    pub fn frame(&self, frame: usize) -> Result<Vec<f32>, DatasetError> {
        let damaged = |what| DatasetError::damaged(&self.path, what);
        let mut bytes = vec![0; self.grid.len() * size_of::<f32>()];
        let place = self.start + frame as u64 * bytes.len() as u64;
        let read = open_file(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(place))?;
            file.read_exact(&mut bytes)
        });
        read.map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof => damaged("it was cut short while it was in use"),
            _ => DatasetError::io(&self.path)(source),
        })?;
        let values: Vec<_> = bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(damaged("it holds values that are not finite")),
        }
    }

    /// One frame as a field; `frame` must be below [`Sequence::frames`].
    ///
    /// # Errors
    /// As [`Sequence::frame`].
    pub fn field(&self, frame: usize) -> Result<Field, DatasetError> {
        Ok(Field::from_values(self.grid, self.frame(frame)?)?)
    }
}
