//! Two steps of a recurrent unit, 2 → 3 channels in boxes of 4 × 5 × 6, from nothing to a loss.

use super::*;
use burn::tensor::ops::FloatTensor;
use spinodal::network::kernels::{GruBackward, StackWeights, gru_cell};

/// Shapes of x, H and the weights and biases of the three stacks.
fn shapes() -> Vec<Vec<usize>> {
    let stack = |inputs: usize, outputs: usize| {
        [vec![outputs, inputs, 3, 3, 3], vec![outputs], vec![outputs, outputs, 1, 1, 1], vec![outputs]]
    };
    let data = |channels: usize| vec![2, channels, 4, 5, 6];
    [data(2), data(3)].into_iter().chain(stack(2, 9)).chain(stack(3, 6)).chain(stack(3, 3)).collect()
}

fn parameters() -> Vec<Vec<f64>> {
    let numbers = |(i, shape): (usize, Vec<usize>)| {
        super::numbers(shape.iter().product(), 20 + i as u64).iter().map(|value| 0.5 * value).collect()
    };
    shapes().into_iter().enumerate().map(numbers).collect()
}

struct Unit<B: Backend> {
    x: Tensor<B, 5>,
    memory: Tensor<B, 5>,
    weights: Vec<Tensor<B, 5>>,
    biases: Vec<Tensor<B, 1>>,
}

impl<B: Backend> Unit<B> {
    fn new(parameters: &[Vec<f64>], dtype: DType) -> Self {
        let shapes = shapes();
        let shape = |i: usize| <[usize; 5]>::try_from(shapes[i].clone()).unwrap();
        let large = |i: usize| tensor(&parameters[i], shape(i), dtype);
        let small = |i: usize| tensor(&parameters[i], [parameters[i].len()], dtype);
        Self {
            x: large(0),
            memory: large(1),
            weights: (2..14).step_by(2).map(large).collect(),
            biases: (3..14).step_by(2).map(small).collect(),
        }
    }

    fn stacks(&self) -> [StackWeights<B>; 3] {
        [0, 1, 2].map(|i| [2 * i, 2 * i + 1].map(|j| (self.weights[j].clone(), self.biases[j].clone())))
    }
}

fn loss<B: PeriodicBackend>(
    unit: &Unit<B>,
    cell: impl Fn(Tensor<B, 5>, Tensor<B, 5>, [StackWeights<B>; 3]) -> Tensor<B, 5>,
    dtype: DType,
) -> Tensor<B, 1> {
    let first = cell(unit.x.clone(), unit.memory.clone(), unit.stacks());
    let second = cell(unit.x.clone(), first, unit.stacks());
    (second * tensor(&super::numbers(2 * 3 * 120, 9), [2, 3, 4, 5, 6], dtype)).sum()
}

/// The definition in burn's own operations.
fn generic<B: Backend>(x: Tensor<B, 5>, memory: Tensor<B, 5>, stacks: [StackWeights<B>; 3]) -> Tensor<B, 5> {
    let [input, from_memory, candidate] = stacks;
    let stack = |x: Tensor<B, 5>, [(w1, b1), (w2, b2)]: StackWeights<B>| {
        generic::periodic_conv3d(generic::periodic_conv3d(x, w1, b1).tanh(), w2, b2)
    };
    let channels = memory.dims()[1];
    let a = stack(x, input);
    let h = stack(memory.clone(), from_memory);
    let gate = |tensor: &Tensor<B, 5>, i: usize| tensor.clone().narrow(1, i * channels, channels);
    let r = burn::tensor::activation::sigmoid(gate(&a, 0) + gate(&h, 0));
    let u = burn::tensor::activation::sigmoid(gate(&a, 1) + gate(&h, 1));
    let n = (gate(&a, 2) + stack(r * memory.clone(), candidate)).tanh();
    (-u.clone() + 1.0) * n + u * memory
}

/// The parts one by one, their pointwise half in the form for backends without kernels of their own.
fn composed<B: PeriodicBackend>(x: Tensor<B, 5>, memory: Tensor<B, 5>, stacks: [StackWeights<B>; 3]) -> Tensor<B, 5> {
    let [input, from_memory, candidate] = stacks;
    let a = gate_stack(x, input);
    let h = gate_stack(memory.clone(), from_memory);
    let (gates, q) = generic::gru_gates(a.clone(), h, memory.clone());
    generic::gru_update(a, gate_stack(q, candidate), gates, memory).1
}

