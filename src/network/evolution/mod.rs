//! A network that carries a field from frame to frame.

pub mod gpu;

use super::{
    crnn::{Crnn, Hidden},
    kernels::{PeriodicBackend, cpu::while_wanted},
    model::Model,
    weights::WeightsError,
};
use crate::{
    evolution::{Brush, Evolution, EvolutionError, State, Watch},
    field::Field,
    gpu::GpuError,
    grid::Grid,
    settings::LAYERS,
};
use burn::tensor::{Tensor, TensorData};
use std::mem;

/// A network at work on a field of its own grid. Field and memory stay on the device; the memory starts
/// empty and lasts for the whole rollout.
///
/// burn orders its work by thread: make and use one on the same thread. The backend is to be one without
/// automatic differentiation, whose graph would grow with every frame.
pub struct NetworkEvolution<B: PeriodicBackend> {
    network: Crnn<B>,
    device: B::Device,
    grid: Grid,
    frame: usize,
    /// `[1, 1, x, y, z]`.
    phi: Tensor<B, 5>,
    hidden: Hidden<B>,
    watch: Watch,
}

/// Name of the field in a saved state.
const PHI: &str = "phi";

/// Names of the layers' memories in a saved state.
const MEMORIES: [&str; LAYERS.most] =
    ["memory 0", "memory 1", "memory 2", "memory 3", "memory 4", "memory 5", "memory 6", "memory 7"];

impl<B: PeriodicBackend> NetworkEvolution<B> {
    /// Starts from a field on the network's grid.
    ///
    /// # Errors
    /// When the model's weights do not fit its configuration.
    pub fn new(model: &Model, field: &Field, device: B::Device) -> Result<Self, WeightsError> {
        let network = Crnn::from_model(model, &device)?;
        let grid = field.grid();
        let phi = upload(grid, field.values().to_vec(), &device);
        let hidden = Hidden::zeros(&model.config, 1, grid.shape, &device);
        Ok(Self { network, device, grid, frame: 0, phi, hidden, watch: Watch::default() })
    }

    /// Number of the present frame.
    pub(super) fn frame(&self) -> usize {
        self.frame
    }

    /// The present field as a tensor `[1, 1, x, y, z]`.
    pub fn tensor(&self) -> Tensor<B, 5> {
        self.phi.clone()
    }
}

/// A tensor `[1, channels, x, y, z]` of as many channels as there are values for.
fn upload<B: PeriodicBackend>(grid: Grid, values: Vec<f32>, device: &B::Device) -> Tensor<B, 5> {
    let ([x, y, z], channels) = (grid.shape, values.len() / grid.len());
    Tensor::from_data(TensorData::new(values, [1, channels, x, y, z]), device)
}

/// The values of a tensor.
fn download<B: PeriodicBackend>(tensor: Tensor<B, 5>) -> Result<Vec<f32>, EvolutionError> {
    let failed = |reason: String| EvolutionError::Device(GpuError::Failed(reason));
    let data = tensor.try_into_data().map_err(|error| failed(error.to_string()))?;
    data.into_vec().map_err(|error| failed(format!("{error:?}")))
}

impl<B: PeriodicBackend> Evolution for NetworkEvolution<B> {
    fn grid(&self) -> Grid {
        self.grid
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        EvolutionError::check_grid(self.grid, field)?;
        self.phi = upload(self.grid, field.values().to_vec(), &self.device);
        self.hidden = Hidden::zeros(&self.network.config, 1, self.grid.shape, &self.device);
        self.frame = 0;
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        let hidden = mem::replace(&mut self.hidden, Hidden(Vec::new()));
        let report = |done, total| self.watch.report(done, total);
        let step = while_wanted(&self.watch, || self.network.step_in_parts(self.phi.clone(), hidden, report));
        (self.phi, self.hidden) = step.ok_or(EvolutionError::Interrupted)??;
        self.frame += 1;
        Ok(())
    }

    fn watch(&mut self, watch: &Watch) {
        self.watch = watch.clone();
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        Field::from_values(self.grid, download(self.phi.clone())?).map_err(EvolutionError::in_frame(self.frame))
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        let state = State::at(self.frame).with(PHI, download(self.phi.clone())?);
        let memories = MEMORIES.into_iter().zip(&self.hidden.0);
        memories.into_iter().try_fold(state, |state, (name, memory)| Ok(state.with(name, download(memory.clone())?)))
    }

    fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        let (nodes, channels) = (self.grid.len(), self.network.config.channels);
        let phi = state.array(PHI, nodes)?.to_vec();
        let memory = |name| Ok(upload(self.grid, state.array(name, channels * nodes)?.to_vec(), &self.device));
        let names = MEMORIES.into_iter().take(self.network.config.layers);
        self.hidden = Hidden(names.map(memory).collect::<Result<_, EvolutionError>>()?);
        self.phi = upload(self.grid, phi, &self.device);
        self.frame = state.frame;
        Ok(())
    }

    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        let mut field = self.field()?;
        let painted = brush.paint(&mut field);
        let mut memories = Vec::with_capacity(self.hidden.0.len());
        for memory in &self.hidden.0 {
            let mut values = download(memory.clone())?;
            for channel in values.chunks_exact_mut(self.grid.len()) {
                painted.iter().for_each(|&node| channel[node] = 0.0);
            }
            memories.push(upload(self.grid, values, &self.device));
        }
        self.phi = upload(self.grid, field.into_values(), &self.device);
        self.hidden = Hidden(memories);
        Ok(())
    }
}
