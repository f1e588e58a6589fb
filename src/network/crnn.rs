//! The convolutional recurrent network: stacked cells, and the way from the last one to the next field.

use super::{
    cell::{Convolution, GateStack, GruCell},
    config::{CrnnConfig, Output},
    kernels::PeriodicBackend,
    model::Model,
    weights::{Weight, Weights, WeightsError},
};
use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Tensor, TensorData, backend::Backend},
};
use std::{convert::Infallible, marker::PhantomData};

/// What the network remembers: one tensor `[batch, channels, x, y, z]` per layer.
#[derive(Debug, Clone)]
pub struct Hidden<B: Backend>(pub Vec<Tensor<B, 5>>);

impl<B: Backend> Hidden<B> {
    /// No memory: the state before the first step, for `batch` boxes of a shape.
    pub fn zeros(config: &CrnnConfig, batch: usize, [x, y, z]: [usize; 3], device: &B::Device) -> Self {
        let zeros = || Tensor::zeros([batch, config.channels, x, y, z], device);
        Self((0..config.layers).map(|_| zeros()).collect())
    }

    /// The same memory with its history forgotten, so that gradients stop here.
    pub fn detach(self) -> Self {
        Self(self.0.into_iter().map(Tensor::detach).collect())
    }
}

/// From the last memory to what [`Output`] makes the next field of.
#[derive(Module, Debug)]
pub struct OutputStack<B: Backend> {
    pub first: Convolution<B>,
    pub second: Convolution<B>,
    pub last: Convolution<B>,
}

impl<B: PeriodicBackend> OutputStack<B> {
    /// 1³ conv → tanh → 1³ conv → tanh → 3³ conv.
    fn forward(&self, memory: Tensor<B, 5>) -> Tensor<B, 5> {
        self.last.forward(self.second.forward_tanh(self.first.forward_tanh(memory)))
    }
}

/// The network. One [`Crnn::step`] is one frame.
#[derive(Module, Debug)]
pub struct Crnn<B: Backend> {
    pub cells: Vec<GruCell<B>>,
    pub output: OutputStack<B>,
    #[module(skip)]
    pub config: CrnnConfig,
}

impl<B: PeriodicBackend> Crnn<B> {
    /// The next field and memory from the present ones; `phi` is `[batch, 1, x, y, z]`.
    pub fn step(&self, phi: Tensor<B, 5>, hidden: Hidden<B>) -> (Tensor<B, 5>, Hidden<B>) {
        match self.step_in_parts(phi, hidden, |_, _| Ok::<_, Infallible>(())) {
            Ok(next) => next,
            Err(never) => match never {},
        }
    }

    /// As [`Crnn::step`]. `report` learns after each layer how many parts of the step are done, and of how many.
    ///
    /// # Errors
    /// That of `report`, which ends the step.
    pub fn step_in_parts<E>(
        &self,
        phi: Tensor<B, 5>,
        hidden: Hidden<B>,
        report: impl Fn(usize, usize) -> Result<(), E>,
    ) -> Result<(Tensor<B, 5>, Hidden<B>), E> {
        let mut x = phi.clone();
        let mut remembered = Vec::with_capacity(self.cells.len());
        for (cell, memory) in self.cells.iter().zip(hidden.0) {
            x = cell.step(x, memory);
            remembered.push(x.clone());
            report(remembered.len(), self.cells.len() + 1)?;
        }
        Ok((next_field(self.config.output, phi, self.output.forward(x)), Hidden(remembered)))
    }
}

/// φ' from φ `[batch, 1, x, y, z]` and the last layer `[batch, 3 or 1, x, y, z]`. The mean of a flux needs no
/// removal: its divergence is blind to it, and so are its gradients.
pub fn next_field<B: Backend>(output: Output, phi: Tensor<B, 5>, last: Tensor<B, 5>) -> Tensor<B, 5> {
    let flux = |axis: usize| last.clone().narrow(1, axis, 1);
    match output {
        Output::Face => (0..3).fold(phi, |phi, axis| {
            let flux = flux(axis);
            phi + (flux.clone() - previous(flux, axis))
        }),
        Output::Central => (0..3).fold(phi, |phi, axis| {
            let flux = flux(axis);
            phi + (previous(flux.clone(), axis) - next(flux, axis))
        }),
        // 2σ(o) − 1.
        Output::NonConservative => (last * 0.5).tanh(),
    }
}

