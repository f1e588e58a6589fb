//! The network's kernels on the GPU against those of the CPU, which tests/convolution.rs checks against definitions.

use crate::{
    gpu_device::gpu,
    kernels::{SHAPES, SIZES, numbers},
};
use burn::{
    backend::Autodiff,
    tensor::{Shape, Tensor, TensorData, TensorMetadata, TensorPrimitive, backend::Backend, ops::FloatTensor},
};
use burn_flex::{Flex, FlexDevice};
use burn_wgpu::{Wgpu, WgpuDevice};
use spinodal::{
    network::{
        Crnn, CrnnConfig, Hidden, Model, Output, PeriodicBackend,
        kernels::{
            GruBackward, periodic_conv3d, periodic_conv3d_tanh,
            slices::{self, Slices},
        },
    },
    training::parameters,
};

/// A backend that a test runs on.
trait Tested: PeriodicBackend {
    fn device() -> Self::Device;
}

impl Tested for Flex {
    fn device() -> FlexDevice {
        FlexDevice
    }
}

impl Tested for Wgpu {
    fn device() -> WgpuDevice {
        gpu().burn_device()
    }
}

/// Numbers that the seed and the shape alone decide.
fn tensor<B: Tested, const D: usize>(shape: [usize; D], seed: u64) -> Tensor<B, D> {
    let values: Vec<f32> = numbers(shape.iter().product(), seed).into_iter().map(|value| value as f32).collect();
    Tensor::from_data(TensorData::new(values, shape), &B::device())
}

fn primitive<B: Tested, const D: usize>(shape: [usize; D], seed: u64) -> FloatTensor<B> {
    tensor::<B, D>(shape, seed).into_primitive().tensor()
}

fn values<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f32> {
    tensor.into_data().to_vec().unwrap()
}

/// The numbers of a tensor of any rank.
fn numbers_of<B: Backend>(primitive: FloatTensor<B>) -> Vec<f32> {
    let count = primitive.shape().num_elements();
    let flat = B::float_reshape(primitive, Shape::new([count]));
    values(Tensor::<B, 1>::from_primitive(TensorPrimitive::Float(flat)))
}

fn agree(found: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(1.0_f32, |most, value| most.max(value.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance * largest, "{what}: {found} is not {expected}, number {i}");
    }
}

/// A convolution of two samples, its tanh, and all its gradients.
fn convolution<B: Tested>([nx, ny, nz]: [usize; 3], (inputs, outputs, k): (usize, usize, usize)) -> [Vec<f32>; 6] {
    let x = || primitive::<B, 5>([2, inputs, nx, ny, nz], 1);
    let weight = || primitive::<B, 5>([outputs, inputs, k, k, k], 2);
    let bias = || primitive::<B, 1>([outputs], 3);
    let g = || primitive::<B, 5>([2, outputs, nx, ny, nz], 4);
    let (weight_gradient, bias_gradient) = B::weight_gradient(x(), g(), k);
    [
        B::periodic_conv3d(x(), weight(), bias()),
        B::periodic_conv3d_tanh(x(), weight(), bias()),
        B::data_gradient(weight(), g()),
        B::data_gradient_through_tanh(weight(), g(), x()),
        weight_gradient,
        bias_gradient,
    ]
    .map(numbers_of::<B>)
}

#[test]
fn convolutions_and_their_gradients_are_those_of_the_cpu() {
    for (size, shape) in SIZES.into_iter().flat_map(|size| SHAPES.map(|shape| (size, shape))) {
        let (found, expected) = (convolution::<Wgpu>(size, shape), convolution::<Flex>(size, shape));
        let names = ["forward", "tanh", "data", "data through tanh", "weight", "bias"];
        for ((found, expected), name) in found.iter().zip(&expected).zip(names) {
            agree(found, expected, 1e-5, &format!("{name}, {shape:?} in {size:?}"));
        }
    }
}

#[test]
fn kernels_cut_into_slices_give_the_same() {
    let (size, convolutions) = ([36, 40, 48], [(2, 3, 3), (3, 7, 1)]);
    let all = || {
        let convolutions = convolutions.into_iter().flat_map(|shape| convolution::<Wgpu>(size, shape));
        convolutions.chain(recurrent_unit::<Wgpu>(size, 2)).collect::<Vec<_>>()
    };
    let whole = all();
    let mut slices = Slices::default();
    // In slices that are not known yet, and in those that were learnt.
    for _ in 0..2 {
        assert!(slices::within(&gpu(), &mut slices, all).unwrap() == whole);
    }
    assert_ne!(slices, Slices::default(), "nothing was cut");
}

