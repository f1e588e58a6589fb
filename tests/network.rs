//! The network: its shape, what it conserves, both backends against CRANE's own numbers, and model files.

use crate::{gpu_device::gpu, support::random_field};
use burn::module::Module;
use burn_flex::{Flex, FlexDevice};
use burn_wgpu::Wgpu;
use spinodal::{
    evolution::{Evolution, EvolutionError},
    field::Field,
    formats::npy,
    gpu::Engine,
    network::{self, Crnn, CrnnConfig, Model, NetworkEvolution, Output, PeriodicBackend, WeightsError, crane},
};
use std::path::{Path, PathBuf};

/// A file of tests/data.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn random_model(output: Output) -> Model {
    Model::random(CrnnConfig { output, ..CrnnConfig::default() }, 7)
}

fn on_cpu(model: &Model, field: &Field) -> NetworkEvolution<Flex> {
    NetworkEvolution::new(model, field, FlexDevice).unwrap()
}

/// The field after `frames` steps.
fn rollout(mut evolution: impl Evolution, frames: usize) -> Field {
    for _ in 0..frames {
        evolution.advance().unwrap();
    }
    evolution.field().unwrap()
}

fn largest_difference(a: &Field, b: &Field) -> f32 {
    a.values().iter().zip(b.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn the_default_network_has_the_papers_parameters() {
    let config = CrnnConfig::default();
    assert_eq!(config.parameter_count(), 29_183);
    let network = Crnn::<Flex>::from_model(&Model::random(config, 1), &FlexDevice).unwrap();
    assert_eq!(network.num_params(), 29_183);
}

/// CRANE's own rollout of a random checkpoint, made with PyTorch, in c = (φ + 1)/2.
fn reproduces_crane<B: PeriodicBackend>(device: <B as burn::tensor::backend::BackendTypes>::Device) {
    let frames = npy::read_frames(&data("crane_random_rollout.npy"), true).unwrap();
    let model = crane::import(data("crane_random.pt")).unwrap();
    assert_eq!(model.config, CrnnConfig { output: Output::Central, ..CrnnConfig::default() });
    let mut evolution = NetworkEvolution::<B>::new(&model, &frames[0], device).unwrap();
    for (number, frame) in frames.iter().enumerate().skip(1) {
        evolution.advance().unwrap();
        let error = largest_difference(&evolution.field().unwrap(), frame) / 2.0;
        assert!(error < 1e-5, "frame {number}: c differs by {error}");
    }
    // The rollout goes somewhere, so that agreement means something.
    assert!(largest_difference(&frames[0], &frames[10]) > 0.1);
}

#[test]
fn crane_is_reproduced_on_the_cpu() {
    reproduces_crane::<Flex>(FlexDevice);
}

#[test]
fn crane_is_reproduced_on_the_gpu() {
    reproduces_crane::<Wgpu>(gpu().burn_device());
}

#[test]
fn fluxes_conserve_the_mean() {
    for output in [Output::Face, Output::Central] {
        let start = random_field(12, 0.05, 0.9);
        let end = rollout(on_cpu(&random_model(output), &start), 50);
        assert!(largest_difference(&start, &end) > 0.1, "{output:?} must move the field");
        assert!((end.mean() - start.mean()).abs() < 1e-6, "{output:?}: {} became {}", start.mean(), end.mean());
    }
}

/// Means over the 8 sub-lattices of nodes whose coordinates have the same parities.
fn parity_means(field: &Field) -> [f64; 8] {
    let [n, ..] = field.grid().shape;
    let mut sums = [0.0; 8];
    for (i, &value) in field.values().iter().enumerate() {
        let (x, y, z) = (i / (n * n), i / n % n, i % n);
        sums[4 * (x % 2) + 2 * (y % 2) + z % 2] += f64::from(value) * 8.0 / (n * n * n) as f64;
    }
    sums
}

#[test]
fn only_the_central_flux_conserves_each_parity() {
    let start = random_field(12, 0.05, 0.9);
    let drift = |output| {
        let end = rollout(on_cpu(&random_model(output), &start), 20);
        let pairs = parity_means(&start).into_iter().zip(parity_means(&end));
        pairs.map(|(before, after)| (after - before).abs()).fold(0.0, f64::max)
    };
    assert!(drift(Output::Central) < 1e-6);
    assert!(drift(Output::Face) > 1e-4);
}

#[test]
fn a_logistic_output_stays_between_the_phases() {
    let end = rollout(on_cpu(&random_model(Output::NonConservative), &random_field(8, 0.05, 0.9)), 5);
    let (low, high) = end.range();
    assert!(-1.0 < low && low < high && high < 1.0, "{low} to {high}");
}

/// φ(x + d) at every x.
fn shifted(field: &Field, [dx, dy, dz]: [isize; 3]) -> Field {
    Field::from_fn(field.grid(), |x, y, z| f64::from(field.at(x as isize + dx, y as isize + dy, z as isize + dz)))
        .unwrap()
}

#[test]
fn a_shift_of_the_box_commutes_with_the_network() {
    let (start, shift) = (random_field(9, 0.05, 0.9), [1, -4, 3]);
    for output in [Output::Face, Output::Central, Output::NonConservative] {
        let model = random_model(output);
        let before = rollout(on_cpu(&model, &shifted(&start, shift)), 4);
        let after = shifted(&rollout(on_cpu(&model, &start), 4), shift);
        assert!(largest_difference(&before, &after) < 1e-5, "{output:?}");
    }
}

#[test]
fn a_flux_leaves_a_uniform_field_uniform() {
    let start = Field::uniform(8, 0.3).unwrap();
    let end = rollout(on_cpu(&random_model(Output::Face), &start), 5);
    assert!(largest_difference(&start, &end) < 1e-5);
}

#[test]
fn memory_lasts_until_the_restart() {
    let (model, start) = (random_model(Output::Face), random_field(8, 0.05, 0.9));
    let mut evolution = on_cpu(&model, &start);
    evolution.advance().unwrap();
    let first = evolution.field().unwrap();
    evolution.advance().unwrap();
    let second = evolution.field().unwrap();

    evolution.restart(&first).unwrap();
    evolution.advance().unwrap();
    assert!(largest_difference(&evolution.field().unwrap(), &second) > 1e-4, "the memory must matter");

    evolution.restart(&start).unwrap();
    assert_eq!(evolution.field().unwrap(), start);
    evolution.advance().unwrap();
    assert_eq!(evolution.field().unwrap(), first);

    let error = evolution.restart(&random_field(9, 0.05, 0.9)).unwrap_err();
    assert!(matches!(error, EvolutionError::OtherGrid { .. }));
}

#[test]
fn a_diverging_network_is_noticed() {
    let mut model = random_model(Output::Face);
    for name in ["output.last.weight", "output.last.bias"] {
        model.weights.0.get_mut(name).unwrap().values.iter_mut().for_each(|w| *w = f32::MAX.copysign(*w));
    }
    let mut evolution = on_cpu(&model, &random_field(8, 0.05, 0.9));
    evolution.advance().unwrap();
    evolution.advance().unwrap();
    assert!(matches!(evolution.field(), Err(EvolutionError::NotFinite { frame: 2 })));
}

#[test]
fn both_engines_take_the_same_way() {
    let gpu = gpu();
    for (output, size) in [(Output::Face, 12), (Output::Central, 9), (Output::NonConservative, 8)] {
        let (model, start) = (random_model(output), random_field(size, 0.05, 0.9));
        let mut cpu = network::evolve(&Engine::Cpu, &model, &start).unwrap();
        let mut device = network::evolve(&Engine::Gpu(gpu.clone()), &model, &start).unwrap();
        assert!(cpu.on_device().is_none());
        for frame in 0..=5 {
            let (expected, found) = (cpu.field().unwrap(), device.field().unwrap());
            assert!(largest_difference(&expected, &found) < 1e-5, "{output:?}, frame {frame}");
            let buffer = device.on_device().expect("the field lives on the device").buffer().unwrap();
            assert_eq!(gpu.read_f32(&buffer, size.pow(3)).unwrap(), found.values(), "{output:?}, frame {frame}");
            cpu.advance().unwrap();
            device.advance().unwrap();
        }
        device.restart(&start).unwrap();
        let buffer = device.on_device().expect("the field lives on the device").buffer().unwrap();
        assert_eq!(gpu.read_f32(&buffer, size.pow(3)).unwrap(), start.values());
    }
}

#[test]
fn a_grid_too_large_for_the_device_is_refused() {
    let gpu = gpu();
    let model = Model::random(CrnnConfig { channels: 64, layers: 1, output: Output::Face }, 1);
    let size = (gpu.largest_binding() as f64 / (4.0 * 192.0)).cbrt() as usize + 2;
    let field = Field::uniform(size, 0.0).unwrap();
    let Err(error) = network::evolve(&Engine::Gpu(gpu), &model, &field) else { panic!("{size}³ was accepted") };
    assert!(error.to_string().contains("one layer of the network"), "{error}");
}

#[test]
fn random_weights_follow_the_seed_and_the_fan_in() {
    let model = |seed| Model::random(CrnnConfig::default(), seed);
    assert_eq!(model(1), model(1));
    assert_ne!(model(1).weights, model(2).weights);
    let weights = &model(1).weights.0["cells.1.memory.spatial.weight"].values;
    let largest = weights.iter().fold(0.0f32, |most, w| most.max(w.abs()));
    let bound = 1.0 / 270f32.sqrt();
    assert!(0.99 * bound < largest && largest <= bound);
}

#[test]
fn a_model_file_keeps_every_bit() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("a.safetensors"), folder.path().join("b.safetensors"));
    let mut model = random_model(Output::Central);
    model.card.training_data = "1850 sequences “as the paper”".into();
    model.card.errors.insert("mse_50_frames".into(), 0.04);
    model.save(&path).unwrap();
    let loaded = Model::load(&path).unwrap();
    assert_eq!(loaded, model);
    loaded.save(&again).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&again).unwrap());

    let network = Crnn::<Flex>::from_model(&model, &FlexDevice).unwrap();
    assert_eq!(network.weights(), model.weights);
}

