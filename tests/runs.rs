//! Trainings in folders and on threads: they stop, pause, continue, and refuse what they cannot do.

use crate::{
    dataset::{make, tiny_data},
    training::tiny_training,
};
use burn_flex::{Flex, FlexDevice};
use spinodal::{
    gpu::EngineChoice,
    network::{Crnn, Model},
    training::{
        checkpoint::read_checkpoint,
        config::TrainConfig,
        dataset::Dataset,
        dataset_config::DatasetConfig,
        events::{Curves, Started, TrainCommand, TrainEvent},
        folder::RunFolder,
        parameters,
        run::{self, TrainError, TrainHandle},
        state::State,
    },
};
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};
use tempfile::tempdir;

/// Waits for the last event.
pub fn last(training: &TrainHandle) -> TrainEvent {
    training.events().iter().last().unwrap()
}

/// Waits for the last event, which must tell of a failure.
fn failure(training: &TrainHandle) -> String {
    let TrainEvent::Failed(message) = last(training) else { panic!("it must fail") };
    message
}

/// Begins a run on the processor.
pub fn begin(config: &TrainConfig, folder: &Path) -> Result<TrainHandle, TrainError> {
    run::begin(config.clone(), folder, "a command".into(), EngineChoice::Cpu)
}

/// Continues a run where it was.
pub fn resume(folder: &Path, data: Option<&Path>) -> Result<TrainHandle, TrainError> {
    run::resume(folder, data, EngineChoice::Auto)
}

#[test]
fn runs_stop_and_continue_with_the_same_curves() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let config = tiny_training(data.path());
    let [straight, broken] = ["straight", "broken"].map(|name| folders.path().join(name));
    let training = begin(&config, &straight).unwrap();
    assert!(matches!(last(&training), TrainEvent::Done { step } if step >= 16));

    let training = begin(&config, &broken).unwrap();
    let fifth = |event: &TrainEvent| matches!(event, TrainEvent::Step(report, _) if report.step == 5);
    training.events().iter().find(fifth).unwrap();
    training.send(TrainCommand::Stop);
    assert!(matches!(last(&training), TrainEvent::Stopped { .. }));
    let training = resume(&broken, None).unwrap();
    assert!(matches!(last(&training), TrainEvent::Done { .. }));
    for file in ["metrics.csv", "validation.csv", "config.toml"] {
        let [straight, broken] = [&straight, &broken].map(|folder| fs::read_to_string(folder.join(file)).unwrap());
        assert_eq!(straight, broken, "{file}");
    }
    let state = |folder: &Path| -> State { read_checkpoint(&RunFolder::checkpoint_path(folder)).unwrap().state };
    assert_eq!(state(&straight), state(&broken));
    let card = Model::load(broken.join("last.safetensors")).unwrap().card;
    assert_eq!(card.command, "a command");
    assert!(card.hardware.starts_with("processor ("), "{}", card.hardware);
    let taken = begin(&config, &broken).map(drop).unwrap_err().to_string();
    assert!(taken.contains("already holds a run"), "{taken}");

    // A training from that model tells both commands, and the time of both.
    let further = TrainConfig { start: Some(broken.join("last.safetensors")), ..config };
    let folder = folders.path().join("further");
    assert!(matches!(last(&begin(&further, &folder).unwrap()), TrainEvent::Done { .. }));
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
    let training = begin(&config, &folder).unwrap();
    let next = |wanted: &dyn Fn(&TrainEvent) -> bool| training.events().iter().find(wanted).unwrap();
    next(&|event| matches!(event, TrainEvent::Step(..)));
    training.send(TrainCommand::Pause);
    next(&|event| *event == TrainEvent::Paused(true));
    assert!(training.events().recv_timeout(Duration::from_secs(1)).is_err(), "a paused run continues");
    training.send(TrainCommand::Save);
    training.send(TrainCommand::Resume);
    next(&|event| *event == TrainEvent::Paused(false));
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
    let network = Crnn::<Flex>::from_model(&model, &FlexDevice).unwrap();
    assert_eq!(parameters::collect(&network), state.average);
}

#[test]
fn steps_tell_the_time_that_they_took_without_pauses() {
    const PAUSE: Duration = Duration::from_secs(2);
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let begun = Instant::now();
    let config = TrainConfig { steps: 1000, ..tiny_training(data.path()) };
    let training = begin(&config, &folders.path().join("run")).unwrap();
    let mut times = Vec::new();
    for event in training.events() {
        match event {
            TrainEvent::Step(report, time) => {
                times.push(time);
                match report.step {
                    3 => training.send(TrainCommand::Pause),
                    20 => training.send(TrainCommand::Stop),
                    _ => {}
                }
            }
            TrainEvent::Paused(true) => {
                thread::sleep(PAUSE);
                training.send(TrainCommand::Resume);
            }
            _ => {}
        }
    }
    assert!(times.len() >= 20 && !times.iter().any(Duration::is_zero), "{times:?}");
    assert!(times.iter().sum::<Duration>() + PAUSE < begun.elapsed(), "{times:?}");
}