/// The pointwise part of a recurrent unit and its gradients, with `channels` channels of two samples.
fn recurrent_unit<B: Tested>([nx, ny, nz]: [usize; 3], channels: usize) -> Vec<Vec<f32>> {
    let tensor = |seed: u64, groups: usize| primitive::<B, 5>([2, groups * channels, nx, ny, nz], seed);
    let (gates, q) = B::gru_gates(tensor(1, 3), tensor(2, 2), tensor(3, 1));
    let (n, next) = B::gru_update(tensor(1, 3), tensor(4, 1), gates.clone(), tensor(3, 1));
    let g_n = B::gru_candidate_gradient(gates.clone(), n.clone(), tensor(5, 1));
    let backward = GruBackward {
        gates: gates.clone(),
        n: n.clone(),
        memory: tensor(3, 1),
        g: tensor(5, 1),
        g_q: tensor(6, 1),
        g_n: g_n.clone(),
    };
    let gradients = B::gru_gate_gradients(backward);
    [gates, q, n, next, g_n].into_iter().chain(gradients).map(numbers_of::<B>).collect()
}

#[test]
fn recurrent_units_are_those_of_the_cpu() {
    for (size, channels) in SIZES.into_iter().flat_map(|size| [(size, 1), (size, 5)]) {
        let expected = recurrent_unit::<Flex>(size, channels);
        for (i, (found, expected)) in recurrent_unit::<Wgpu>(size, channels).iter().zip(&expected).enumerate() {
            agree(found, expected, 1e-6, &format!("tensor {i}, {channels} channels in {size:?}"));
        }
    }
}

#[test]
fn activations_are_accurate_to_rounding() {
    // Through a convolution that does nothing.
    let steps = (-4000..=4000).map(|i| i as f32 * 3e-3).chain((0..80).map(|i| 0.7_f32.powi(i)));
    let mut x: Vec<f32> = steps.chain([f32::INFINITY, f32::NEG_INFINITY, f32::MIN_POSITIVE]).collect();
    x.resize(20 * 20 * 21, 0.0);
    let (one, zero) = (Tensor::ones([1; 5], &Wgpu::device()), Tensor::zeros([1], &Wgpu::device()));
    let tensor = Tensor::<Wgpu, 5>::from_data(TensorData::new(x.clone(), [1, 1, 20, 20, 21]), &Wgpu::device());
    for (tanh, x) in values(periodic_conv3d_tanh(tensor, one, zero)).into_iter().zip(x) {
        let exact = f64::from(x).tanh();
        assert!((f64::from(tanh) - exact).abs() <= 3e-7 * exact.abs(), "tanh({x}) = {tanh}, not {exact}");
    }
}

/// Views whose numbers lie in another order, and kernels of other sizes.
#[test]
fn any_kernel_size_and_any_view_will_do() {
    fn compute<B: Tested>(k: usize) -> Vec<f32> {
        let x = tensor::<B, 5>([3, 4, 5, 6, 7], 1).swap_dims(2, 4).narrow(0, 1, 2).narrow(1, 1, 3);
        let weight = tensor::<B, 5>([3, 4, k, k, k], 2).swap_dims(0, 1);
        values(periodic_conv3d(x, weight, tensor::<B, 1>([6], 3).narrow(0, 1, 4)))
    }
    for k in [1, 3, 5] {
        agree(&compute::<Wgpu>(k), &compute::<Flex>(k), 2e-6, &format!("{k} taps"));
    }
}

#[test]
fn weight_gradients_are_the_same_to_the_last_bit_every_time() {
    let compute = || {
        let x = primitive::<Wgpu, 5>([2, 3, 9, 10, 11], 1);
        let g = primitive::<Wgpu, 5>([2, 4, 9, 10, 11], 2);
        let (weight, bias) = Wgpu::weight_gradient(x, g, 3);
        [weight, bias].map(numbers_of::<Wgpu>)
    };
    let first = compute();
    assert!((0..3).all(|_| compute() == first));
}

/// Loss and gradients of two steps of a whole network in boxes of 5 × 6 × 7.
fn network_gradients<B: Tested>(config: CrnnConfig) -> (f32, Vec<f32>) {
    let device = B::device();
    let network = Crnn::<Autodiff<B>>::from_model(&Model::random(config, 3), &device).unwrap();
    let field = |seed| Tensor::<Autodiff<B>, 5>::from_inner(tensor([2, 1, 5, 6, 7], seed));
    let memory = || Tensor::zeros([2, config.channels, 5, 6, 7], &device);
    let hidden = Hidden((0..config.layers).map(|_| memory()).collect());
    let (phi, hidden) = network.step(field(1), hidden);
    let (phi, _) = network.step(phi, hidden);
    let error = phi - field(2);
    let loss = (error.clone() * error).mean();
    let gradients = loss.backward();
    (values(loss)[0], parameters::collect_gradients(&network, &gradients))
}

#[test]
fn gradients_of_the_network_are_those_of_the_cpu() {
    for (channels, layers, output) in [(10, 2, Output::Face), (3, 1, Output::NonConservative), (12, 1, Output::Central)]
    {
        let config = CrnnConfig { channels, layers, output };
        let (found, expected) = (network_gradients::<Wgpu>(config), network_gradients::<Flex>(config));
        agree(&[found.0], &[expected.0], 1e-5, "loss");
        let norm = expected.1.iter().map(|g| g * g).sum::<f32>().sqrt();
        let difference = found.1.iter().zip(&expected.1).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
        assert_eq!(found.1.len(), config.parameter_count());
        assert!(norm > 0.01 && difference < 1e-5 * norm, "{config:?}: {difference} of {norm}");
    }
}
