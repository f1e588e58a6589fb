//! Changes to a run while it is under way: they take effect, are recorded, and are repeated.

use crate::{
    dataset::{make, tiny_data},
    runs::{begin, last, resume},
    training::{tiny_training, trainer, walks},
};
use spinodal::{
    gpu::EngineChoice,
    settings::{Span, read_config},
    training::{
        adjustment::{Adjusted, Adjustment},
        checkpoint::read_checkpoint,
        config::TrainConfig,
        dataset::Dataset,
        events::{TrainCommand, TrainEvent},
        folder::RunFolder,
        run::{SavedRun, TrainHandle},
    },
};
use std::{fs, path::Path};
use tempfile::tempdir;

const CHANGE: Adjustment = Adjustment {
    learning_rate: Some(0.5),
    batch: Some(3),
    energy_weight: Some(0.0),
    mean_weight: Some(1.0),
    overshoot_weight: None,
    steps: None,
};

#[test]
fn a_change_applies_from_its_step_on() {
    let config = TrainConfig { learning_rate: Span::new(1e-2, 1e-3), overshoot_weight: 0.3, ..TrainConfig::default() };
    let mut changed = config.clone();
    changed.adjust(10, CHANGE).unwrap();
    changed.adjust(20, Adjustment { learning_rate: Some(2.0), ..Adjustment::default() }).unwrap();
    let stripped = |step| TrainConfig { adjustments: Vec::new(), ..changed.adjusted(step) };
    assert_eq!(stripped(9), config);
    let expected = TrainConfig {
        learning_rate: Span::new(5e-3, 5e-4),
        batch: 3,
        energy_weight: 0.0,
        mean_weight: 1.0,
        ..config.clone()
    };
    assert_eq!(stripped(10), expected);
    assert_eq!(stripped(20), TrainConfig { learning_rate: Span::new(2e-2, 2e-3), ..expected });

    let text = toml::to_string(&changed).unwrap();
    assert_eq!(toml::from_str::<TrainConfig>(&text).unwrap(), changed);
    assert!(!toml::to_string(&config).unwrap().contains("adjust"), "old files stay as they are");
}

#[test]
fn changes_out_of_bounds_are_refused() {
    let mut config = TrainConfig::default();
    let none = Adjustment::default();
    for (change, expected) in [
        (Adjustment { learning_rate: Some(0.0), ..none }, "the learning rate factor must lie between 0.001 and 1000"),
        (
            Adjustment { learning_rate: Some(900.0), ..none },
            "the learning rate must lie between 0 and 1, but is 4.5..0",
        ),
        (Adjustment { batch: Some(0), ..none }, "the batch must lie between 1"),
        (Adjustment { mean_weight: Some(-1.0), ..none }, "the mean weight must lie between"),
        (Adjustment { steps: Some(40), ..none }, "steps must be more than the 50 already made, but is 40"),
    ] {
        let refusal = config.adjust(50, change).unwrap_err().to_string();
        assert!(refusal.contains(expected), "{refusal}");
    }
    assert_eq!(config, TrainConfig::default());
    config.adjustments.push(Adjusted { step: 3, change: Adjustment { batch: Some(0), ..none } });
    assert!(config.validate().is_err(), "nor may a file hold them");
}

