//! A network on the shared graphics device, whose field others on that device can read.

use super::{
    super::{
        NetworkError,
        kernels::slices::{self, Slices},
        model::Model,
    },
    NetworkEvolution,
};
use crate::{
    evolution::{Brush, Evolution, EvolutionError, OnDevice, State, Watch},
    field::Field,
    gpu::{Gpu, GpuError},
    grid::Grid,
};
use burn_wgpu::Wgpu;
use std::time::{Duration, Instant};
use wgpu::{Buffer, BufferUsages};

/// [`NetworkEvolution`] on burn's wgpu backend. Its field is copied, on the device, into a buffer that
/// burn does not manage, so that it stays valid while burn reuses its own memory.
pub struct GpuNetworkEvolution {
    inner: NetworkEvolution<Wgpu>,
    gpu: Gpu,
    /// The field as f32, C order.
    output: Buffer,
    /// Whether `output` holds the present field.
    current: bool,
    /// How its kernels are cut, while they are.
    slices: Slices,
    /// How long the latest frame took.
    spent: Duration,
}

/// After a frame that took longer, the next one is not queued as a whole.
const LONGEST: Duration = Duration::from_millis(30);

impl GpuNetworkEvolution {
    /// Starts from a field on the network's grid.
    ///
    /// # Errors
    /// When the model's weights do not fit its configuration, or its tensors are too large for the device.
    pub fn new(gpu: &Gpu, model: &Model, field: &Field) -> Result<Self, NetworkError> {
        let field_bytes = size_of_val(field.values()) as u64;
        gpu.check_size("one layer of the network", model.config.widest_layer() as u64 * field_bytes)?;
        Ok(Self {
            inner: NetworkEvolution::new(model, field, gpu.burn_device())?,
            gpu: gpu.clone(),
            output: gpu.storage("the network's field", field_bytes, BufferUsages::empty())?,
            current: false,
            slices: Slices::default(),
            // Not known yet.
            spent: Duration::MAX,
        })
    }

    /// Copies the present field to `output`.
    fn export(&self) -> Result<(), EvolutionError> {
        // A tensor of one axis is a copy in C order if the field was not.
        let field = self.inner.tensor().reshape([self.grid().len()]);
        let tensor = field.into_primitive().tensor();
        if !tensor.is_contiguous() {
            return Err(failed("the network's field does not lie in C order"));
        }
        let managed = tensor.client.get_resource(tensor.handle.clone()).map_err(failed)?;
        // cubecl records commands and submits them later: ours must come after.
        tensor.client.flush().map_err(failed)?;
        let source = managed.resource();
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(&source.buffer, source.offset, &self.output, 0, self.output.size());
        self.gpu.queue.submit([encoder.finish()]);
        Ok(())
    }
}

fn failed(reason: impl ToString) -> EvolutionError {
    EvolutionError::Device(GpuError::Failed(reason.to_string()))
}

impl Evolution for GpuNetworkEvolution {
    fn grid(&self) -> Grid {
        self.inner.grid()
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        self.current = false;
        self.inner.restart(field)
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        self.current = false;
        let start = Instant::now();
        let client = self.inner.tensor().into_primitive().tensor().client;
        if self.spent > LONGEST {
            slices::within(&self.gpu, &mut self.slices, || self.inner.advance())??;
        } else {
            self.inner.advance()?;
        }
        slices::wait(&self.gpu, &client)?;
        self.spent = start.elapsed();
        Ok(())
    }

    fn watch(&mut self, watch: &Watch) {
        self.inner.watch(watch);
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        // Not by burn, see `save`.
        self.buffer()?;
        let values = self.gpu.read_f32(&self.output, self.grid().len())?;
        Field::from_values(self.grid(), values).map_err(EvolutionError::in_frame(self.inner.frame()))
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        // burn would wait forever for a device that is lost.
        self.gpu.probe()?;
        self.inner.save()
    }

    fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        self.current = false;
        self.inner.restore(state)
    }

    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        self.gpu.probe()?;
        self.current = false;
        self.inner.disturb(brush)
    }

    fn on_device(&mut self) -> Option<&mut dyn OnDevice> {
        Some(self)
    }
}

impl OnDevice for GpuNetworkEvolution {
    fn buffer(&mut self) -> Result<Buffer, EvolutionError> {
        if !self.current {
            self.export()?;
            self.current = true;
        }
        Ok(self.output.clone())
    }
}
