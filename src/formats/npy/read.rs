//! Frames out of a file.

use super::header::{Kind, frames_and_grid, read_header, unusable};
use crate::{
    field::Field,
    formats::{FormatError, input::check_fits, open_file, volume::phi},
    grid::Grid,
};
use npyz::{NpyFile, NpyHeader, Order, TypeChar};
use std::{
    fmt,
    fs::File,
    io::{self, BufReader, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Reads the frames of a file one by one, in any order.
pub struct FrameReader {
    path: PathBuf,
    file: BufReader<File>,
    header: NpyHeader,
    pub(super) data_start: u64,
    kind: Kind,
    grid: Grid,
    frames: usize,
    concentration: bool,
}

impl FrameReader {
    /// Opens a file and checks its header against its length.
    ///
    /// # Errors
    /// When the file cannot be read, has another shape or type, or is cut short.
    pub fn open(path: &Path, concentration: bool) -> Result<Self, FormatError> {
        Self::open_as(path, concentration, None)
    }

    /// Opens the first `frames` frames of a file that may hold more, also part of one.
    ///
    /// # Errors
    /// As [`FrameReader::open`].
    pub fn open_first(path: &Path, concentration: bool, frames: usize) -> Result<Self, FormatError> {
        let reader = Self::open_up_to(path, concentration, frames)?;
        if reader.frames < frames {
            return Err(unusable(path, format!("it has {} whole frames instead of {frames}", reader.frames)));
        }
        Ok(reader)
    }

    /// As [`FrameReader::open_first`], but of a file that may also hold fewer.
    ///
    /// # Errors
    /// As [`FrameReader::open`], or when there is no whole frame.
    pub fn open_up_to(path: &Path, concentration: bool, frames: usize) -> Result<Self, FormatError> {
        Self::open_as(path, concentration, Some(frames))
    }

    fn open_as(path: &Path, concentration: bool, most: Option<usize>) -> Result<Self, FormatError> {
        let unusable = |reason: String| unusable(path, reason);
        let mut file = open_file(path).map_err(FormatError::read(path))?;
        let length = file.metadata().map_err(FormatError::read(path))?.len();
        let header = read_header(&mut file).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => unusable(error.to_string()),
            io::ErrorKind::UnexpectedEof => unusable("it ends within its header".into()),
            _ => FormatError::read(path)(error),
        })?;
        let (claimed, grid) = frames_and_grid(&header).map_err(unusable)?;
        let kind = Kind::of(&header.dtype()).map_err(unusable)?;
        let data_start = file.stream_position().map_err(FormatError::read(path))?;
        let found = length - data_start.min(length);
        let per_frame = (grid.len() as u64).saturating_mul(kind.bytes);
        let frames = match most {
            Some(most) => most.min(usize::try_from(found / per_frame.max(1)).unwrap_or(usize::MAX)),
            None => claimed,
        };
        if frames == 0 {
            return Err(unusable("it holds no frames".into()));
        }
        let needed = (frames as u64).saturating_mul(per_frame);
        if found < needed || most.is_none() && found > needed {
            return Err(unusable(format!("its header promises {needed} bytes of values, but {found} follow")));
        }
        if header.order() == Order::Fortran && frames > 1 {
            return Err(unusable("its frames are in Fortran order; save them through numpy.ascontiguousarray".into()));
        }
        let file = BufReader::new(file);
        Ok(Self { path: path.to_owned(), file, header, data_start, kind, grid, frames, concentration })
    }

    /// Number of frames, at least 1.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The nodes, taken to be one grid unit apart.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Whether the values are integers or truth values, as those of segmented images are.
    pub fn is_discrete(&self) -> bool {
        self.kind.type_char != TypeChar::Float
    }

    /// Where the values begin if they lie in the file as little-endian f32 in C order, one frame after the other;
    /// `None` if they lie there otherwise.
    pub fn plain_start(&self) -> Option<u64> {
        let is_plain = self.header.dtype().descr() == "'<f4'" && self.header.order() == Order::C;
        is_plain.then_some(self.data_start)
    }

    /// Reads frame `frame`, counted from 0.
    ///
    /// # Errors
    /// When there is no such frame, the file cannot be read, or a value is not finite.
    pub fn read(&mut self, frame: usize) -> Result<Field, FormatError> {
        if frame >= self.frames {
            return Err(unusable(
                &self.path,
                format!("it has {} frames, counted from 0, but frame {frame} was asked for", self.frames),
            ));
        }
        let nodes = self.grid.len();
        let start = self.data_start + (frame * nodes) as u64 * self.kind.bytes;
        let values = self.read_values(start, nodes).map_err(FormatError::read(&self.path))?;
        let values = match self.header.order() {
            Order::C => values,
            Order::Fortran => reverse_axes(&values, &self.grid),
        };
        Field::from_values(self.grid, values).map_err(|error| unusable(&self.path, error.to_string()))
    }

    fn read_values(&mut self, start: u64, count: usize) -> io::Result<Vec<f32>> {
        check_fits((count * size_of::<f32>()) as u64)?;
        self.file.seek(SeekFrom::Start(start))?;
        let data = NpyFile::with_header(self.header.clone(), &mut self.file);
        let invalid = |error: npyz::DTypeError| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        let concentration = self.concentration;
        let phi = |value: f64| phi(value, concentration);
        let mut values = Vec::with_capacity(count);
        macro_rules! read {
            ($type:ty, $convert:expr) => {
                for value in data.data::<$type>().map_err(invalid)?.take(count) {
                    values.push(phi($convert(value?)));
                }
            };
        }
        match (self.kind.type_char, self.kind.bytes) {
            (TypeChar::Float, 8) => read!(f64, |value| value),
            (TypeChar::Float, _) => read!(f32, f64::from),
            (TypeChar::Int, 1) => read!(i8, f64::from),
            (TypeChar::Int, 2) => read!(i16, f64::from),
            (TypeChar::Int, 4) => read!(i32, f64::from),
            (TypeChar::Int, _) => read!(i64, |value| value as f64),
            (TypeChar::Uint, 1) => read!(u8, f64::from),
            (TypeChar::Uint, 2) => read!(u16, f64::from),
            (TypeChar::Uint, 4) => read!(u32, f64::from),
            (TypeChar::Uint, _) => read!(u64, |value| value as f64),
            _ => read!(bool, |value| f64::from(u8::from(value))),
        }
        Ok(values)
    }
}

/// Turns an array with the first axis contiguous into one with the last axis contiguous.
fn reverse_axes(values: &[f32], grid: &Grid) -> Vec<f32> {
    let [nx, ny, _] = grid.shape;
    let turned = |index| {
        let [x, y, z] = grid.node(index);
        values[(z * ny + y) * nx + x]
    };
    (0..grid.len()).map(turned).collect()
}

impl fmt::Debug for FrameReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, grid, frames, .. } = self;
        f.debug_struct("FrameReader")
            .field("path", path)
            .field("grid", grid)
            .field("frames", frames)
            .finish_non_exhaustive()
    }
}