#[test]
fn steps_after_a_change_are_those_of_a_run_that_began_with_it() {
    let data = tempdir().unwrap();
    make(&tiny_data(), data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let config = tiny_training(data.path());
    let mut changed = trainer(&config, &dataset).unwrap();
    walks(&mut changed, 3);
    let changed_before = TrainConfig {
        learning_rate: config.learning_rate.scaled(0.5),
        batch: 3,
        energy_weight: 0.0,
        mean_weight: 1.0,
        ..config.clone()
    };
    let mut other = trainer(&changed_before, &dataset).unwrap();
    other.restore(changed.state().clone()).unwrap();
    let mut unchanged = trainer(&config, &dataset).unwrap();
    unchanged.restore(changed.state().clone()).unwrap();
    changed.adjust(CHANGE).unwrap();
    let found = walks(&mut changed, 3);
    assert_eq!(found, walks(&mut other, 3));
    assert_ne!(found, walks(&mut unchanged, 3));
}

fn tables(folder: &Path) -> [String; 3] {
    ["metrics.csv", "validation.csv", "config.toml"].map(|name| fs::read_to_string(folder.join(name)).unwrap())
}

/// Waits for the step, and gives the answer to a change asked for at it.
fn change_at(training: &TrainHandle, step: usize, change: Adjustment) -> TrainEvent {
    let reached = |event: &TrainEvent| matches!(event, TrainEvent::Step(report, _) if report.step >= step);
    training.events().iter().find(reached).unwrap();
    training.send(TrainCommand::Adjust(change));
    let answers = |event: &TrainEvent| matches!(event, TrainEvent::Adjusted(_) | TrainEvent::Refused(_));
    training.events().iter().find(answers).unwrap()
}

#[test]
fn a_changed_run_is_resumed_and_repeated_to_the_bit() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let [live, repeated] = ["live", "repeated"].map(|name| folders.path().join(name));
    // Long enough not to have ended before it hears of the change.
    let config = TrainConfig { steps: 300, validate_every: 60, ..tiny_training(data.path()) };
    let training = begin(&config, &live).unwrap();
    let answer = change_at(&training, 3, CHANGE);
    let TrainEvent::Adjusted(Adjusted { step, change }) = answer else { panic!("{answer:?}") };
    assert!(step >= 3 && change == CHANGE);
    let refused = change_at(&training, step, Adjustment { batch: Some(0), ..Adjustment::default() });
    assert!(matches!(&refused, TrainEvent::Refused(reason) if reason.contains("the batch must lie")), "{refused:?}");
    training.send(TrainCommand::Stop);
    assert!(matches!(last(&training), TrainEvent::Stopped { .. }));
    let recorded: TrainConfig = read_config(&live.join("config.toml")).unwrap();
    assert_eq!(recorded.adjustments, [Adjusted { step, change: CHANGE }]);
    assert!(matches!(last(&resume(&live, None).unwrap()), TrainEvent::Done { .. }));
    // The same in one go, from the record of the first.
    assert!(matches!(last(&begin(&recorded, &repeated).unwrap()), TrainEvent::Done { .. }));
    assert_eq!(tables(&live), tables(&repeated));
    let state = |folder: &Path| read_checkpoint(&RunFolder::checkpoint_path(folder)).unwrap().state;
    assert_eq!(state(&live), state(&repeated));
}

#[test]
fn a_finished_run_is_trained_on() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let [live, repeated] = ["live", "repeated"].map(|name| folders.path().join(name));
    let config = tiny_training(data.path());
    let TrainEvent::Done { step: first_end } = last(&begin(&config, &live).unwrap()) else { panic!("it must end") };
    let refusal = SavedRun::open(&live).unwrap().with_steps(15).unwrap_err().to_string();
    assert!(refusal.contains("steps must be no fewer than the 16 of the run, but is 15"), "{refusal}");
    let further = SavedRun::open(&live).unwrap().with_steps(30).unwrap().resume(None, EngineChoice::Cpu).unwrap();
    assert!(matches!(last(&further), TrainEvent::Done { step } if step >= 30));
    let recorded: TrainConfig = read_config(&live.join("config.toml")).unwrap();
    let change = Adjustment { steps: Some(30), ..Adjustment::default() };
    assert_eq!(recorded.adjustments, [Adjusted { step: first_end, change }]);
    assert_eq!((recorded.steps, recorded.final_steps()), (16, 30));
    // Asked for once more, as after an interruption, it records nothing.
    let again = SavedRun::open(&live).unwrap().with_steps(30).unwrap().resume(None, EngineChoice::Cpu).unwrap();
    assert!(matches!(last(&again), TrainEvent::Done { .. }));
    assert_eq!(read_config::<TrainConfig>(&live.join("config.toml")).unwrap(), recorded);
    assert!(matches!(last(&begin(&recorded, &repeated).unwrap()), TrainEvent::Done { .. }));
    assert_eq!(tables(&live), tables(&repeated));
}

#[test]
fn a_change_to_a_paused_run_survives_its_stop() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let folder = folders.path().join("run");
    let training = begin(&TrainConfig { steps: 1000, ..tiny_training(data.path()) }, &folder).unwrap();
    training.events().iter().find(|event| matches!(event, TrainEvent::Step(..))).unwrap();
    training.send(TrainCommand::Pause);
    training.events().iter().find(|event| *event == TrainEvent::Paused(true)).unwrap();
    training.send(TrainCommand::Adjust(CHANGE));
    training.send(TrainCommand::Stop);
    let TrainEvent::Stopped { step } = last(&training) else { panic!("it must stop") };
    let recorded: TrainConfig = read_config(&folder.join("config.toml")).unwrap();
    assert_eq!(recorded.adjustments, [Adjusted { step, change: CHANGE }]);
}
