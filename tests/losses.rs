//! What training makes small, and its gradient.

use crate::{
    dataset::{make, tiny_data},
    support::{cube, equation},
    training::{Cpu, tiny_training, trainer, walks},
};
use burn::tensor::{Tensor, TensorData};
use burn_flex::{Flex, FlexDevice};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    equation::free_energy_density,
    network::{Crnn, CrnnConfig, Hidden, Model, Output},
    settings::Span,
    training::{
        config::TrainConfig, dataset::Dataset, dataset_config::DatasetConfig, energy, loss::Loss, parameters,
        walk::Pool,
    },
};
use tempfile::tempdir;

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
    let [start, truth] = [0, 1].map(|frame| walk.truth::<Flex>(frame, &FlexDevice).unwrap());
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
