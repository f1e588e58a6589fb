//! The training itself: it learns, continues exactly from a saved state, and survives a loss that is not a number.

use crate::dataset::{make, tiny_data};
use burn::backend::Autodiff;
use burn_flex::{Flex, FlexDevice};
use spinodal::{
    equation::{Equation, Kinetics, Parameters},
    network::{CrnnConfig, Model},
    settings::Span,
    training::{
        checkpoint::read_checkpoint,
        config::TrainConfig,
        dataset::Dataset,
        dataset_config::DatasetConfig,
        folder::RunFolder,
        state::StepReport,
        trainer::{Trainer, initial_model},
        trainer_error::TrainerError,
    },
};
use std::{ops::ControlFlow, path::Path};
use tempfile::tempdir;

pub type Cpu = Autodiff<Flex>;

pub fn tiny_training(data: &Path) -> TrainConfig {
    TrainConfig {
        data: data.to_owned(),
        steps: 16,
        batch: 2,
        length: Span::new(3.0, 6.0),
        unroll: vec![2, 3],
        warmup: 2,
        validate_every: 6,
        network: CrnnConfig { channels: 3, ..CrnnConfig::default() },
        ..TrainConfig::default()
    }
}

/// A training on the CPU before its first step.
pub fn trainer<'a>(config: &TrainConfig, dataset: &'a Dataset) -> Result<Trainer<'a, Cpu>, TrainerError> {
    Trainer::new(config, dataset, initial_model(config)?, FlexDevice)
}

/// Makes `count` walks and gives all their steps.
pub fn walks(trainer: &mut Trainer<Cpu>, count: usize) -> Vec<StepReport> {
    let mut reports = Vec::new();
    for _ in 0..count {
        let report = &mut |report| {
            reports.push(report);
            ControlFlow::Continue(())
        };
        assert!(trainer.walk(report).unwrap());
    }
    reports
}

#[test]
fn loss_falls_on_one_sequence() {
    let data = tempdir().unwrap();
    let one =
        DatasetConfig { sequences: 2, validation_share: 0.5, grids: vec![16.into()], late_share: 0.0, ..tiny_data() };
    make(&one, data.path(), 1);
    let dataset = Dataset::open(data.path()).unwrap();
    let config = TrainConfig {
        steps: 150,
        length: Span::new(3.0, 3.0),
        from_start: 1.0,
        augment: false,
        learning_rate: Span::new(1e-2, 1e-3),
        network: CrnnConfig::default(),
        ..tiny_training(data.path())
    };
    let mut trainer = trainer(&config, &dataset).unwrap();
    let losses: Vec<_> = walks(&mut trainer, 100).iter().map(|report| report.loss).collect();
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    let (before, after) = (mean(&losses[..4]), mean(&losses[96..]));
    assert!(after * 10.0 < before, "from {before} to {after}");
}

#[test]
fn training_continues_from_a_saved_state_as_if_never_stopped() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let config = tiny_training(data.path());
    let mut straight = trainer(&config, &dataset).unwrap();
    let expected = walks(&mut straight, 6);
    let mut first = trainer(&config, &dataset).unwrap();
    let mut reports = walks(&mut first, 3);
    let begun = RunFolder::create(&folder.path().join("run"), &config, dataset.manifest(), &first.model()).unwrap();
    let path = begun.save(first.state()).unwrap();
    let mut second = trainer(&config, &dataset).unwrap();
    second.restore(read_checkpoint(&path).unwrap().state).unwrap();
    reports.extend(walks(&mut second, 3));
    assert_eq!(reports, expected);
    assert_eq!(second.state(), straight.state());
}

#[test]
fn a_model_is_trained_further_from_its_own_weights() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    make(&tiny_data(), data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let path = folder.path().join("model.safetensors");
    let config = TrainConfig { start: Some(path.clone()), ..tiny_training(data.path()) };
    let started = || trainer(&config, &dataset);
    assert!(started().unwrap_err().to_string().contains("model.safetensors"));
    let model = Model::random(config.network, 77);
    model.save(&path).unwrap();
    assert_eq!(started().unwrap().model().weights, model.weights);

    // The card of the outcome tells both trainings.
    let first = TrainConfig { seed: 5, ..tiny_training(data.path()) };
    trainer(&first, &dataset).unwrap().model().save(&path).unwrap();
    let card = started().unwrap().model().card;
    let stages = toml::from_str::<toml::Table>(&card.configuration).unwrap()["stage"].clone();
    let stages: Vec<_> = stages.as_array().unwrap().iter().map(|stage| (&stage["training"], &stage["data"])).collect();
    for ((training, data), expected) in stages.iter().zip([&first, &config]) {
        assert_eq!((*training).clone().try_into::<TrainConfig>().unwrap(), *expected);
        assert_eq!((*data).clone().try_into::<DatasetConfig>().unwrap(), tiny_data());
    }
    assert_eq!(stages.len(), 2);

    Model::random(CrnnConfig { channels: 4, ..config.network }, 77).save(&path).unwrap();
    assert!(started().unwrap_err().to_string().contains("has 2 cells of 4 channels, output face, but --layers"));
}

#[test]
fn a_model_knows_the_equation_of_its_data() {
    let data = tempdir().unwrap();
    make(&tiny_data(), data.path(), 2);
    let usual = Dataset::open(data.path()).unwrap();
    assert!(trainer(&tiny_training(data.path()), &usual).unwrap().yardstick().unwrap().is_some());
    let data = tempdir().unwrap();
    let equation = Equation { kinetics: Kinetics::AllenCahn, mobility: 0.5, ..Equation::default() };
    make(&DatasetConfig { equation: Parameters { equation, ..Parameters::default() }, ..tiny_data() }, data.path(), 2);
    let relaxing = Dataset::open(data.path()).unwrap();
    let trainer = trainer(&tiny_training(data.path()), &relaxing).unwrap();
    let card = trainer.model().card;
    assert_eq!((card.kinetics, card.mobility), (Kinetics::AllenCahn, 0.5));
    assert_eq!(trainer.yardstick().unwrap(), None, "the built-in model was trained on another equation");
}

#[test]
fn a_loss_that_is_not_a_number_keeps_the_last_good_state() {
    let data = tempdir().unwrap();
    make(&tiny_data(), data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let config = TrainConfig { length: Span::new(6.0, 6.0), shortest: 6, ..tiny_training(data.path()) };
    let mut trainer = trainer(&config, &dataset).unwrap();
    walks(&mut trainer, 1);
    let mut poisoned = trainer.state().clone();
    // Only the step that follows from it fails, when much of the state has changed.
    poisoned.memory.first[0] = f32::INFINITY;
    trainer.restore(poisoned.clone()).unwrap();
    let mut steps = 0;
    let count = &mut |_| {
        steps += 1;
        ControlFlow::Continue(())
    };
    let error = trainer.walk(count).unwrap_err();
    assert!(steps > 0 && matches!(error, TrainerError::Diverged { step } if step == poisoned.step + steps + 1));
    assert_eq!(trainer.state(), &poisoned, "the failed walk is taken back");
    assert!(error.to_string().contains("a smaller --learning-rate"));
}
