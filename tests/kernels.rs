//! Periodic convolution: against sums written out, finite differences and burn's own operations.

mod recurrent_unit;

use burn::{
    backend::Autodiff,
    tensor::{DType, Shape, Tensor, TensorData, Tolerance, backend::Backend},
};
use burn_flex::Flex;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::network::kernels::{
    PeriodicBackend,
    cpu::{Finish, Grid, Real, Weights, convolve, tanh_f32, weight_gradient},
    gate_stack, generic, periodic_conv3d, periodic_conv3d_tanh,
};

/// Sizes below, at and above the vector lengths and their multiples, and unequal ones.
pub const SIZES: [[usize; 3]; 8] = [[3; 3], [5; 3], [7; 3], [16; 3], [18; 3], [4, 5, 30], [6, 2, 17], [2, 3, 33]];

/// Channels in and out, kernel size.
pub const SHAPES: [(usize, usize, usize); 6] = [(1, 3, 3), (3, 7, 3), (10, 4, 3), (6, 1, 3), (2, 5, 1), (4, 12, 1)];

pub fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
}

fn to_f32(values: &[f64]) -> Vec<f32> {
    values.iter().map(|value| *value as f32).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn largest_difference<T: Copy + Into<f64>>(a: &[T], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| ((*a).into() - b).abs()).fold(0.0, f64::max)
}

/// A convolution to check: shapes and random numbers for each of its tensors.
struct Case {
    grid: Grid,
    channels: [usize; 2],
    k: usize,
    x: Vec<f64>,
    weight: Vec<f64>,
    bias: Vec<f64>,
    g: Vec<f64>,
}

impl Case {
    fn new(size: [usize; 3], inputs: usize, outputs: usize, k: usize) -> Self {
        let grid = Grid { batch: 2, size };
        let nodes = grid.batch * grid.volume();
        Self {
            grid,
            channels: [inputs, outputs],
            k,
            x: numbers(inputs * nodes, 1),
            weight: numbers(outputs * inputs * k.pow(3), 2),
            bias: numbers(outputs, 3),
            g: numbers(outputs * nodes, 4),
        }
    }

    /// Under Miri, which takes thousands of times as long, only the smallest.
    fn all() -> impl Iterator<Item = Self> {
        let all = SIZES.into_iter().flat_map(|size| SHAPES.map(|(inputs, outputs, k)| (size, inputs, outputs, k)));
        let count = if cfg!(miri) { 1 } else { usize::MAX };
        all.take(count).map(|(size, inputs, outputs, k)| Self::new(size, inputs, outputs, k))
    }

    /// The definition, sum by sum.
    fn naive(&self, x: &[f64], weight: &[f64], bias: &[f64]) -> Vec<f64> {
        let Self { grid: Grid { batch, size: [nx, ny, nz] }, channels: [inputs, outputs], k, .. } = *self;
        let wrap = |i: usize, tap: usize, n: usize| (i + tap + n - k / 2) % n;
        let mut y = Vec::new();
        for (sample, output) in (0..batch).flat_map(|s| (0..outputs).map(move |o| (s, o))) {
            for (i, j, l) in (0..nx).flat_map(|i| (0..ny).flat_map(move |j| (0..nz).map(move |l| (i, j, l)))) {
                let mut sum = bias[output];
                for input in 0..inputs {
                    let x = &x[(sample * inputs + input) * nx * ny * nz..];
                    let weight = &weight[(output * inputs + input) * k.pow(3)..];
                    for (tap, weight) in weight[..k.pow(3)].iter().enumerate() {
                        let (a, b, c) = (wrap(i, tap / (k * k), nx), wrap(j, tap / k % k, ny), wrap(l, tap % k, nz));
                        sum += weight * x[(a * ny + b) * nz + c];
                    }
                }
                y.push(sum);
            }
        }
        y
    }