fn gradients<B: PeriodicBackend>(
    cell: impl Fn(Tensor<Autodiff<B>, 5>, Tensor<Autodiff<B>, 5>, [StackWeights<Autodiff<B>>; 3]) -> Tensor<Autodiff<B>, 5>,
    dtype: DType,
) -> Vec<Vec<f64>> {
    let unit = Unit::<Autodiff<B>>::new(&parameters(), dtype);
    let unit = Unit {
        x: unit.x.require_grad(),
        memory: unit.memory.require_grad(),
        weights: unit.weights.into_iter().map(Tensor::require_grad).collect(),
        biases: unit.biases.into_iter().map(Tensor::require_grad).collect(),
    };
    let gradients = loss(&unit, cell, dtype).backward();
    let large = |tensor: &Tensor<Autodiff<B>, 5>| values(tensor.grad(&gradients).unwrap());
    let small = |tensor: &Tensor<Autodiff<B>, 1>| values(tensor.grad(&gradients).unwrap());
    let stacks = unit.weights.iter().zip(&unit.biases).flat_map(|(weight, bias)| [large(weight), small(bias)]);
    [large(&unit.x), large(&unit.memory)].into_iter().chain(stacks).collect()
}

#[test]
fn its_gradients_match_those_of_generic_operations() {
    let expected = gradients::<Flex>(generic, DType::F64);
    for (dtype, tolerance) in [(DType::F64, 1e-11), (DType::F32, 1e-4)] {
        for found in [gradients::<Flex>(gru_cell, dtype), gradients::<Flex>(composed, dtype)] {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                assert!(largest_difference(found, expected) < tolerance);
            }
        }
    }
}

#[test]
fn its_gradients_match_finite_differences() {
    let parameters = parameters();
    let at =
        |parameters: &[Vec<f64>]| values(loss(&Unit::<Flex>::new(parameters, DType::F64), gru_cell, DType::F64))[0];
    let step = 1e-5;
    for (which, gradient) in gradients::<Flex>(gru_cell, DType::F64).iter().enumerate() {
        for i in (0..gradient.len()).step_by(gradient.len().div_ceil(12)) {
            let shifted = |sign: f64| {
                let mut parameters = parameters.clone();
                parameters[which][i] += sign * step;
                at(&parameters)
            };
            let slope = (shifted(1.0) - shifted(-1.0)) / (2.0 * step);
            assert!((gradient[i] - slope).abs() < 1e-7, "tensor {which}, {i}: {} not {slope}", gradient[i]);
        }
    }
}

/// The backward pass in burn's operations, which backends without kernels of their own take.
#[test]
fn its_generic_backward_pass_agrees_with_the_kernels() {
    let tensors = |seed: u64, channels: usize| {
        tensor::<Flex, 5>(&super::numbers(2 * channels * 120, seed), [2, channels, 4, 5, 6], DType::F64)
    };
    let backward = GruBackward {
        gates: tensors(1, 6),
        n: tensors(2, 3),
        memory: tensors(3, 3),
        g: tensors(4, 3),
        g_q: tensors(5, 3),
        g_n: tensors(6, 3),
    };
    let primitives = |tensor: Tensor<Flex, 5>| -> FloatTensor<Flex> { tensor.into_primitive().tensor() };
    let back = |primitive: FloatTensor<Flex>| {
        Tensor::<Flex, 5>::from_primitive(burn::tensor::TensorPrimitive::Float(primitive))
    };
    let expected = generic::gru_gate_gradients(backward.clone());
    let found = Flex::gru_gate_gradients(backward.clone().map(primitives)).map(back);
    for (found, expected) in found.into_iter().zip(expected) {
        assert!(largest_difference(&values(found), &values(expected)) < 1e-13);
    }
    let expected = generic::gru_candidate_gradient(backward.gates.clone(), backward.n.clone(), backward.g.clone());
    let [gates, n, g] = [backward.gates, backward.n, backward.g].map(primitives);
    assert!(largest_difference(&values(back(Flex::gru_candidate_gradient(gates, n, g))), &values(expected)) < 1e-13);
}

/// A memory that needs no gradient, as the first of a rollout, leaves those of the weights as they are.
#[test]
fn its_weights_learn_from_a_constant_memory() {
    let unit = Unit::<Differentiable>::new(&parameters(), DType::F32);
    let weights: Vec<_> = unit.weights.into_iter().map(Tensor::require_grad).collect();
    let unit = Unit { weights, ..Unit::new(&parameters(), DType::F32) };
    let found = loss(&unit, gru_cell, DType::F32).backward();
    let expected = gradients::<Flex>(generic, DType::F64);
    for (i, weight) in unit.weights.iter().enumerate() {
        assert!(largest_difference(&values(weight.grad(&found).unwrap()), &expected[2 + 2 * i]) < 1e-4);
    }
    assert!(unit.x.grad(&found).is_none());
}
