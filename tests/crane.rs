//! Checkpoints that are damaged, foreign or hostile.

use crate::network::data;
use spinodal::network::crane;
use std::{
    fs,
    io::{Cursor, Read, Write},
    path::Path,
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The files of the sound checkpoint, to be tampered with.
pub fn parts() -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(fs::File::open(data("crane_random.pt")).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().to_owned(), bytes)
        })
        .collect()
}

/// A checkpoint made of `parts`.
pub fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// What the import says of these bytes: one sentence that names the file.
fn complaint(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.pt");
    fs::write(&path, bytes).unwrap();
    let message = crane::import(&path).expect_err("a bad checkpoint").to_string();
    assert!(message.contains(&path.display().to_string()) && !message.contains('\n'), "{message}");
    message
}

/// The complaint about the sound checkpoint with one of its files changed.
fn complaint_after(name: &str, change: impl Fn(&mut Vec<u8>)) -> String {
    let mut parts = parts();
    let part = parts.iter_mut().find(|(part, _)| part.ends_with(name)).expect("such a part");
    change(&mut part.1);
    complaint(&zipped(&parts))
}

/// The complaint about a checkpoint whose pickle is `pickle`.
fn complaint_about_pickle(pickle: &[u8]) -> String {
    complaint(&zipped(&[("archive/data.pkl".into(), pickle.to_vec())]))
}

/// Replaces every occurrence of `from` by `to`, of the same length.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = (0..=bytes.len() - from.len()).filter(|&at| bytes[at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
}

#[test]
fn tampering_is_noticed_and_not_the_zip() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.pt");
    fs::write(&path, zipped(&parts())).unwrap();
    assert_eq!(crane::import(&path).unwrap().weights, crane::import(data("crane_random.pt")).unwrap().weights);
}

#[test]
fn a_file_that_is_no_checkpoint_is_refused() {
    assert!(crane::import(Path::new("no/such/file.pt")).unwrap_err().to_string().contains("cannot read"));
    assert!(complaint(b"").contains("zip"));
    assert!(complaint(b"PK\x03\x04 but then something else").contains("zip"));
    let whole = fs::read(data("crane_random.pt")).unwrap();
    for length in [100, whole.len() / 2, whole.len() - 10] {
        assert!(complaint(&whole[..length]).contains("zip"));
    }
    assert!(complaint(&zipped(&[("readme.txt".into(), b"hello".to_vec())])).contains("data.pkl"));
}

#[test]
fn a_pickle_that_calls_a_function_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let witness = folder.path().join("executed");
    let command = format!("touch {}", witness.display());
    let mut pickle = b"\x80\x02cos\nsystem\nX".to_vec();
    pickle.extend((command.len() as u32).to_le_bytes());
    pickle.extend(command.as_bytes());
    pickle.extend(b"\x85R.");
    let message = complaint_about_pickle(&pickle);
    assert!(message.contains("os.system") && message.contains("nothing of it was run"), "{message}");
    assert!(!witness.exists());
}

#[test]
fn a_damaged_pickle_is_refused() {
    // Cut short, an unknown instruction, an empty stack, no dictionary, endless text, endless nesting, endless length.
    let nested = [b"\x80\x02)".as_slice(), &[0x85; 100_000], b"."].concat();
    let long = [b"\x80\x02}".as_slice(), &[b'N'; 1 << 20], b"."].concat();
    let pickles: [&[u8]; 8] =
        [b"", b"\x80\x02", b"\x80\x02\xff.", b"\x80\x02.", b"\x80\x02K\x01.", b"X\xff\xff\xff\xff.", &nested, &long];
    for pickle in pickles {
        let message = complaint_about_pickle(pickle);
        assert!(message.contains("description of the tensors"), "{message}");
    }
    let sound = parts().into_iter().find(|(name, _)| name.ends_with("data.pkl")).unwrap().1;
    for length in 0..sound.len() {
        complaint_about_pickle(&sound[..length]);
    }
}

#[test]
fn tensors_that_are_not_cranes_are_named() {
    let renamed = complaint_after("data.pkl", |pickle| replace(pickle, b"toOut.4.bias", b"toOut.5.bias"));
    assert!(renamed.contains("toOut.4.bias is missing"), "{renamed}");
    let extra =
        complaint_after("data.pkl", |pickle| replace(pickle, b"GRU_list.1.i2h.0.weight", b"GRU_list.7.i2h.0.weight"));
    assert!(extra.contains("GRU_list.1"), "{extra}");
    let short = complaint_after("data/12", |storage| storage.truncate(32_396));
    assert!(short.contains("GRU_list.1.i2h.0.weight reaches beyond"), "{short}");
    let nan = complaint_after("data/29", |storage| storage[..4].copy_from_slice(&f32::NAN.to_le_bytes()));
    assert!(nan.contains("toOut.4.bias") && nan.contains("finite"), "{nan}");
    let integers =
        complaint_after("data.pkl", |pickle| replace(pickle, b"torch\nFloatStorage", b"torch\nInt32Storage"));
    assert!(integers.contains("torch.Int32Storage"), "{integers}");
    let foreign = complaint_after("byteorder", |order| *order = b"big".to_vec());
    assert!(foreign.contains("big-endian"), "{foreign}");
}