    fn forward(&self, finish: Finish<f64>) -> Vec<f64> {
        convolve(self.grid, &self.x, &Weights::new(&self.weight, &self.bias, self.k), finish)
    }

    fn data_gradient(&self) -> Vec<f64> {
        let weights = Weights::adjoint(&self.weight, self.channels[1], self.k);
        convolve(self.grid, &self.g, &weights, Finish::Linear)
    }
}

#[test]
fn forward_is_the_sum_that_defines_it() {
    for case in Case::all() {
        let expected = case.naive(&case.x, &case.weight, &case.bias);
        assert!(largest_difference(&case.forward(Finish::Linear), &expected) < 1e-13 * 270.0);
        let weights = Weights::new(&to_f32(&case.weight), &to_f32(&case.bias), case.k);
        let single = convolve(case.grid, &to_f32(&case.x), &weights, Finish::Linear);
        assert!(largest_difference(&single, &expected) < 2e-5);
        let expected: Vec<_> = expected.iter().map(|y| y.tanh()).collect();
        assert!(largest_difference(&case.forward(Finish::Tanh), &expected) < 1e-12);
    }
}

/// `⟨g, W∗x⟩` is linear in x and in W, so its gradients are what multiplies them, in any direction.
#[test]
fn gradients_are_adjoint_to_the_convolution() {
    for case in Case::all() {
        let no_bias = vec![0.0; case.bias.len()];
        let (weight, bias) = weight_gradient(case.grid, &case.x, &case.g, case.k);
        let direction = numbers(case.x.len(), 5);
        let change = dot(&case.g, &case.naive(&direction, &case.weight, &no_bias));
        assert!((dot(&case.data_gradient(), &direction) - change).abs() < 1e-9);
        let direction = numbers(case.weight.len(), 6);
        let change = dot(&case.g, &case.naive(&case.x, &direction, &no_bias));
        assert!((dot(&weight, &direction) - change).abs() < 1e-9);
        let direction = numbers(case.bias.len(), 7);
        let change = dot(&case.g, &case.naive(&vec![0.0; case.x.len()], &case.weight, &direction));
        assert!((dot(&bias, &direction) - change).abs() < 1e-9);
        let (single, _) = weight_gradient(case.grid, &to_f32(&case.x), &to_f32(&case.g), case.k);
        assert!(largest_difference(&single, &weight) < 1e-5 * (case.grid.volume() as f64).sqrt());
    }
}

#[test]
fn a_gradient_through_tanh_is_its_derivative() {
    let case = Case::new([5, 6, 7], 4, 3, 3);
    let t: Vec<_> = case.x.iter().map(|x| x.tanh()).collect();
    let weights = Weights::adjoint(&case.weight, case.channels[1], case.k);
    let through = convolve(case.grid, &case.g, &weights, Finish::ThroughTanh(&t));
    let expected: Vec<_> = case.data_gradient().iter().zip(&t).map(|(g, t)| g * (1.0 - t * t)).collect();
    assert!(largest_difference(&through, &expected) < 1e-12);
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let case = Case::new([16, 18, 20], 10, 10, 3);
    let (x, g) = (to_f32(&case.x), to_f32(&case.g));
    let weights = Weights::new(&to_f32(&case.weight), &to_f32(&case.bias), case.k);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (convolve(case.grid, &x, &weights, Finish::Linear), weight_gradient(case.grid, &x, &g, case.k)))
    };
    let alone = run(1);
    assert!([2, 3, 7].into_iter().all(|threads| run(threads) == alone));
}

