//! Trainings in folders and on threads: they stop, pause, go on, and refuse what they cannot do.

use crate::{
    dataset::{make, tiny_data},
    training::{Cpu, tiny_training},
};
use burn_flex::FlexDevice;
use spinodal::{
    network::Model,
    training::{
        checkpoint::read_checkpoint,
        config::TrainConfig,
        dataset::Dataset,
        dataset_config::DatasetConfig,
        folder::RunFolder,
        run::{self, Origin, TrainCommand, TrainEvent, TrainHandle},
        trainer::State,
    },
};
use std::{fs, path::Path, time::Duration};
use tempfile::tempdir;

/// Waits for the last event.
fn last(training: &TrainHandle) -> TrainEvent {
    training.events().iter().last().unwrap()
}

fn origin() -> Origin {
    Origin { command: "a command".into(), hardware: "a machine".into() }
}

#[test]
fn runs_stop_and_go_on_with_the_same_curves() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let config = tiny_training(data.path());
    let [straight, broken] = ["straight", "broken"].map(|name| folders.path().join(name));
    let training = run::begin::<Cpu>(config.clone(), &straight, origin(), FlexDevice).unwrap();
    assert!(matches!(last(&training), TrainEvent::Done { step } if step >= 16));

    let training = run::begin::<Cpu>(config.clone(), &broken, origin(), FlexDevice).unwrap();
    let fifth = |event: &TrainEvent| matches!(event, TrainEvent::Step(report) if report.step == 5);
    training.events().iter().find(fifth).unwrap();
    training.send(TrainCommand::Stop);
    assert!(matches!(last(&training), TrainEvent::Stopped { .. }));
    let training = run::resume::<Cpu>(&broken, None, FlexDevice).unwrap();
    assert!(matches!(last(&training), TrainEvent::Done { .. }));
    for file in ["metrics.csv", "validation.csv", "config.toml"] {
        let [straight, broken] = [&straight, &broken].map(|folder| fs::read_to_string(folder.join(file)).unwrap());
        assert_eq!(straight, broken, "{file}");
    }
    let state = |folder: &Path| -> State { read_checkpoint(&RunFolder::checkpoint_path(folder)).unwrap().state };
    assert_eq!(state(&straight), state(&broken));
    let card = Model::load(broken.join("last.safetensors")).unwrap().card;
    assert_eq!((card.command.as_str(), card.hardware.as_str()), ("a command", "a machine"));
    let taken = run::begin::<Cpu>(config.clone(), &broken, origin(), FlexDevice).unwrap_err().to_string();
    assert!(taken.contains("already holds a run"), "{taken}");

    // A training from that model tells both commands, and the time of both.
    let further = TrainConfig { start: Some(broken.join("last.safetensors")), ..config };
    let folder = folders.path().join("further");
    assert!(matches!(
        last(&run::begin::<Cpu>(further, &folder, origin(), FlexDevice).unwrap()),
        TrainEvent::Done { .. }
    ));
    let whole = Model::load(folder.join("last.safetensors")).unwrap().card;
    assert_eq!(whole.command, "a command && a command");
    assert!(card.training_seconds > 0.0 && whole.training_seconds > card.training_seconds);
}

#[test]
fn runs_pause_and_save_when_they_are_told_to() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let folder = folders.path().join("run");
    let config = TrainConfig { steps: 100_000, validate_every: 100_000, ..tiny_training(data.path()) };
    let training = run::begin::<Cpu>(config, &folder, origin(), FlexDevice).unwrap();
    let next = |wanted: &dyn Fn(&TrainEvent) -> bool| training.events().iter().find(wanted).unwrap();
    next(&|event| matches!(event, TrainEvent::Step(_)));
    training.send(TrainCommand::Pause);
    let made_before = || training.events().recv_timeout(Duration::from_secs(1)).is_ok();
    assert!((0..10_000).any(|_| !made_before()), "a paused run goes on");
    training.send(TrainCommand::Save);
    training.send(TrainCommand::Resume);
    let last_model = folder.join("last.safetensors");
    let TrainEvent::Checkpoint(path) = next(&|event| matches!(event, TrainEvent::Checkpoint(_))) else {
        unreachable!()
    };
    assert_eq!(path, last_model);
    fs::remove_file(&last_model).unwrap();
    training.send(TrainCommand::Stop);
    assert!(matches!(last(&training), TrainEvent::Stopped { .. }));
    let model = Model::load(&last_model).unwrap();
    let state = read_checkpoint(&RunFolder::checkpoint_path(&folder)).unwrap().state;
    assert_eq!(model.weights.0.values().map(|weight| weight.values.len()).sum::<usize>(), state.average.len());
}

