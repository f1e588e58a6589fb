//! Fields in NumPy's `.npy` files: one field [N, N, N] or a series of them [F, N, N, N].
//!
//! Values are φ ∈ [−1, 1] or, where `concentration` is set, c = (φ + 1)/2 ∈ [0, 1]. Files are read in
//! f32 or f64 of either byte order and written in little-endian f32, C order.

use super::{FormatError, OutputFile};
use crate::field::{Field, MIN_SIZE};
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

/// Writes one field as an array [N, N, N].
///
/// # Errors
/// When the file cannot be written.
pub fn write_field(path: &Path, field: &Field, concentration: bool) -> Result<(), FormatError> {
    let size = field.size() as u64;
    let mut file = OutputFile::create(path)?;
    file.put(|file| write_header(file, &[size; 3]))?;
    file.put(|file| write_values(file, field, concentration))?;
    file.finish()
}

/// Reads the frames of a file one by one, in any order.
pub struct FrameReader {
    path: PathBuf,
    file: BufReader<File>,
    header: NpyHeader,
    data_start: u64,
    value_bytes: usize,
    size: usize,
    frames: usize,
    concentration: bool,
}

impl FrameReader {
    /// Opens a file and checks its header against its length.
    ///
    /// # Errors
    /// When the file cannot be read, has another shape or type, or is cut short.
    pub fn open(path: &Path, concentration: bool) -> Result<Self, FormatError> {
        let unusable = |reason: String| unusable(path, reason);
        let mut file = File::open(path).map_err(FormatError::read(path))?;
        let length = file.metadata().map_err(FormatError::read(path))?.len();
        let header = read_header(&mut file).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => unusable(error.to_string()),
            io::ErrorKind::UnexpectedEof => unusable("it ends within its header".into()),
            _ => FormatError::read(path)(error),
        })?;
        let (frames, size) = frames_and_size(&header).map_err(unusable)?;
        let value_bytes = value_bytes(&header.dtype()).map_err(unusable)?;
        let data_start = file.stream_position().map_err(FormatError::read(path))?;
        let (found, claimed) = (length - data_start.min(length), header.len().saturating_mul(value_bytes as u64));
        if found != claimed {
            return Err(unusable(format!("its header promises {claimed} bytes of values, but {found} follow")));
        }
        if header.order() == Order::Fortran && frames > 1 {
            return Err(unusable("its frames are in Fortran order; save them through numpy.ascontiguousarray".into()));
        }
        let file = BufReader::new(file);
        Ok(Self { path: path.to_owned(), file, header, data_start, value_bytes, size, frames, concentration })
    }

    /// Number of frames, at least 1.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Nodes per side.
    pub fn size(&self) -> usize {
        self.size
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
        let cells = self.size.pow(3);
        let start = self.data_start + (frame * cells * self.value_bytes) as u64;
        let values = self.read_values(start, cells).map_err(FormatError::read(&self.path))?;
        let values = match self.header.order() {
            Order::C => values,
            Order::Fortran => reverse_axes(&values, self.size),
        };
        Field::from_values(self.size, values).map_err(|error| unusable(&self.path, error.to_string()))
    }

    fn read_values(&mut self, start: u64, count: usize) -> io::Result<Vec<f32>> {
        self.file.seek(SeekFrom::Start(start))?;
        let data = NpyFile::with_header(self.header.clone(), &mut self.file);
        let invalid = |error: npyz::DTypeError| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        let concentration = self.concentration;
        let phi = |value: f64| if concentration { 2.0 * value - 1.0 } else { value } as f32;
        if self.value_bytes == 8 {
            data.data::<f64>().map_err(invalid)?.take(count).map(|value| value.map(phi)).collect()
        } else {
            data.data::<f32>().map_err(invalid)?.take(count).map(|value| value.map(|v| phi(v.into()))).collect()
        }
    }
}

/// Writes a series of frames [F, N, N, N] of which the number need not be known beforehand.
///
/// The file gets its name only by [`FrameWriter::finish`], which may be called after any number of
/// frames, so a run that is stopped keeps what it has done. Dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub struct FrameWriter {
    file: OutputFile,
    size: usize,
    frames: u64,
    concentration: bool,
}

impl FrameWriter {
    /// Starts a file of frames with `size`³ nodes.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path, size: usize, concentration: bool) -> Result<Self, FormatError> {
        let mut file = OutputFile::create(path)?;
        let shape = series_shape(0, size);
        file.put(|file| write_header(file, &shape))?;
        Ok(Self { file, size, frames: 0, concentration })
    }

    /// Appends a frame.
    ///
    /// # Errors
    /// When the field has another size or cannot be written.
    pub fn append(&mut self, field: &Field) -> Result<(), FormatError> {
        if field.size() != self.size {
            let reason = format!("a frame of {}³ nodes cannot follow frames of {}³", field.size(), self.size);
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
        let shape = series_shape(self.frames, self.size);
        self.file.put(|file| {
            file.seek(SeekFrom::Start(0))?;
            write_header(file, &shape)
        })?;
        self.file.finish()
    }
}

fn unusable(path: &Path, reason: String) -> FormatError {
    FormatError::Unusable { path: path.to_owned(), kind: "NumPy", reason }
}

fn invalid(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

fn series_shape(frames: u64, size: usize) -> [u64; 4] {
    [frames, size as u64, size as u64, size as u64]
}

fn write_header(file: &mut OutputFile, shape: &[u64]) -> io::Result<()> {
    WriteOptions::<f32>::new().default_dtype().shape(shape).writer(file).write_header_only().map(drop)
}

fn write_values(file: &mut OutputFile, field: &Field, concentration: bool) -> io::Result<()> {
    field.values().iter().try_for_each(|&phi| {
        let value = if concentration { (phi + 1.0) / 2.0 } else { phi };
        file.write_all(&value.to_le_bytes())
    })
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

fn frames_and_size(header: &NpyHeader) -> Result<(usize, usize), String> {
    let (frames, side) = match *header.shape() {
        [x, y, z] if x == y && y == z => (1, x),
        [frames, x, y, z] if x == y && y == z => (frames, x),
        ref shape => return Err(format!("its shape is {shape:?}, but [N, N, N] or [frames, N, N, N] is needed")),
    };
    if side < MIN_SIZE as u64 {
        return Err(format!("its grid of {side}³ is too small: at least {MIN_SIZE}³ is needed"));
    }
    if frames == 0 {
        return Err("it holds no frames".into());
    }
    Ok((frames as usize, side as usize))
}

/// Bytes per value of the two types that are read.
fn value_bytes(dtype: &DType) -> Result<usize, String> {
    match dtype {
        DType::Plain(kind) if kind.type_char() == TypeChar::Float && matches!(kind.size_field(), 4 | 8) => {
            Ok(kind.size_field() as usize)
        }
        _ => Err(format!("its values are of type {}, but float32 or float64 is needed", dtype.descr())),
    }
}

/// Turns a cube with the first axis contiguous into one with the last axis contiguous.
fn reverse_axes(values: &[f32], n: usize) -> Vec<f32> {
    let mut turned = Vec::with_capacity(values.len());
    for x in 0..n {
        for y in 0..n {
            turned.extend((0..n).map(|z| values[(z * n + y) * n + x]));
        }
    }
    turned
}
