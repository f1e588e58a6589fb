//! `.npy` files, against files made by NumPy 2.4.

use spinodal::{
    equation,
    field::Field,
    formats::{FormatError, npy},
};
use std::path::{Path, PathBuf};

pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The fixtures hold (100x + 10y + z)/1000, so that every value tells where it belongs.
fn indexed() -> Field {
    Field::from_fn(6, |x, y, z| (100.0 * x + 10.0 * y + z) / 1000.0).unwrap()
}

#[test]
fn both_byte_orders_widths_and_axis_orders_are_read() {
    for name in ["numpy_6_f32.npy", "numpy_6_f64_big_endian.npy", "numpy_6_fortran.npy"] {
        assert_eq!(npy::read_field(&data(name), false).unwrap(), indexed(), "{name}");
    }
}

#[test]
fn of_a_series_all_frames_or_the_last_are_read() {
    let negative = Field::from_values(6, indexed().values().iter().map(|v| -v).collect()).unwrap();
    let path = data("numpy_2x6_f64.npy");
    assert_eq!(npy::read_frames(&path, false).unwrap(), [indexed(), negative.clone()]);
    assert_eq!(npy::read_field(&path, false).unwrap(), negative);
    let mut reader = npy::FrameReader::open(&path, false).unwrap();
    assert_eq!((reader.frames(), reader.grid()), (2, 6.into()));
    assert_eq!(reader.read(1).unwrap(), negative);
    assert_eq!(reader.read(0).unwrap(), indexed());
    assert!(reader.read(2).is_err());
}

#[test]
fn the_reference_evolution_is_read_with_its_energies() {
    let frames = npy::read_frames(&data("cahn_hilliard_24_f64.npy"), false).unwrap();
    let energies = [0.321219, 0.240419, 0.214374, 0.198377];
    assert_eq!(frames.len(), energies.len());
    for (frame, expected) in frames.iter().zip(energies) {
        let phi: Vec<_> = frame.values().iter().map(|&v| f64::from(v)).collect();
        let energy = equation::free_energy_density(&phi, &24.into(), &equation::Equation::default());
        assert!((energy - expected).abs() < 1e-6, "{energy} against {expected}");
    }
}

#[test]
fn concentrations_are_mapped_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.npy");
    let field = Field::from_fn(5, |x, _, _| x / 2.0 - 1.0).unwrap();
    npy::write_field(&path, &field, true).unwrap();
    let c = npy::read_field(&path, false).unwrap();
    assert_eq!((c.at(0, 0, 0), c.at(2, 0, 0), c.at(4, 0, 0)), (0.0, 0.5, 1.0));
    assert_eq!(npy::read_field(&path, true).unwrap(), field);
}

#[test]
fn a_written_series_is_what_numpy_would_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.npy");
    let frames: Vec<_> = (0..3).map(|i| Field::uniform(5, i as f32).unwrap()).collect();
    let mut writer = npy::FrameWriter::create(&path, 5.into(), false).unwrap();
    frames.iter().for_each(|frame| writer.append(frame).unwrap());
    assert!(matches!(writer.append(&Field::uniform(6, 0.0).unwrap()), Err(FormatError::Unusable { .. })));
    writer.finish().unwrap();

    assert_eq!(npy::read_frames(&path, false).unwrap(), frames);
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 128 + 3 * 125 * 4);
    assert!(
        bytes.starts_with(b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5, 5, 5")
    );
    assert_eq!(bytes[127], b'\n');
}

#[test]
fn an_unfinished_series_leaves_nothing_and_an_interrupted_one_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.npy");
    let field = Field::uniform(5, 0.5).unwrap();
    let mut dropped = npy::FrameWriter::create(&path, 5.into(), false).unwrap();
    dropped.append(&field).unwrap();
    drop(dropped);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let mut stopped = npy::FrameWriter::create(&path, 5.into(), false).unwrap();
    stopped.append(&field).unwrap();
    assert!(!path.exists());
    stopped.finish().unwrap();
    assert_eq!(npy::read_frames(&path, false).unwrap(), [field]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_header_is_short_and_holds_one_list_of_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("header.npy");
    let refused = |bytes: &[u8], reason: &str| {
        std::fs::write(&path, bytes).unwrap();
        let error = npy::FrameReader::open(&path, false).map(drop).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    };
    let with =
        |version: u8, length: &[u8], text: &str| [b"\x93NUMPY", &[version, 0][..], length, text.as_bytes()].concat();
    for shape in ["((5, 5), 5)", "(5, (5,), 5)", "[5, 5, 5]", "([5, 5], 5)", "({5: 5}, 5)"] {
        let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
        refused(&with(1, &(text.len() as u16).to_le_bytes(), &text), "it does not hold a plain array");
    }
    for length in [10_001, 1 << 31, u32::MAX] {
        for version in [2, 3] {
            refused(&with(version, &length.to_le_bytes(), "{'descr': '<f4'"), "its header is too long");
        }
    }
    refused(&with(1, &u16::MAX.to_le_bytes(), "{'descr': '<f4'"), "its header is too long");
    refused(&with(2, &100_u32.to_le_bytes(), "{'descr': '<f4'"), "it ends within its header");
}

#[test]
fn plain_values_lie_where_the_reader_says() {
    let plain = |name: &str| npy::FrameReader::open(&data(name), false).unwrap().plain_start();
    let start = plain("numpy_6_f32.npy").unwrap() as usize;
    let bytes = std::fs::read(data("numpy_6_f32.npy")).unwrap();
    let values: Vec<_> = bytes[start..].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    assert_eq!(values, indexed().values());
    for other in ["numpy_6_f64_big_endian.npy", "numpy_6_fortran.npy", "numpy_2x6_f64.npy"] {
        assert_eq!(plain(other), None, "{other}");
    }
}

#[test]
fn a_file_cannot_be_written_where_there_is_no_folder_or_over_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none/a.npy"), folder.path().to_owned()] {
        let error = npy::write_field(&path, &Field::uniform(5, 0.0).unwrap(), false).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot write {}: ", path.display())), "{error}");
    }
}