#[test]
fn what_cannot_be_trained_takes_no_folder() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    let folder = folders.path().join("run");
    let refusal = |config: &TrainConfig| {
        run::begin::<Cpu>(config.clone(), &folder, origin(), FlexDevice).map(drop).unwrap_err().to_string()
    };
    make(&DatasetConfig { sequences: 2, ..tiny_data() }, data.path(), 2);
    let config = tiny_training(data.path());
    assert!(refusal(&config).contains("no validation sequences"));
    make(&tiny_data(), data.path(), 2);
    let astray = TrainConfig { start: Some("nowhere.safetensors".into()), ..config.clone() };
    assert!(refusal(&astray).contains("nowhere.safetensors"));
    assert!(!folder.exists());
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("metrics.csv"), "of something else").unwrap();
    assert!(refusal(&config).contains("holds something else"));
    assert_eq!(fs::read_to_string(folder.join("metrics.csv")).unwrap(), "of something else");
}

#[test]
fn a_beginning_that_was_killed_leaves_the_folder_free() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let [whole, killed] = ["whole", "killed"].map(|name| folders.path().join(name));
    fs::create_dir(&killed).unwrap();
    for (file, text) in [(".lock", ""), ("metrics.csv", "step,walk,lo"), (".spinodal-1.part", "{")] {
        fs::write(killed.join(file), text).unwrap();
    }
    for folder in [&whole, &killed] {
        let training = run::begin::<Cpu>(tiny_training(data.path()), folder, origin(), FlexDevice).unwrap();
        assert!(matches!(last(&training), TrainEvent::Done { .. }));
    }
    let [whole, killed] = [&whole, &killed].map(|folder| fs::read_to_string(folder.join("metrics.csv")).unwrap());
    assert_eq!(whole, killed);
}

#[test]
fn a_run_goes_on_with_its_own_data_alone_wherever_they_are() {
    let (data, other, folders) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    make(&DatasetConfig { seed: 2, ..tiny_data() }, other.path(), 2);
    let (config, folder) = (tiny_training(data.path()), folders.path().join("run"));
    let dataset = Dataset::open(data.path()).unwrap();
    let initial = Model::random(config.network, 1);
    drop(RunFolder::create(&folder, &config, dataset.manifest(), &initial).unwrap());
    drop(dataset);

    let moved = folders.path().join("moved");
    fs::rename(data.path(), &moved).unwrap();
    let resumed = |data: &Path| run::resume::<Cpu>(&folder, Some(data), FlexDevice);
    let refusal = resumed(other.path()).map(drop).unwrap_err().to_string();
    assert!(refusal.contains("is another than that"), "{refusal}");
    assert!(matches!(last(&resumed(&moved).unwrap()), TrainEvent::Done { .. }));

    // More sequences are no other data, and change nothing.
    let extended = folders.path().join("extended");
    drop(RunFolder::create(&extended, &config, Dataset::open(&moved).unwrap().manifest(), &initial).unwrap());
    make(&DatasetConfig { sequences: 9, ..tiny_data() }, &moved, 2);
    assert!(matches!(last(&run::resume::<Cpu>(&extended, Some(&moved), FlexDevice).unwrap()), TrainEvent::Done { .. }));
    let [before, after] = [&folder, &extended].map(|folder| fs::read_to_string(folder.join("metrics.csv")).unwrap());
    assert_eq!(before, after);

    let (held, ..) = RunFolder::resume(&folder).unwrap();
    let refusal = resumed(&moved).map(drop).unwrap_err().to_string();
    assert!(refusal.contains("at work"), "{refusal}");
    drop(held);
}
