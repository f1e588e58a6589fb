//! Recordings with a damaged file: what is whole can be seen, and the run goes on from a state or not at all.

use super::{
    folders::{Folder, checked},
    memory,
};
use crate::recording::{begin, record, setup};
use spinodal::{
    comparison::RunRecord,
    recording::{RecordingReader, RecordingWriter},
};
use std::cell::RefCell;
use tempfile::tempdir;

/// Most frames that are looked at.
const FRAMES: usize = 8;

#[test]
fn recordings() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let setup = setup(&["frozen", "spectral:dt=0.01,grid=coarse"]);
    record(path, &setup, 4);
    let names = [
        "run.toml",
        "metrics.csv",
        "reference.npy",
        "spectral-coarse-0.01.npy",
        "states/00000.safetensors",
        "states/00004.safetensors",
    ];
    let comparison = RefCell::new(begin(&setup));
    Folder::of(path, &names).try_all(|bytes| {
        let opened = checked(memory::within((4 << 20) + 64 * bytes, || RunRecord::open(path)));
        assert!(bytes > 0 || opened.is_some(), "the whole one is refused");
        let Some((record, reader)) = opened else { return };
        let layout = record.layout().unwrap();
        for (number, row) in reader.rows().iter().enumerate().take(FRAMES) {
            assert_eq!(row.frame, number);
            let frame = checked(reader.frame(number));
            assert!(bytes > 0 || frame.is_some(), "frame {number} is refused");
            if let Some(frame) = frame.flatten() {
                assert_eq!(frame.reference.grid().shape, layout.reference.shape);
                let fields = frame.candidates.iter().flatten().chain([&frame.reference]);
                fields.for_each(|field| assert!(field.values().iter().all(|value| value.is_finite())));
            }
        }
        let states = checked(memory::within((4 << 20) + 64 * bytes, || reader.latest_states()));
        let Some((frame, states)) = states.flatten() else { return };
        if checked(comparison.borrow_mut().restore(frame, &states)).is_some() {
            checked(comparison.borrow_mut().frame());
        }
        if let Some(writer) = checked(RecordingWriter::resume(path, &layout, frame)) {
            assert_eq!(writer.frames(), frame + 1);
            drop(writer);
            let again = RecordingReader::open(path, &layout).unwrap();
            assert_eq!(again.rows().len(), frame + 1);
        }
    });
}
