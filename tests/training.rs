//! Schedules, losses, gradients, and runs that go on exactly after a stop.

use crate::{
    dataset::{make, tiny_data},
    support::{cube, equation},
};
use burn::{backend::Autodiff, tensor::Tensor, tensor::TensorData};
use burn_flex::{Flex, FlexDevice};
use clap::{Args, FromArgMatches};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    equation::{Parameters, free_energy_density, reference_step},
    grid::Shape,
    network::{Crnn, CrnnConfig, Hidden, Model, Output},
    settings::{Overrides, Span},
    training::{
        checkpoint::read_checkpoint,
        config::{Preset, TrainConfig},
        dataset::{Dataset, Split},
        dataset_config::DatasetConfig,
        energy,
        folder::RunFolder,
        loss::Loss,
        parameters,
        symmetry::Symmetry,
        trainer::{StepReport, Trainer, TrainerError, initial_model},
        walk::Pool,
    },
};
use std::{collections::HashSet, ops::ControlFlow, path::Path};
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
fn trainer<'a>(config: &'a TrainConfig, dataset: &'a Dataset) -> Result<Trainer<'a, Cpu>, TrainerError> {
    Trainer::new(config, dataset, initial_model(config)?, FlexDevice)
}

/// Makes `count` walks and gives all their steps.
fn walks(trainer: &mut Trainer<Cpu>, count: usize) -> Vec<StepReport> {
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
fn symmetries_are_48_orthogonal_maps_with_and_without_exchange() {
    let all: Vec<_> = Symmetry::all().collect();
    let matrices: HashSet<_> = all.iter().map(Symmetry::matrix).collect();
    assert_eq!((all.len(), matrices.len()), (96, 48));
    let dot = |a: [i32; 3], b: [i32; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<i32>();
    for m in &matrices {
        for (i, j) in (0..9).map(|k| (k / 3, k % 3)) {
            assert_eq!(dot(m[i], m[j]), i32::from(i == j));
        }
    }
    let n = 5;
    for symmetry in &all {
        let mut spike = vec![0.0; n * n * n];
        spike[(n + 2) * n + 4] = 1.0; // node (1, 2, 4)
        let mut moved = Vec::new();
        symmetry.apply(&spike, Shape::cube(n), &mut moved);
        let [x, y, z] = symmetry.matrix().map(|row| dot(row, [1, 2, 4]).rem_euclid(n as i32) as usize);
        assert_eq!(moved[(x * n + y) * n + z], if symmetry.exchanged { -1.0 } else { 1.0 });
    }
}

#[test]
fn symmetries_commute_with_the_solver() {
    let n = 6;
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let phi: Vec<f32> = (0..n * n * n).map(|_| rng.random_range(-1.0..1.0)).collect();
    let step = |phi: &[f32]| -> Vec<f32> {
        let phi: Vec<f64> = phi.iter().map(|&v| f64::from(v)).collect();
        reference_step(&phi, &n.into(), &Parameters::default()).iter().map(|&v| v as f32).collect()
    };
    let stepped = step(&phi);
    for symmetry in Symmetry::all() {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        symmetry.apply(&phi, Shape::cube(n), &mut before);
        symmetry.apply(&stepped, Shape::cube(n), &mut after);
        let largest = step(&before).iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(largest < 1e-6, "{symmetry:?}: {largest}");
    }
}

#[test]
fn schedules_run_from_their_first_value_to_their_last() {
    let (length, learning_rate) = (Span::new(8.0, 50.0), Span::new(3e-3, 0.0));
    let config = TrainConfig { steps: 1000, growth: 0.5, warmup: 10, length, learning_rate, ..TrainConfig::default() };
    let (first, middle, last) = (config.stage(0), config.stage(500), config.stage(999));
    assert_eq!((first.length, middle.length, last.length), (8, 50, 50));
    assert_eq!((first.unroll, middle.unroll, last.unroll), (2, 4, 4));
    assert!((first.learning_rate - 3e-4).abs() < 1e-6 && (middle.learning_rate - 1.5e-3).abs() < 1e-9);
    assert!(last.learning_rate < 1e-7);

    let paper = TrainConfig { steps: 1000, ..TrainConfig::preset(Preset::Paper) };
    let (first, last) = (paper.stage(0), paper.stage(999));
    assert_eq!((first.length, first.given, last.given), (50, 49, 1));
    assert_eq!((first.learning_rate, last.learning_rate), (1e-4, 1e-4));

    for (length, unroll) in [(2, 1), (8, 2), (50, 7), (50, 49), (5, 9)] {
        let stage = spinodal::training::config::Stage { unroll, ..config.stage(0) };
        let frames: Vec<_> = stage.stretches(length).flat_map(|stretch| stretch.frames).collect();
        assert_eq!(frames, (1..length).collect::<Vec<_>>(), "each frame after the first is predicted once");
        assert!(stage.stretches(length).all(|stretch| stretch.frames.len() <= unroll));
    }
}

#[test]
fn energy_of_a_batch_is_that_of_its_fields() {
    let n = 7;
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let fields: Vec<f32> = (0..2 * n * n * n).map(|_| rng.random_range(-1.2..1.2)).collect();
    let tensor = Tensor::<Flex, 5>::from_data(TensorData::new(fields.clone(), [2, 1, n, n, n]), &FlexDevice);
    let energies = energy::free_energy_density(&tensor, &equation(3.0), 2.0).into_data().into_vec::<f32>().unwrap();
    for (found, field) in energies.iter().zip(fields.chunks_exact(n * n * n)) {
        let field: Vec<f64> = field.iter().map(|&v| f64::from(v)).collect();
        let expected = free_energy_density(&field, &cube(n, 2.0), &equation(3.0));
        assert!((f64::from(*found) / expected - 1.0).abs() < 1e-5, "{found} not {expected}");
    }
    let halves = tensor.chunk(2, 0);
    let ratio = f64::from(energies[0] / energies[1]) - 1.0;
    let error = energy::relative_error(&halves[0], &halves[1], &equation(3.0), 2.0).into_scalar();
    assert!((f64::from(error) - ratio * ratio).abs() < 1e-5 * ratio * ratio);
}

#[test]
fn walks_are_drawn_by_the_inverse_square_of_their_lengths() {
    let data = tempdir().unwrap();
    let config = DatasetConfig {
        sequences: 2,
        frames: Span::new(33.0, 33.0),
        grids: vec![12.into()],
        late_share: 0.0,
        ..tiny_data()
    };
    make(&config, data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let pool = Pool::new(&dataset).unwrap();
    let config = TrainConfig { length: Span::new(32.0, 32.0), shortest: 4, ..tiny_training(data.path()) };
    let lengths: Vec<_> = (0..3000).map(|number| pool.draw(&config, number, 0).length).collect();
    assert!(lengths.iter().all(|length| (4..=32).contains(length)));
    // Probability 1/length², the ends counted in.
    for (low, high) in [(4_u32, 8_u32), (8, 16), (16, 33)] {
        let share = lengths.iter().filter(|&&length| (low..high).contains(&(length as u32))).count() as f64 / 3000.0;
        let [low_share, high_share, all] = [low, high, 4].map(|frames| 1.0 / f64::from(frames));
        let expected = (low_share - high_share) / (all - 1.0 / 33.0);
        assert!((share - expected).abs() < 0.03, "{low}..{high}: {share} not {expected}");
    }
    let whole = TrainConfig { shortest: 50, ..config };
    assert!((0..50).all(|number| pool.draw(&whole, number, 0).length == 32));
}

#[test]
fn long_and_short_sequences_make_one_dataset() {
    let data = tempdir().unwrap();
    let config = DatasetConfig { sequences: 12, frames: Span::new(3.0, 9.0), grids: vec![12.into()], ..tiny_data() };
    let manifest = make(&config, data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let sequences: Vec<_> = [Split::Training, Split::Validation].iter().flat_map(|&s| dataset.sequences(s)).collect();
    assert!(sequences.iter().all(|sequence| sequence.frames() == sequence.record().recipe.frames));
    let lengths: HashSet<_> = manifest.sequences.iter().map(|record| record.recipe.frames).collect();
    assert!(lengths.len() > 3 && lengths.iter().all(|length| (3..=9).contains(length)), "{lengths:?}");

    let (pool, config) = (Pool::new(&dataset).unwrap(), tiny_training(data.path()));
    let config = TrainConfig { length: Span::new(9.0, 9.0), batch: 4, ..config };
    let walks: Vec<_> = (0..2000).map(|number| pool.draw(&config, number, 0)).collect();
    let longest = dataset.sequences(Split::Training).map(|sequence| sequence.frames()).max();
    assert_eq!(walks.iter().map(|walk| walk.length).max(), longest, "short sequences do not cut long walks");
    for walk in walks {
        assert_eq!(walk.truth::<Flex>(walk.length - 1, &FlexDevice).dims(), [4, 1, 6, 6, 6]);
    }
}

#[test]
fn gradient_of_a_rollout_agrees_with_finite_differences() {
    let (device, n) = (FlexDevice, 6);
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut field = || -> Vec<f32> { (0..n * n * n).map(|_| rng.random_range(-1.0..1.0)).collect() };
    let (start, target) = (field(), field());
    let tensor =
        |values: &[f32]| Tensor::<Cpu, 5>::from_data(TensorData::new(values.to_vec(), [1, 1, n, n, n]), &device);
    let network = Crnn::<Cpu>::from_model(&Model::random(CrnnConfig::default(), 7), &device).unwrap();
    let weights = parameters::collect(&network);
    assert_eq!(weights.len(), 29_183);
    let loss = |network: &Crnn<Cpu>| {
        let (mut phi, mut hidden) = (tensor(&start), Hidden::zeros(&network.config, 1, [n; 3], &device));
        for _ in 0..3 {
            (phi, hidden) = network.step(phi, hidden);
        }
        (phi - tensor(&target)).square().mean()
    };
    assert_eq!(parameters::collect(&parameters::assign(network.clone(), &weights)), weights);
    let gradient = parameters::collect_gradients(&network, &loss(&network).backward());
    let along = |direction: &[f32], h: f32| {
        let moved: Vec<f32> = weights.iter().zip(direction).map(|(w, d)| w + h * d).collect();
        f64::from(loss(&parameters::assign(network.clone(), &moved)).into_scalar())
    };
    for seed in 0..4 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // Half random, half along the gradient, so that the slope does not drown in rounding.
        let norm = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
        let direction: Vec<f32> = gradient.iter().map(|g| g / norm + 0.01 * rng.random_range(-1.0..1.0)).collect();
        let h = 2e-2;
        let expected = (along(&direction, h) - along(&direction, -h)) / f64::from(2.0 * h);
        let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(g * d)).sum();
        assert!((slope - expected).abs() < 0.01 * expected.abs(), "slope {slope}, differences {expected}");
    }
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
fn training_goes_on_from_a_saved_state_as_if_never_stopped() {
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
fn losses_are_sums_of_weighted_errors() {
    let data = tempdir().unwrap();
    make(&tiny_data(), data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let network = CrnnConfig { output: Output::NonConservative, channels: 3, ..CrnnConfig::default() };
    let plain = TrainConfig {
        length: Span::new(2.0, 2.0),
        error_scale: Span::new(f64::INFINITY, f64::INFINITY),
        energy_weight: 0.0,
        overshoot_weight: 0.0,
        network,
        ..tiny_training(data.path())
    };
    let weighted = TrainConfig { energy_weight: 2.0, mean_weight: 3.0, overshoot_weight: 4.0, ..plain.clone() };
    let first_loss = |config: &TrainConfig| walks(&mut trainer(config, &dataset).unwrap(), 1)[0].loss;
    let walk = Pool::new(&dataset).unwrap().draw(&plain, 0, 0);
    let [start, truth] = [0, 1].map(|frame| walk.truth::<Flex>(frame, &FlexDevice));
    let model = Model::random(network, plain.seed);
    let hidden = Hidden::zeros(&network, walk.batch(), walk.shape().0, &FlexDevice);
    let predicted = Crnn::<Flex>::from_model(&model, &FlexDevice).unwrap().step(start, hidden).0;
    let fields = |tensor: Tensor<Flex, 5>| -> Vec<Vec<f64>> {
        let values: Vec<f64> = parameters::values(tensor).map(f64::from).collect();
        values.chunks_exact(walk.shape().len()).map(<[f64]>::to_vec).collect()
    };
    let mean = |field: &[f64]| field.iter().sum::<f64>() / field.len() as f64;
    let (predicted, truth) = (fields(predicted), fields(truth));
    let over_batch = |term: &dyn Fn(&[f64], &[f64]) -> f64| {
        predicted.iter().zip(&truth).map(|(psi, phi)| term(psi, phi)).sum::<f64>() / walk.batch() as f64
    };
    let assert_close = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-4, "{found} {expected}");
    let square =
        |psi: &[f64], phi: &[f64]| mean(&psi.iter().zip(phi).map(|(a, b)| (a - b).powi(2)).collect::<Vec<_>>());
    assert_close(first_loss(&plain), over_batch(&square));
    let all = |psi: &[f64], phi: &[f64]| {
        let energy = |field: &[f64]| free_energy_density(field, &cube(walk.shape().0[0], 2.0), &equation(3.0));
        let largest = |field: &[f64]| field.iter().fold(0.0f64, |most, value| most.max(value.abs()));
        square(psi, phi)
            + 2.0 * (energy(psi) / energy(phi) - 1.0).powi(2)
            + 3.0 * (mean(psi) - mean(phi)).powi(2)
            + 4.0 * (largest(psi) - largest(phi)).max(0.0).powi(2)
    };
    assert_close(first_loss(&weighted), over_batch(&all));
    let scaled = TrainConfig { error_scale: Span::new(0.3, 0.1), ..weighted };
    assert_close(first_loss(&scaled), over_batch(&|psi, phi| 0.09 * (1.0 + all(psi, phi) / 0.09).ln()));
}

#[test]
fn errors_count_as_squares_below_their_scale_and_by_their_ratios_beyond_it() {
    let batch = |fields: [f32; 2]| {
        let values: Vec<f32> = fields.iter().flat_map(|&value| [value, -value].repeat(4)).collect();
        Tensor::<Flex, 5>::from_data(TensorData::new(values, [2, 1, 2, 2, 2]), &FlexDevice)
    };
    let config = TrainConfig { energy_weight: 0.0, overshoot_weight: 0.0, ..TrainConfig::default() };
    let data = DatasetConfig::default();
    let loss = |errors: [f32; 2], scale: f64| {
        let measure = Loss::new(&config, &data, scale);
        f64::from(measure.of(&batch(errors.map(|error| 0.5 - error)), &batch([0.5; 2])).into_scalar())
    };
    let small = loss([0.1, 0.2], 100.0);
    assert!((small - 0.025).abs() < 1e-6, "{small}");
    // Halving one large error saves as much as halving the other, twenty times as large.
    let [before, first, second] = [[20.0, 1.0], [10.0, 1.0], [20.0, 0.5]].map(|errors| loss(errors, 1e-2));
    assert!(((before - first) / (before - second) - 1.0).abs() < 1e-2, "{before} {first} {second}");
    let schedule = |step| config.stage(step * config.steps / 2).error_scale;
    let Span { from, to } = config.error_scale;
    assert_eq!([schedule(0), schedule(2)], [from, to]);
    assert!((schedule(1) / (from * to).sqrt() - 1.0).abs() < 1e-12);
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

#[test]
fn options_go_before_files_and_files_before_defaults() {
    let command = Overrides::<TrainConfig>::augment_args(clap::Command::new("train"));
    let parse = |options: &[&str], config: &mut TrainConfig| {
        let matches = command.clone().try_get_matches_from([&["train"], options].concat()).unwrap();
        Overrides::<TrainConfig>::from_arg_matches(&matches).unwrap().apply(config).unwrap();
    };
    let file: TrainConfig = toml::from_str("steps = 77\nlength = '3..9'\ngiven = 2\nlearning_rate = 0.01").unwrap();
    assert_eq!((file.given, file.learning_rate), (Span::new(2.0, 2.0), Span::new(0.01, 0.01)));
    let mut config = file.clone();
    parse(&[], &mut config);
    assert_eq!(config, file);
    parse(&["--steps", "88", "--unroll", "1,2", "--augment", "false", "--learning-rate", "1e-3..1e-4"], &mut config);
    assert_eq!((config.steps, &config.unroll[..], config.augment), (88, &[1, 2][..], false));
    assert_eq!((config.learning_rate, config.length), (Span::new(1e-3, 1e-4), Span::new(3.0, 9.0)));
    assert_eq!(config.batch, TrainConfig::default().batch);
    parse(&["--channels", "4", "--output", "non-conservative"], &mut config);
    let network = CrnnConfig { channels: 4, output: Output::NonConservative, ..CrnnConfig::default() };
    assert_eq!((config.network, config.steps), (network, 88));
    let recorded: TrainConfig = toml::from_str(&toml::to_string(&config).unwrap()).unwrap();
    assert_eq!(recorded, config);
    let help = command.clone().render_help().to_string();
    for default in ["[default: 16000]", "[default: 8..120]", "[default: soap]", "[default: 10]", "[default: face]"] {
        assert!(help.contains(default), "{default}: {help}");
    }
}

#[test]
fn bad_configurations_are_refused_in_one_sentence() {
    let train: [(&str, &str); 7] = [
        ("steps = 0", "the number of steps must lie between 1 and"),
        ("unroll = []", "unroll must be a list"),
        ("learning_rate = '0'", "learning-rate must begin above 0"),
        ("length = '1..5'", "length must lie between 2 and"),
        ("from_start = 1.5", "the share of walks from the start must lie between 0 and 1"),
        ("clip = 0.0", "the clip must lie between"),
        ("error_scale = '0.1..0'", "the error scale must lie between"),
    ];
    for (text, expected) in train {
        let message = toml::from_str::<TrainConfig>(text).unwrap().validate().unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{message}");
    }
    for (text, expected) in [("stepz = 3", "unknown field"), ("length = 'long'", "is not an interval")] {
        let message = toml::from_str::<TrainConfig>(text).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let data: [(&str, &str); 8] = [
        ("frames = 1", "frames must lie between 2"),
        ("grids = [33]", "grids must have sides of 1 or multiples"),
        ("grids = []", "grids must have sides of 1 or multiples"),
        ("late_share = -0.1", "the late share must lie"),
        (
            "grids = [64, 12]\nfilm_share = 0.5\nfilm_roughness = '1..7'",
            "the film roughness must lie between 0 and 6 grid units",
        ),
        ("film_share = 0.5\nfilm_hills = '0..3'", "film hills must lie between 1 and 16, but is 0..3"),
        ("film_share = 0.5\nfilm_hills = '4..2'", "film-hills must be whole"),
        ("[equation]\ntime_step = 0.004", "stability limit"),
    ];
    for (text, expected) in data {
        let message = toml::from_str::<DatasetConfig>(text).unwrap().validate().unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{message}");
    }
}
