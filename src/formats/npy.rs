//! Fields in NumPy's `.npy` files: one field [nx, ny, nz], a plane [nx, ny], or a series of fields [frames, nx, ny, nz].
//!
//! Values are φ ∈ [−1, 1] or, where `concentration` is set, c = (φ + 1)/2 ∈ [0, 1]. Files are read in any real, integer or
//! boolean type of either byte order, and written in little-endian f32, C order.

use super::{FormatError, OutputFile, volume::phi};
use crate::{field::Field, grid::Grid};
use npyz::{DType, NpyFile, NpyHeader, Order, TypeChar, WriteOptions, WriterBuilder};
use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Longest header that NumPy itself accepts by default.
const LONGEST_HEADER: usize = 10_000;

/// Most digits that all dimensions may have together, so that their product fits into 64 bits.
const MOST_DIGITS: usize = 18;

/// Reads the field in a file; of a series, the last frame, where that run ended.
///
/// # Errors
/// When the file cannot be read, has another shape or type, is cut short, or holds values that are not finite.
pub fn read_field(path: &Path, concentration: bool) -> Result<Field, FormatError> {
    let mut reader = FrameReader::open(path, concentration)?;
    reader.read(reader.frames() - 1)
}

/// Reads all frames of a file (one, if it holds a single field).
///
/// # Errors
/// As [`read_field`].
pub fn read_frames(path: &Path, concentration: bool) -> Result<Vec<Field>, FormatError> {
    let mut reader = FrameReader::open(path, concentration)?;
    (0..reader.frames()).map(|frame| reader.read(frame)).collect()
}

/// Writes one field as an array [nx, ny, nz].
///
/// # Errors
/// When the file cannot be written.
pub fn write_field(path: &Path, field: &Field, concentration: bool) -> Result<(), FormatError> {
    let shape = field.grid().shape.map(|side| side as u64);
    let mut file = OutputFile::create(path)?;
    file.put(|file| write_header(file, &shape))?;
    file.put(|file| write_values(file, field, concentration))?;
    file.finish()
}