#[test]
fn tanh_and_logistic_are_accurate_to_rounding() {
    let numbers = (-240_000..=240_000).map(|i| i as f32 * 5e-5).chain((0..80).map(|i| 0.7_f32.powi(i)));
    for x in numbers {
        let exact = f64::from(x);
        for tanh in [tanh_f32::<true>(x), tanh_f32::<false>(x)] {
            let error = (f64::from(tanh) - exact.tanh()).abs();
            assert!(error <= 3e-7 * exact.tanh().abs() && error < 1.6e-7, "tanh({x}) = {tanh}");
        }
        let logistic = f64::from(x.logistic::<true>());
        assert!((logistic - 1.0 / (1.0 + (-exact).exp())).abs() < 1.6e-7, "σ({x}) = {logistic}");
    }
    assert_eq!(tanh_f32::<true>(f32::INFINITY), 1.0);
    assert_eq!(tanh_f32::<true>(f32::NEG_INFINITY), -1.0);
    assert!(tanh_f32::<true>(f32::NAN).is_nan());
}

fn tensor<B: Backend, const D: usize>(values: &[f64], shape: [usize; D], dtype: DType) -> Tensor<B, D> {
    Tensor::from_data(TensorData::new(values.to_vec(), Shape::new(shape)), (&Default::default(), dtype))
}

fn values<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// Tensors of a gate stack, 3 → 7 → 5 channels, in boxes of 5 × 6 × 7.
struct Stack<B: Backend> {
    x: Tensor<B, 5>,
    spatial: (Tensor<B, 5>, Tensor<B, 1>),
    pointwise: (Tensor<B, 5>, Tensor<B, 1>),
    /// What its result is multiplied with to make a loss.
    g: Tensor<B, 5>,
}

/// Number of tensors of a stack that the loss is differentiated by, and how many numbers each holds.
const PARAMETERS: [usize; 5] = [2 * 3 * 210, 7 * 3 * 27, 7, 5 * 7, 5];

impl<B: PeriodicBackend> Stack<B> {
    fn new(parameters: &[Vec<f64>; 5], dtype: DType) -> Self {
        let [x, w1, b1, w2, b2] = parameters;
        Self {
            x: tensor(x, [2, 3, 5, 6, 7], dtype),
            spatial: (tensor(w1, [7, 3, 3, 3, 3], dtype), tensor(b1, [7], dtype)),
            pointwise: (tensor(w2, [5, 7, 1, 1, 1], dtype), tensor(b2, [5], dtype)),
            g: tensor(&numbers(2 * 5 * 210, 8), [2, 5, 5, 6, 7], dtype),
        }
    }

    fn parameters() -> [Vec<f64>; 5] {
        let mut seed = 10;
        PARAMETERS.map(|count| {
            seed += 1;
            numbers(count, seed).iter().map(|value| 0.3 * value).collect()
        })
    }

    fn requiring_gradients(self) -> Self
    where
        B: burn::tensor::backend::AutodiffBackend,
    {
        Self {
            x: self.x.require_grad(),
            spatial: (self.spatial.0.require_grad(), self.spatial.1.require_grad()),
            pointwise: (self.pointwise.0.require_grad(), self.pointwise.1.require_grad()),
            g: self.g,
        }
    }

    fn fused(&self) -> Tensor<B, 5> {
        gate_stack(self.x.clone(), [self.spatial.clone(), self.pointwise.clone()])
    }

    fn in_two_steps(&self) -> Tensor<B, 5> {
        let t = periodic_conv3d_tanh(self.x.clone(), self.spatial.0.clone(), self.spatial.1.clone());
        periodic_conv3d(t, self.pointwise.0.clone(), self.pointwise.1.clone())
    }

    fn generic(&self) -> Tensor<B, 5> {
        let t = generic::periodic_conv3d(self.x.clone(), self.spatial.0.clone(), self.spatial.1.clone()).tanh();
        generic::periodic_conv3d(t, self.pointwise.0.clone(), self.pointwise.1.clone())
    }
}

type Differentiable = Autodiff<Flex>;

