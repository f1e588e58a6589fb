//! Damaged fields: NumPy's arrays, VTK's images, stacks of grey images.

use super::{
    assert_sentence,
    damage::{Part, Sound, damage, every, lines, marks},
    memory, try_all,
};
use crate::formats::{
    npy::data,
    volumes::{Page, dialects, stack},
};
use spinodal::{
    field::Field,
    formats::{field, npy::FrameReader, vtk},
    grid::Shape,
    initial::{Initial, InitialOptions},
};
use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};
use tempfile::tempdir;
use tiff::encoder::{Compression, TiffEncoder, colortype::Gray8};

/// A file of version 1, in its header and its values.
fn numpy(name: &str) -> Sound {
    let bytes = fs::read(data(name)).unwrap();
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (header, values) = bytes[10..].split_at(length);
    let part = |name: &str, bytes: &[u8], cuts| Part { name: name.into(), bytes: bytes.into(), cuts };
    Sound { parts: vec![part("header", header, marks), part("values", values, every::<8>)], join: join_numpy }
}

/// The header with its length before it: of 2 bytes where that suffices, else of 4, as version 2 has it.
fn join_numpy(parts: &[Part]) -> Vec<u8> {
    let [header, values] = [0, 1].map(|part: usize| &parts[part].bytes[..]);
    let (version, length) = match u16::try_from(header.len()) {
        Ok(length) => (1, length.to_le_bytes().to_vec()),
        Err(_) => (2, (header.len() as u32).to_le_bytes().to_vec()),
    };
    [b"\x93NUMPY", &[version, 0][..], &length, header, values].concat()
}

fn images() -> Vec<Sound> {
    let folder = tempdir().unwrap();
    let path = folder.path().join("ours.vti");
    vtk::write_vti(&path, &Field::from_fn([5, 6, 1], |x, y, _| x - y).unwrap()).unwrap();
    let ours = Sound::whole(fs::read(path).unwrap(), lines);
    dialects().into_iter().map(|(_, bytes)| Sound::whole(bytes, marks)).chain([ours]).collect()
}

fn stacks() -> Vec<Sound> {
    let pixels: Vec<u8> = (0..120).collect();
    let page = |format, bits: u32| Page { size: [5, 6], format, bits, pixels: &pixels[..30 * bits as usize / 8] };
    let plain = [(1, 8), (1, 16), (2, 16), (3, 32)].map(|(format, bits)| [(); 5].map(|()| page(format, bits)));
    let plain = plain.iter().flat_map(|pages| [stack(pages, false), stack(pages, true)]);
    let packed = [Compression::Lzw, Compression::Packbits, Compression::Uncompressed].map(|compression| {
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes).unwrap().with_compression(compression);
        (0..5).for_each(|_| encoder.write_image::<Gray8>(5, 6, &pixels[..30]).unwrap());
        bytes.into_inner()
    });
    plain.chain(packed).map(|bytes| Sound::whole(bytes, every::<2>)).collect()
}

fn assert_sound(field: &Field) {
    assert!(field.values().iter().all(|value| value.is_finite()));
    assert_eq!(field.values().len(), field.grid().len());
    field.grid().check().unwrap();
}

/// Reads a file as everything does that reads fields; it may take so many bytes of memory, and so many for each of its
/// own.
fn read(path: &Path, bytes: &[u8], [least, each]: [usize; 2]) {
    fs::write(path, bytes).unwrap();
    let justified = least + each * bytes.len();
    match memory::within(justified, || field::read(path, false)) {
        Ok(volume) => {
            assert_sound(&volume.field);
            assert_eq!(field::shape(path).unwrap(), volume.field.grid().shape());
            assert_sound(&volume.into_phases());
        }
        Err(error) => assert_sentence(&error.to_string()),
    }
    let options = InitialOptions { grid: Shape::cube(8), resample: true, ..InitialOptions::default() };
    match Initial::File(path.to_owned()).build(&options) {
        Ok(field) => assert_sound(&field),
        Err(error) => assert_sentence(&error.to_string()),
    }
}

fn try_format(name: &str, files: &[Sound], memory: [usize; 2]) {
    let folder = tempdir().unwrap();
    let path: PathBuf = folder.path().join(name);
    for file in files {
        fs::write(&path, (file.join)(&file.parts)).unwrap();
        field::read(&path, false).unwrap();
    }
    try_all(&damage(), |damage| read(&path, &damage.of(files).1, memory));
}

#[test]
fn arrays_of_numpy() {
    let files = ["6_f32", "6_f64_big_endian", "6_fortran", "6_int64", "2x6_f64"];
    let files = files.map(|name| numpy(&format!("numpy_{name}.npy")));
    try_format("field.npy", &files, [1 << 20, 32]);
    let folder = tempdir().unwrap();
    let path = folder.path().join("frames.npy");
    try_all(&damage(), |damage| {
        fs::write(&path, damage.of(&files).1).unwrap();
        match FrameReader::open_first(&path, true, 2) {
            Ok(mut reader) => (0..2).for_each(|frame| match reader.read(frame) {
                Ok(field) => assert_sound(&field),
                Err(error) => assert_sentence(&error.to_string()),
            }),
            Err(error) => assert_sentence(&error.to_string()),
        }
    });
}

#[test]
fn images_of_vtk() {
    try_format("image.vti", &images(), [1 << 20, 64]);
}

/// The library reads the first directory before its limits can be set: it reserves long lists, but does not fill them.
/// Pixels may be packed: a byte then stands for up to 4096. Each takes 4 bytes as a value, three times that while the
/// list grows, and some in its page, raw and as numbers.
#[test]
fn stacks_of_pages() {
    try_format("stack.tif", &stacks(), [1 << 29, 32 * 4096]);
}
