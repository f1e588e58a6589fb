//! Training on both engines.

use crate::{
    dataset::{make, tiny_data},
    training::tiny_training,
};
use burn::{backend::Autodiff, tensor::backend::BackendTypes};
use burn_flex::{Flex, FlexDevice};
use burn_wgpu::Wgpu;
use spinodal::{
    engines,
    gpu::{Engine, EngineChoice, Gpu},
    network::PeriodicBackend,
    settings::Span,
    training::{
        config::TrainConfig,
        dataset::Dataset,
        state::StepReport,
        trainer::{Trainer, initial_model},
    },
};
use std::ops::ControlFlow;
use tempfile::tempdir;

/// Losses and norms of gradients of the first walks.
fn curve<B: PeriodicBackend>(
    config: &TrainConfig,
    dataset: &Dataset,
    device: <B as BackendTypes>::Device,
) -> Vec<[f64; 2]> {
    let mut trainer = Trainer::<Autodiff<B>>::new(config, dataset, initial_model(config).unwrap(), device).unwrap();
    let mut curve = Vec::new();
    for _ in 0..3 {
        let report = &mut |step: StepReport| {
            curve.push([step.loss, step.gradient]);
            ControlFlow::Continue(())
        };
        assert!(trainer.walk(report).unwrap());
    }
    let validation = trainer.validate().unwrap().validation;
    curve.push([validation.mse, validation.persistence]);
    curve
}

#[test]
fn both_engines_learn_the_same() {
    let folder = tempdir().unwrap();
    make(&tiny_data(), folder.path(), 2);
    let dataset = Dataset::open(folder.path()).unwrap();
    // Small steps: the optimiser divides gradients by their size, and so makes much of the rounding of small ones.
    let config = TrainConfig { learning_rate: Span::new(1e-4, 1e-4), ..tiny_training(folder.path()) };
    // As `spinodal train` does: a device that no window waits for.
    let Engine::Gpu(gpu) = engines::choose_apart(EngineChoice::Gpu).unwrap() else { panic!("a GPU was asked for") };
    assert_ne!(gpu.burn_device(), Gpu::open().unwrap().burn_device());
    let expected = curve::<Flex>(&config, &dataset, FlexDevice);
    let found = curve::<Wgpu>(&config, &dataset, gpu.burn_device());
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.as_flattened().iter().zip(expected.as_flattened()) {
        assert!((found - expected).abs() < 1e-4 * expected, "{found} is not {expected}");
    }
    assert_eq!(gpu.take_error(), None);
}
