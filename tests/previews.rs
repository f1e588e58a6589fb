//! Pictures of a training: a held-out sequence beside the network's own rollout.

use crate::{
    dataset::{make, tiny_data},
    runs::{begin, resume},
    training::{tiny_training, trainer},
};
use burn::tensor::{Tensor, TensorData};
use burn_flex::{Flex, FlexDevice};
use spinodal::{
    network::{Crnn, Hidden, Model},
    training::{
        checkpoint::read_checkpoint,
        config::TrainConfig,
        dataset::{Dataset, Split},
        events::TrainEvent,
        folder::RunFolder,
        parameters,
        preview::{Preview, frames_shown},
    },
};
use std::{fs, path::Path};
use tempfile::tempdir;

#[test]
fn frames_are_spread_over_a_sequence_in_about_equal_factors() {
    assert_eq!(frames_shown(1), [1]);
    assert_eq!(frames_shown(5), [1, 2, 5]);
    assert_eq!(frames_shown(59), [1, 2, 5, 10, 20, 50, 59]);
    assert_eq!(frames_shown(599), [1, 2, 5, 20, 50, 100, 200, 599]);
    for last in 1..3000 {
        let frames = frames_shown(last);
        assert!(frames.len() <= 8 && frames.is_sorted_by(|a, b| a < b), "{last}: {frames:?}");
        assert_eq!((frames[0], frames[frames.len() - 1]), (1, last));
    }
}

/// Compares a preview of tiny data with the rollout of the model in a file.
fn assert_is_rollout(preview: &Preview, model: &Path, dataset: &Dataset) {
    let network = Crnn::<Flex>::from_model(&Model::load(model).unwrap(), &FlexDevice).unwrap();
    let sequence = dataset.sequences(Split::Validation).find(|one| one.index() == preview.sequence).unwrap();
    let [x, y, z] = sequence.shape().0;
    let start = TensorData::new(sequence.frame(0).unwrap(), [1, 1, x, y, z]);
    let mut phi = Tensor::<Flex, 5>::from_data(start, &FlexDevice);
    let mut hidden = Hidden::zeros(&network.config, 1, [x, y, z], &FlexDevice);
    let mut shown = preview.frames.iter();
    for frame in 1..sequence.frames() {
        (phi, hidden) = network.step(phi, hidden);
        if [1, 2, 5].contains(&frame) {
            let one = shown.next().unwrap();
            assert_eq!(one.frame, frame);
            let pairs = one.predicted.values().iter().copied().zip(parameters::values(phi.clone()));
            assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-5), "frame {frame}");
        }
    }
    assert!(shown.next().is_none());
}

#[test]
fn every_validation_shows_a_sequence_and_the_model_that_made_it() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let training = begin(&tiny_training(data.path()), &folders.path().join("run")).unwrap();
    let events: Vec<_> = training.events().iter().collect();
    let (mut steps, mut sequences) = (Vec::new(), Vec::new());
    for (index, event) in events.iter().enumerate() {
        let TrainEvent::Validation(validation, _) = event else { continue };
        steps.push(validation.step);
        let [TrainEvent::Preview(preview), TrainEvent::Checkpoint(path)] = &events[index + 1..index + 3] else {
            panic!("{:?}", &events[index + 1..])
        };
        assert!(path.ends_with("last.safetensors"));
        sequences.push(preview.sequence);
        assert_eq!(preview.step, validation.step);
        assert_eq!(preview.frames.iter().map(|one| one.frame).collect::<Vec<_>>(), [1, 2, 5]);
        let sequence = dataset.sequences(Split::Validation).find(|one| one.index() == preview.sequence).unwrap();
        for one in &preview.frames {
            assert_eq!(one.truth.values(), sequence.frame(one.frame).unwrap());
            assert_eq!((one.truth.grid().spacing, one.time), (2.0, one.frame as f64));
            let square = |(a, b): (&f32, &f32)| f64::from(a - b).powi(2);
            let squares: f64 = one.truth.values().iter().zip(one.predicted.values()).map(square).sum();
            assert!((one.rmse - (squares / one.truth.values().len() as f64).sqrt()).abs() < 1e-6);
        }
    }
    assert!(steps[0] == 0 && steps.len() > 2, "the untrained network is shown: {steps:?}");
    assert!(sequences.iter().all(|one| *one == sequences[0]));
    let first_step = events.iter().position(|event| matches!(event, TrainEvent::Step(..)));
    let first_preview = events.iter().position(|event| matches!(event, TrainEvent::Preview(_)));
    assert!(first_preview < first_step);
}

#[test]
fn a_preview_is_the_rollout_of_the_model_in_the_folder() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let (config, folder) = (tiny_training(data.path()), folders.path().join("run"));
    let events: Vec<_> = begin(&config, &folder).unwrap().events().iter().collect();
    let mut previews = events.iter().filter_map(|event| match event {
        TrainEvent::Preview(preview) => Some(preview),
        _ => None,
    });
    assert_is_rollout(previews.next_back().unwrap(), &folder.join("last.safetensors"), &dataset);
}

#[test]
fn a_resumed_run_shows_where_it_stands() {
    let (data, folders) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let folder = folders.path().join("run");
    let training = begin(&TrainConfig { steps: 1000, ..tiny_training(data.path()) }, &folder).unwrap();
    training.events().iter().find(|event| matches!(event, TrainEvent::Step(..))).unwrap();
    drop(training);
    let model = fs::read(folder.join("last.safetensors")).unwrap();
    let step = read_checkpoint(&RunFolder::checkpoint_path(&folder)).unwrap().state.step;
    let training = resume(&folder, None).unwrap();
    let shows = |event: &TrainEvent| matches!(event, TrainEvent::Preview(_) | TrainEvent::Step(..));
    let first = training.events().iter().find(shows).unwrap();
    let TrainEvent::Preview(preview) = first else { panic!("{first:?}") };
    assert_eq!(preview.step, step);
    drop(training);
    let copy = folders.path().join("copy.safetensors");
    fs::write(&copy, model).unwrap();
    assert_is_rollout(&preview, &copy, &Dataset::open(data.path()).unwrap());
}

#[test]
fn a_rollout_that_is_not_finite_is_not_shown() {
    let data = tempdir().unwrap();
    make(&tiny_data(), data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let config = tiny_training(data.path());
    let mut trainer = trainer(&config, &dataset).unwrap();
    let mut state = trainer.state().clone();
    state.average.fill(f32::NAN);
    trainer.restore(state).unwrap();
    let validated = trainer.validate().unwrap();
    assert!(validated.preview.frames.is_empty() && validated.validation.mse.is_nan() && !validated.best);
}
