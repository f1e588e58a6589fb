//! Folders of trainings: what is found in them is read strictly, and nothing is written elsewhere through it.

use crate::{
    dataset::{make, tiny_data},
    runs::{begin, last},
    training::{tiny_training, trainer},
};
use spinodal::{
    formats::OutputFile,
    network::{CrnnConfig, Model},
    training::{
        checkpoint::{Checkpoint, read_checkpoint, read_progress, write_checkpoint},
        config::TrainConfig,
        dataset::Dataset,
        events::TrainEvent,
        folder::RunFolder,
        state::State,
        trainer_error::TrainerError,
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::{TempDir, tempdir};

/// A dataset, and the folder of a run on it that has not begun to train.
fn started() -> (TempDir, TrainConfig, PathBuf) {
    let place = tempdir().unwrap();
    let [data, run] = ["data", "run"].map(|name| place.path().join(name));
    make(&tiny_data(), &data, 2);
    let config = tiny_training(&data);
    let (manifest, model) = (Dataset::open(&data).unwrap().manifest().clone(), Model::random(config.network, 1));
    drop(RunFolder::create(&run, &config, &manifest, &model).unwrap());
    (place, config, run)
}

/// A state with some numbers in it.
fn state(config: &TrainConfig) -> State {
    let dataset = Dataset::open(&config.data).unwrap();
    let state = trainer(config, &dataset).unwrap().state().clone();
    State { best: Some(180.0 / 1997.0), ..state }
}

#[cfg(unix)]
#[test]
fn a_new_run_writes_nothing_through_what_it_finds() {
    let (place, config, _) = started();
    let own = place.path().join("own.txt");
    for name in ["metrics.csv", "validation.csv", "dataset.json", "initial.safetensors", ".lock", ".spinodal-1.part"] {
        let folder = place.path().join(format!("links-{name}"));
        fs::create_dir(&folder).unwrap();
        fs::write(&own, "of the user").unwrap();
        if name != ".lock" {
            fs::write(folder.join(".lock"), "").unwrap();
        }
        std::os::unix::fs::symlink(&own, folder.join(name)).unwrap();
        let refusal = begin(&config, &folder).map(drop).unwrap_err().to_string();
        assert!(refusal.contains("holds something else"), "{name}: {refusal}");
        assert_eq!(fs::read_to_string(&own).unwrap(), "of the user", "{name}");
    }
    // A second name of a file cannot be told from its first: the run takes a file of its own instead.
    let folder = place.path().join("names");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(".lock"), "").unwrap();
    fs::hard_link(&own, folder.join("metrics.csv")).unwrap();
    assert!(matches!(last(&begin(&config, &folder).unwrap()), TrainEvent::Done { .. }));
    assert_eq!(fs::read_to_string(&own).unwrap(), "of the user");
    assert!(fs::read_to_string(folder.join("metrics.csv")).unwrap().starts_with("step,walk,loss,"));
}

#[cfg(unix)]
#[test]
fn a_resumed_run_writes_nothing_through_what_it_finds() {
    let (place, config, run) = started();
    let [own, nowhere] = ["own.csv", "nowhere.csv"].map(|name| place.path().join(name));
    fs::rename(run.join("metrics.csv"), &own).unwrap();
    fs::remove_file(run.join("validation.csv")).unwrap();
    let before = fs::read(&own).unwrap();
    std::os::unix::fs::symlink(&own, run.join("metrics.csv")).unwrap();
    std::os::unix::fs::symlink(&nowhere, run.join("validation.csv")).unwrap();
    let refusal = match crate::runs::resume(&run, None) {
        Ok(training) => format!("{:?}", last(&training)),
        Err(error) => error.to_string(),
    };
    assert!(refusal.contains("it is a link to another file"), "{refusal}");
    assert_eq!(fs::read(&own).unwrap(), before);
    assert!(!nowhere.exists());

    // Tables that are missing are begun anew.
    ["metrics.csv", "validation.csv"].iter().for_each(|name| fs::remove_file(run.join(name)).unwrap());
    let training = crate::runs::resume(&run, None).unwrap();
    assert!(matches!(last(&training), TrainEvent::Done { .. }));
    let curves = RunFolder::curves(&run).unwrap();
    assert!(curves.steps.last().unwrap().step >= config.steps);
    assert_eq!(curves.validations[0].step, 0, "a table that was missing has a heading");
}

#[test]
fn of_two_runs_in_one_new_folder_one_is_refused() {
    let (place, config, _) = started();
    let folder = place.path().join("one");
    let both = [1, 2].map(|seed| begin(&TrainConfig { seed, ..config.clone() }, &folder));
    let ends = both.map(|begun| begun.map_or_else(|error| TrainEvent::Failed(error.to_string()), |run| last(&run)));
    let done = ends.iter().filter(|event| matches!(event, TrainEvent::Done { .. })).count();
    assert_eq!(done, 1, "{ends:?}");
    let refused = |event: &TrainEvent| match event {
        TrainEvent::Failed(reason) => {
            reason.contains("in use by another run") || reason.contains("already holds a run")
        }
        _ => false,
    };
    assert!(ends.iter().any(refused), "{ends:?}");
    let steps: Vec<_> = RunFolder::curves(&folder).unwrap().steps.iter().map(|report| report.step).collect();
    assert_eq!(steps, (1..=steps.len()).collect::<Vec<_>>());
}

#[test]
fn a_checkpoint_comes_back_to_the_last_digit_or_not_at_all() {
    let (place, config, _) = started();
    let (path, state) = (place.path().join("checkpoint.safetensors"), state(&config));
    let seconds = 181.0 / 1997.0;
    let checkpoint = Checkpoint { state: state.clone(), seconds, run: "of this run".into() };
    write_checkpoint(&checkpoint, OutputFile::create(&path).unwrap()).unwrap();
    assert_eq!(read_checkpoint(&path).unwrap(), checkpoint);
    assert_eq!(read_progress(&path).unwrap(), (0, state.best));

    let whole = fs::read(&path).unwrap();
    let refused = |bytes: &[u8], reason: &str| {
        fs::write(&path, bytes).unwrap();
        let message = read_checkpoint(&path).unwrap_err().to_string();
        assert!(message.contains("checkpoint.safetensors") && message.contains(reason), "{message}");
    };
    for length in [1 << 32, 1 << 62, u64::MAX] {
        refused(&[&u64::to_le_bytes(length), &whole[8..]].concat(), "its header is cut off");
        assert!(read_progress(&path).unwrap_err().to_string().contains("its header is cut off"));
    }
    let at = whole.windows(3).position(|bytes| bytes == b"F32").unwrap();
    let mut integers = whole.clone();
    integers[at..at + 3].copy_from_slice(b"I32");
    refused(&integers, "are not a vector of finite f32 numbers");
    // A weight that is as good as any other, and one more step.
    let weight = whole.len() - 4 * state.weights.len().min(3);
    let damaged = |at: usize| {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        damaged
    };
    refused(&damaged(weight), "its checksum does not match");
    let step = whole.windows(7).position(|bytes| bytes == b"step\\\":").unwrap();
    refused(&damaged(step + 7), "its checksum does not match");
    let mut infinite = state.clone();
    infinite.memory.second[3] = f32::INFINITY;
    let infinite = Checkpoint { state: infinite, ..checkpoint };
    write_checkpoint(&infinite, OutputFile::create(&path).unwrap()).unwrap();
    refused(&fs::read(&path).unwrap(), "its optimizer.second are not");
}

#[test]
fn parts_of_another_network_are_refused() {
    let (_place, config, run) = started();
    let dataset = Dataset::open(&config.data).unwrap();
    let mut trainer = trainer(&config, &dataset).unwrap();
    let mut short = trainer.state().clone();
    short.memory.correlations.pop();
    assert!(matches!(trainer.restore(short), Err(TrainerError::OtherOptimizer)));
    Model::random(CrnnConfig { channels: 4, ..config.network }, 1).save(run.join("initial.safetensors")).unwrap();
    let refusal = RunFolder::resume(&run).map(drop).unwrap_err().to_string();
    assert!(refusal.contains("4 channels") && refusal.contains("config.toml beside it asks for"), "{refusal}");
}

/// What the program says when a run is to be continued with another setting.
fn advice(run: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spinodal"));
    let output = command.args(["train", "--batch", "3", "--resume"]).arg(run).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_model_is_advised_only_once_it_is_there() {
    let (_place, config, run) = started();
    let before = advice(&run);
    assert!(before.contains("or begin a new run") && !before.contains("--start"), "{before}");
    Model::random(config.network, 1).save(RunFolder::model_path(&run, false)).unwrap();
    assert!(advice(&run).contains("or begin a new run with --start "), "{}", advice(&run));
}