/// Gradients of `Σ g·y` with respect to the parameters of a stack.
fn gradients<B: PeriodicBackend>(
    dtype: DType,
    y: impl Fn(&Stack<Autodiff<B>>) -> Tensor<Autodiff<B>, 5>,
) -> [Vec<f64>; 5] {
    let stack = Stack::new(&Stack::<Autodiff<B>>::parameters(), dtype).requiring_gradients();
    let gradients = (y(&stack) * stack.g.clone()).sum().backward();
    let large = |tensor: &Tensor<Autodiff<B>, 5>| values(tensor.grad(&gradients).unwrap());
    let small = |tensor: &Tensor<Autodiff<B>, 1>| values(tensor.grad(&gradients).unwrap());
    let Stack { x, spatial: (w1, b1), pointwise: (w2, b2), .. } = &stack;
    [large(x), large(w1), small(b1), large(w2), small(b2)]
}

#[test]
fn gradients_match_finite_differences() {
    let parameters = Stack::<Flex>::parameters();
    let loss = |parameters: &[Vec<f64>; 5]| {
        let stack = Stack::<Flex>::new(parameters, DType::F64);
        dot(&values(stack.fused()), &values(stack.g))
    };
    let gradients = gradients::<Flex>(DType::F64, Stack::fused);
    let step = 1e-5;
    for (which, gradient) in gradients.iter().enumerate() {
        for i in (0..gradient.len()).step_by(gradient.len().div_ceil(40)) {
            let shifted = |sign: f64| {
                let mut parameters = parameters.clone();
                parameters[which][i] += sign * step;
                loss(&parameters)
            };
            let slope = (shifted(1.0) - shifted(-1.0)) / (2.0 * step);
            assert!((gradient[i] - slope).abs() < 1e-7, "parameter {which}, {i}: {} not {slope}", gradient[i]);
        }
    }
}

#[test]
fn gradients_match_those_of_generic_operations() {
    for (dtype, tolerance) in [(DType::F64, 1e-11), (DType::F32, 1e-4)] {
        let expected = gradients::<Flex>(DType::F64, Stack::generic);
        for gradients in [gradients::<Flex>(dtype, Stack::fused), gradients::<Flex>(dtype, Stack::in_two_steps)] {
            for (gradient, expected) in gradients.iter().zip(&expected) {
                assert!(largest_difference(gradient, expected) < tolerance);
            }
        }
    }
}

#[test]
fn only_the_gradients_asked_for_are_computed() {
    let stack = Stack::<Differentiable>::new(&Stack::<Flex>::parameters(), DType::F32);
    let weight = stack.pointwise.0.clone().require_grad();
    let pointwise = (weight.clone(), stack.pointwise.1.clone());
    let y = gate_stack(stack.x.clone(), [stack.spatial.clone(), pointwise]);
    let gradients = (y * stack.g.clone()).sum().backward();
    assert!(stack.x.grad(&gradients).is_none() && stack.spatial.0.grad(&gradients).is_none());
    let expected = &self::gradients::<Flex>(DType::F64, Stack::generic)[3];
    assert!(largest_difference(&values(weight.grad(&gradients).unwrap()), expected) < 1e-4);
}

/// Kernels without a fast path, and views whose numbers lie in another order, give the same.
#[test]
fn any_kernel_size_and_any_view_will_do() {
    let x = tensor::<Flex, 5>(&numbers(2 * 3 * 7 * 6 * 5, 1), [2, 3, 5, 6, 7], DType::F32);
    let bias = tensor(&numbers(4, 3), [4], DType::F32);
    for k in [1, 3, 5] {
        let weight = tensor(&numbers(12 * k * k * k, 2), [4, 3, k, k, k], DType::F32);
        let turned = x.clone().swap_dims(2, 4);
        let copied = Tensor::from_data(turned.to_data(), &x.device());
        let y = periodic_conv3d(turned, weight.clone(), bias.clone());
        let expected = generic::periodic_conv3d(copied, weight, bias.clone());
        y.into_data().assert_approx_eq::<f32>(&expected.into_data(), Tolerance::absolute(1e-5));
    }
}