/// The value at i − 1 along a spatial axis, at every node i.
fn previous<B: Backend>(x: Tensor<B, 5>, axis: usize) -> Tensor<B, 5> {
    let length = x.dims()[axis + 2];
    rotated(x, axis, length - 1)
}

/// The value at i + 1 along a spatial axis, at every node i.
fn next<B: Backend>(x: Tensor<B, 5>, axis: usize) -> Tensor<B, 5> {
    rotated(x, axis, 1)
}

/// The value at (i + `by`) modulo the length of a spatial axis, at every node i.
fn rotated<B: Backend>(x: Tensor<B, 5>, axis: usize, by: usize) -> Tensor<B, 5> {
    let length = x.dims()[axis + 2];
    if by.is_multiple_of(length) {
        return x;
    }
    let (tail, head) = (x.clone().narrow(axis + 2, by, length - by), x.narrow(axis + 2, 0, by));
    Tensor::cat(vec![tail, head], axis + 2)
}

impl<B: Backend> Crnn<B> {
    /// Puts the weights of a model on a device.
    ///
    /// # Errors
    /// When the weights do not fit the model's configuration.
    pub fn from_model(model: &Model, device: &B::Device) -> Result<Self, WeightsError> {
        model.weights.validate(&model.config)?;
        let load = Loader { weights: &model.weights, device };
        let cell = |layer: usize| {
            let stack = |name: &str| {
                let convolution = |part: &str| load.convolution(&format!("cells.{layer}.{name}.{part}"));
                Ok::<_, WeightsError>(GateStack {
                    spatial: convolution("spatial")?,
                    pointwise: convolution("pointwise")?,
                })
            };
            Ok(GruCell { input: stack("input")?, memory: stack("memory")?, candidate: stack("candidate")? })
        };
        Ok(Self {
            cells: (0..model.config.layers).map(cell).collect::<Result<_, WeightsError>>()?,
            output: OutputStack {
                first: load.convolution("output.first")?,
                second: load.convolution("output.second")?,
                last: load.convolution("output.last")?,
            },
            config: model.config,
        })
    }

    /// Copies the weights off the device.
    pub fn weights(&self) -> Weights {
        let mut collector = Collector { values: Vec::new(), backend: PhantomData };
        self.visit(&mut collector);
        let named = self.config.weights().into_iter().zip(collector.values);
        Weights(named.map(|(spec, values)| (spec.name, Weight { shape: spec.shape, values })).collect())
    }
}

/// Finds weights by name and puts them on a device.
struct Loader<'a, B: Backend> {
    weights: &'a Weights,
    device: &'a B::Device,
}

impl<B: Backend> Loader<'_, B> {
    fn convolution(&self, name: &str) -> Result<Convolution<B>, WeightsError> {
        Ok(Convolution {
            weight: self.parameter(format!("{name}.weight"))?,
            bias: self.parameter(format!("{name}.bias"))?,
        })
    }

    fn parameter<const D: usize>(&self, name: String) -> Result<Param<Tensor<B, D>>, WeightsError> {
        let Weight { shape, values } = self.weights.0.get(&name).ok_or(WeightsError::Missing(name))?;
        let data = TensorData::new(values.clone(), shape.clone());
        Ok(Param::from_tensor(Tensor::from_data(data, self.device)))
    }
}

/// Copies the values of all parameters in the order of their declaration, that of [`CrnnConfig::weights`].
struct Collector<B> {
    values: Vec<Vec<f32>>,
    backend: PhantomData<B>,
}

impl<B: Backend> ModuleVisitor<B> for Collector<B> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<B, D>>) {
        self.values.push(parameter.val().into_data().iter::<f32>().collect());
    }
}