#[test]
fn what_cannot_be_trained_takes_no_folder() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    let folder = folders.path().join("run");
    let failure = |config: &TrainConfig| failure(&begin(config, &folder).unwrap());
    make(&DatasetConfig { sequences: 2, ..tiny_data() }, data.path(), 2);
    let config = tiny_training(data.path());
    assert!(failure(&config).contains("no validation sequences"));
    make(&tiny_data(), data.path(), 2);
    let astray = TrainConfig { start: Some("nowhere.safetensors".into()), ..config.clone() };
    assert!(failure(&astray).contains("nowhere.safetensors"));
    let path = data.path().join("sequences/00000.npy");
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[200] ^= 1;
    let replace = |bytes: &[u8]| fs::write(&path, bytes).unwrap();
    replace(&flipped);
    assert!(failure(&config).contains("checksum"));
    replace(&whole);
    assert!(!folder.exists());

    let refusal = |config: &TrainConfig| begin(config, &folder).map(drop).unwrap_err().to_string();
    assert!(refusal(&TrainConfig { steps: 0, ..config.clone() }).contains("number of steps must lie between 1 and"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("metrics.csv"), "of something else").unwrap();
    assert!(refusal(&config).contains("holds something else"));
    assert_eq!(fs::read_to_string(folder.join("metrics.csv")).unwrap(), "of something else");
    assert!(resume(&folder, None).map(drop).unwrap_err().to_string().contains("config.toml"));
    assert!(!folder.join(".lock").exists());
}

#[test]
fn events_tell_all_that_a_run_has_said() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let config = tiny_training(data.path());
    let [straight, broken] = ["straight", "broken"].map(|name| folders.path().join(name));
    let follow = |training: &TrainHandle, enough: &dyn Fn(&Curves) -> bool| {
        let mut events = training.events().iter();
        assert_eq!(events.next(), Some(TrainEvent::Verifying));
        let Some(TrainEvent::Started(started)) = events.next() else { panic!("it must start") };
        assert_eq!(started.config, config);
        let mut curves = Curves::default();
        curves.follow(&TrainEvent::Started(started.clone()));
        for event in events {
            curves.follow(&event);
            if enough(&curves) {
                training.send(TrainCommand::Stop);
            }
        }
        (*started, curves)
    };
    let (Started { step, curves: before, .. }, whole) = follow(&begin(&config, &straight).unwrap(), &|_| false);
    assert_eq!((step, before), (0, Curves::default()));
    assert!(whole.steps.len() >= 16 && whole.validations.len() > 1);
    assert!(whole.steps.iter().enumerate().all(|(index, report)| report.step == index + 1));

    follow(&begin(&config, &broken).unwrap(), &|curves| curves.steps.len() > 9);
    let (Started { step, curves: before, .. }, resumed) = follow(&resume(&broken, None).unwrap(), &|_| false);
    assert!(step > 0 && before.steps.len() == step, "{step} steps, but {} reports", before.steps.len());
    // As text: errors at frames beyond the data are not numbers, which equal nothing.
    assert_eq!(format!("{resumed:?}"), format!("{whole:?}"));
}

#[test]
fn a_dropped_training_has_saved_its_state() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let folder = folders.path().join("run");
    let config = TrainConfig { steps: 100_000, ..tiny_training(data.path()) };
    let training = begin(&config, &folder).unwrap();
    training.events().iter().find(|event| matches!(event, TrainEvent::Step(..))).unwrap();
    training.send(TrainCommand::Pause);
    drop(training);
    assert!(RunFolder::checkpoint_path(&folder).exists());
    // Its lock is free.
    drop(RunFolder::resume(&folder).unwrap());
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
        let training = begin(&tiny_training(data.path()), folder).unwrap();
        assert!(matches!(last(&training), TrainEvent::Done { .. }));
    }
    let [whole, killed] = [&whole, &killed].map(|folder| fs::read_to_string(folder.join("metrics.csv")).unwrap());
    assert_eq!(whole, killed);
}

#[test]
fn a_run_continues_with_its_own_data_alone_wherever_they_are() {
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
    let resumed = |data: &Path| resume(&folder, Some(data)).unwrap();
    let refusal = failure(&resumed(other.path()));
    assert!(refusal.contains("is not the one that"), "{refusal}");
    assert!(matches!(last(&resumed(&moved)), TrainEvent::Done { .. }));

    // More sequences are no other data, and change nothing.
    let extended = folders.path().join("extended");
    drop(RunFolder::create(&extended, &config, Dataset::open(&moved).unwrap().manifest(), &initial).unwrap());
    make(&DatasetConfig { sequences: 9, ..tiny_data() }, &moved, 2);
    assert!(matches!(last(&resume(&extended, Some(&moved)).unwrap()), TrainEvent::Done { .. }));
    let [before, after] = [&folder, &extended].map(|folder| fs::read_to_string(folder.join("metrics.csv")).unwrap());
    assert_eq!(before, after);

    let held = RunFolder::resume(&folder).unwrap();
    let refusal = failure(&resumed(&moved));
    assert!(refusal.contains("in use by another run"), "{refusal}");
    drop(held);
}
