//! Folders of datasets and of trainings with a damaged file.

use super::{
    assert_sentence,
    damage::{Sound, damage, every, lines, marks},
    memory,
    models::safetensors,
    try_all,
};
use crate::{
    dataset::{make, tiny_data},
    training::{tiny_training, trainer},
};
use spinodal::{
    network::{CrnnConfig, Model},
    training::{
        config::TrainConfig,
        dataset::{Dataset, Split},
        dataset_config::DatasetConfig,
        dataset_summary::DatasetSummary,
        folder::RunFolder,
        run::SavedRun,
        state::State,
    },
};
use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
};
use tempfile::tempdir;

/// A folder of which one file after another is damaged and then whole again.
pub struct Folder<'a> {
    path: &'a Path,
    names: Vec<&'static str>,
    files: Vec<Sound>,
}

impl<'a> Folder<'a> {
    /// These files of a folder.
    pub fn of(path: &'a Path, names: &[&'static str]) -> Self {
        let sound = |name: &&str| {
            let bytes = fs::read(path.join(name)).unwrap();
            match name.rsplit_once('.').map(|(_, ending)| ending) {
                Some("safetensors") => safetensors(&bytes),
                Some("npy") => Sound::whole(bytes, every::<4>),
                Some("json") => Sound::whole(bytes, marks),
                _ => Sound::whole(bytes, lines),
            }
        };
        Self { path, files: names.iter().map(sound).collect(), names: names.to_vec() }
    }

    /// Tries what must hold with any file damaged. It is given how many bytes the damaged file has, and may change
    /// files, which are then as they were.
    pub fn try_all(&self, holds: impl Fn(usize)) {
        let write = |number: usize, bytes: &[u8]| fs::write(self.path.join(self.names[number]), bytes).unwrap();
        holds(0);
        try_all(&damage(), |damage| {
            self.files.iter().enumerate().for_each(|(number, file)| write(number, &(file.join)(&file.parts)));
            let (number, bytes) = damage.of(&self.files);
            write(number, &bytes);
            holds(bytes.len());
        });
    }
}

/// What was read, if it was; else the message is a sentence.
pub fn checked<T, E: Display>(read: Result<T, E>) -> Option<T> {
    read.inspect_err(|error| assert_sentence(&error.to_string())).ok()
}

fn small_data() -> DatasetConfig {
    DatasetConfig { sequences: 3, grids: vec![12.into()], validation_share: 0.4, ..tiny_data() }
}

#[test]
fn datasets() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    make(&small_data(), path, 2);
    let names = ["dataset.toml", "manifest.json", "sequences/00000.npy", "sequences/00001.npy"];
    Folder::of(path, &names).try_all(|bytes| {
        let justified = (4 << 20) + 64 * bytes;
        let dataset = checked(memory::within(justified, || Dataset::open(path)));
        assert!(bytes > 0 || dataset.is_some(), "the whole one is refused");
        if let Some(dataset) = dataset {
            let sequences =
                [Split::Training, Split::Validation].map(|split| dataset.sequences(split).collect::<Vec<_>>());
            for sequence in sequences.concat() {
                for frame in 0..sequence.frames() {
                    if let Some(field) = checked(sequence.field(frame)) {
                        assert_eq!(field.grid().shape(), sequence.shape());
                        assert!(field.values().iter().all(|value| value.is_finite()));
                    }
                }
            }
            dataset.checks().filter_map(Result::err).for_each(|error| assert_sentence(&error.to_string()));
        }
        if let Some(summary) = checked(memory::within(justified, || DatasetSummary::read(path))) {
            assert!(summary.present.iter().all(|&index| index < summary.config.sequences));
            assert_eq!(summary.training + summary.validation, summary.config.sequences);
            summary.present.iter().for_each(|&index| drop(checked(summary.preview(index))));
        }
    });
}

#[test]
fn runs_of_trainings() {
    let folder = tempdir().unwrap();
    let [data, run]: [PathBuf; 2] = ["data", "run"].map(|name| folder.path().join(name));
    make(&small_data(), &data, 2);
    let network = CrnnConfig { channels: 1, layers: 1, ..CrnnConfig::default() };
    let config = TrainConfig { network, ..tiny_training(&data) };
    let dataset = Dataset::open(&data).unwrap();
    let mut trainer = trainer(&config, &dataset).unwrap();
    let model = Model::random(network, 1);
    let mut created = RunFolder::create(&run, &config, dataset.manifest(), &model).unwrap();
    let mut report = |report| {
        created.record_step(&report).unwrap();
        std::ops::ControlFlow::Continue(())
    };
    assert!(trainer.walk(&mut report).unwrap());
    created.record_validation(&trainer.validate().unwrap().validation).unwrap();
    created.save(&State { best: Some(0.25), ..trainer.state().clone() }).unwrap();
    drop(created);

    let names = [
        "config.toml",
        "dataset.json",
        "initial.safetensors",
        "checkpoint.safetensors",
        "metrics.csv",
        "validation.csv",
    ];
    let trainer = std::cell::RefCell::new(trainer);
    Folder::of(&run, &names).try_all(|bytes| {
        let justified = (4 << 20) + 64 * bytes;
        if let Some(saved) = checked(SavedRun::open(&run)) {
            saved.config().validate().unwrap();
        }
        checked(memory::within(justified, || RunFolder::curves(&run)));
        let resumed = checked(memory::within(justified, || RunFolder::resume(&run)));
        assert!(bytes > 0 || resumed.is_some(), "the whole one is refused");
        let Some(resumed) = resumed else { return };
        checked(resumed.folder.open_data(&data));
        let state = resumed.state.filter(|state| checked(trainer.borrow_mut().restore(state.clone())).is_some());
        if let Some(state) = state {
            assert!(state.weights.iter().all(|weight| weight.is_finite()));
            // No row of the curves is later than the state from which the run continues.
            assert!(resumed.curves.steps.iter().all(|report| report.step <= state.step));
        }
    });
}