/// Reads the frames of a file one by one, in any order.
pub struct FrameReader {
    path: PathBuf,
    file: BufReader<File>,
    header: NpyHeader,
    data_start: u64,
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
        Self::open_as(path, concentration, Some(frames))
    }

    fn open_as(path: &Path, concentration: bool, first: Option<usize>) -> Result<Self, FormatError> {
        let unusable = |reason: String| unusable(path, reason);
        let mut file = File::open(path).map_err(FormatError::read(path))?;
        let length = file.metadata().map_err(FormatError::read(path))?.len();
        let header = read_header(&mut file).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => unusable(error.to_string()),
            io::ErrorKind::UnexpectedEof => unusable("it ends within its header".into()),
            _ => FormatError::read(path)(error),
        })?;
        let (claimed, grid) = frames_and_grid(&header).map_err(unusable)?;
        let frames = first.unwrap_or(claimed);
        if frames == 0 {
            return Err(unusable("it holds no frames".into()));
        }
        let kind = Kind::of(&header.dtype()).map_err(unusable)?;
        let data_start = file.stream_position().map_err(FormatError::read(path))?;
        let found = length - data_start.min(length);
        let needed = (frames as u64).saturating_mul(grid.len() as u64).saturating_mul(kind.bytes);
        if found < needed || first.is_none() && found > needed {
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
        self.file.seek(SeekFrom::Start(start))?;
        let data = NpyFile::with_header(self.header.clone(), &mut self.file);
        let invalid = |error: npyz::DTypeError| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        let concentration = self.concentration;
        let phi = |value: f64| phi(value, concentration);
        macro_rules! read {
            ($type:ty, $convert:expr) => {
                data.data::<$type>().map_err(invalid)?.take(count).map(|value| value.map($convert).map(phi)).collect()
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
    }
}

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

fn unusable(path: &Path, reason: String) -> FormatError {
    FormatError::Unusable { path: path.to_owned(), kind: "NumPy", reason }
}

fn invalid(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

fn series_shape(frames: u64, grid: &Grid) -> [u64; 4] {
    let [x, y, z] = grid.shape.map(|side| side as u64);
    [frames, x, y, z]
}

fn write_header(file: &mut OutputFile, shape: &[u64]) -> io::Result<()> {
    WriteOptions::<f32>::new().default_dtype().shape(shape).writer(file).write_header_only().map(drop)
}

fn write_values(file: &mut OutputFile, field: &Field, concentration: bool) -> io::Result<()> {
    field.values().iter().try_for_each(|&phi| file.write_all(&stored(phi, concentration).to_le_bytes()))
}

/// Reads the header, leaving `file` at the first value.
fn read_header(file: &mut File) -> io::Result<NpyHeader> {
    let mut start = [0; 12];
    file.read_exact(&mut start[..10])?;
    if !start.starts_with(b"\x93NUMPY") {
        return Err(invalid("it does not begin like one"));
    }
    let (prefix, length) = match start[6] {
        1 => (10, usize::from(u16::from_le_bytes([start[8], start[9]]))),
        _ => {
            file.read_exact(&mut start[10..])?;
            (12, u32::from_le_bytes([start[8], start[9], start[10], start[11]]) as usize)
        }
    };
    if length > LONGEST_HEADER {
        return Err(invalid("its header is too long"));
    }
    let mut bytes = start[..prefix].to_vec();
    bytes.resize(prefix + length, 0);
    file.read_exact(&mut bytes[prefix..])?;
    check_header_text(&bytes[prefix..])?;
    NpyHeader::from_reader(bytes.as_slice())
}

/// Lets only the header of a plain array pass: one dictionary with one tuple of decimal numbers.
///
/// The header is a Python literal, and a hostile one could nest deep enough to exhaust the stack of a
/// recursive parser, or claim dimensions whose product overflows.
fn check_header_text(text: &[u8]) -> io::Result<()> {
    let count = |byte| text.iter().filter(|&&b| b == byte).count();
    let plain = count(b'{') == 1 && count(b'(') == 1 && count(b'[') == 0 && count(b'\\') == 0;
    let shape = text.split(|&b| b == b'(').nth(1).and_then(|rest| rest.split(|&b| b == b')').next());
    let shape = shape.filter(|_| plain).ok_or_else(|| invalid("it does not hold a plain array"))?;
    if shape.iter().any(|b| !b.is_ascii_digit() && !b", ".contains(b)) {
        return Err(invalid("its shape is not a list of numbers"));
    }
    if shape.iter().filter(|b| b.is_ascii_digit()).count() > MOST_DIGITS {
        return Err(invalid("its shape is too large"));
    }
    Ok(())
}

fn frames_and_grid(header: &NpyHeader) -> Result<(usize, Grid), String> {
    let (frames, shape) = match *header.shape() {
        [x, y] => (1, [x, y, 1]),
        [x, y, z] => (1, [x, y, z]),
        [frames, x, y, z] => (frames, [x, y, z]),
        ref shape => {
            return Err(format!(
                "its shape is {shape:?}, but [nx, ny, nz], [nx, ny] or [frames, nx, ny, nz] is needed"
            ));
        }
    };
    let grid = Grid::from(shape.map(|side| side as usize));
    grid.check().map_err(|error| error.to_string())?;
    Ok((frames as usize, grid))
}

/// A type of values that can be read.
#[derive(Debug, Clone, Copy)]
struct Kind {
    type_char: TypeChar,
    /// Bytes per value.
    bytes: u64,
}

impl Kind {
    fn of(dtype: &DType) -> Result<Self, String> {
        let refused =
            || format!("its values are of type {}, but real numbers, integers or booleans are needed", dtype.descr());
        let DType::Plain(kind) = dtype else { return Err(refused()) };
        let (type_char, bytes) = (kind.type_char(), kind.size_field());
        let known = match type_char {
            TypeChar::Float => matches!(bytes, 4 | 8),
            TypeChar::Int | TypeChar::Uint => matches!(bytes, 1 | 2 | 4 | 8),
            TypeChar::Bool => bytes == 1,
            _ => false,
        };
        if known { Ok(Self { type_char, bytes }) } else { Err(refused()) }
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