/// What `load` says of a file, which must be one sentence that names the file.
fn complaint<T, E: std::error::Error>(path: &Path, load: impl Fn(PathBuf) -> Result<T, E>) -> String {
    let Err(error) = load(path.to_owned()) else { panic!("{} was accepted", path.display()) };
    let message = error.to_string();
    assert!(message.contains(&path.display().to_string()) && !message.contains('\n'), "{message}");
    message
}

#[test]
fn a_bad_model_file_is_named_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    assert!(complaint(&path, Model::load).contains("cannot read"));

    random_model(Output::Face).save(&path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 7, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(complaint(&path, Model::load).contains("damaged"));
    }
    let mut endless = whole.clone();
    endless[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    std::fs::write(&path, endless).unwrap();
    assert!(complaint(&path, Model::load).contains("damaged"));

    let mut nan = whole.clone();
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(&path, nan).unwrap();
    assert!(complaint(&path, Model::load).contains("not a finite number"));

    // The description asks for another network than the tensors make.
    let key = b"channels\\\":";
    let at = whole.windows(key.len()).position(|part| part == key).expect("the configuration") + key.len();
    let mut other = whole.clone();
    other[at..at + 2].copy_from_slice(b"12");
    std::fs::write(&path, other).unwrap();
    let message = complaint(&path, Model::load);
    assert!(message.contains("has the shape"), "{message}");
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    let model = random_model(Output::Face);
    let refused = |change: &dyn Fn(&mut Model)| {
        let mut model = model.clone();
        change(&mut model);
        Crnn::<Flex>::from_model(&model, &FlexDevice).unwrap_err()
    };
    let name = "cells.0.input.spatial.bias";
    assert_eq!(refused(&|m| drop(m.weights.0.remove(name))), WeightsError::Missing(name.into()));
    assert!(matches!(refused(&|m| m.config.layers = 1), WeightsError::Extra(_)));
    assert!(matches!(refused(&|m| m.config.output = Output::NonConservative), WeightsError::Shape { .. }));
    assert!(matches!(refused(&|m| m.config.channels = 1 << 40), WeightsError::Config(_)));
    let poisoned = refused(&|m| m.weights.0.get_mut(name).unwrap().values[3] = f32::INFINITY);
    assert_eq!(poisoned, WeightsError::NotFinite(name.into()));
}
