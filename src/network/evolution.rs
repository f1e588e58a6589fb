//! A network that carries a field from frame to frame.

use super::{
    convolution::PeriodicBackend,
    crnn::{Crnn, Hidden},
    model::Model,
    weights::WeightsError,
};
use crate::{
    evolution::{Evolution, EvolutionError},
    field::Field,
};
use burn::tensor::{Tensor, TensorData};

/// A network at work on a field of its own grid. Field and memory stay on the device; the memory starts
/// empty and lasts for the whole rollout.
///
/// burn orders its work by thread: make and use one on the same thread. The backend is to be one without
/// automatic differentiation, whose graph would grow with every frame.
pub struct NetworkEvolution<B: PeriodicBackend> {
    network: Crnn<B>,
    device: B::Device,
    size: usize,
    frame: usize,
    /// `[1, 1, x, y, z]`.
    phi: Tensor<B, 5>,
    hidden: Hidden<B>,
}

impl<B: PeriodicBackend> NetworkEvolution<B> {
    /// Starts from a field that already lives on the network's grid.
    ///
    /// # Errors
    /// When the model's weights do not fit its configuration.
    pub fn new(model: &Model, field: &Field, device: B::Device) -> Result<Self, WeightsError> {
        let network = Crnn::from_model(model, &device)?;
        let size = field.size();
        let phi = upload(field, &device);
        let hidden = Hidden::zeros(&model.config, 1, size, &device);
        Ok(Self { network, device, size, frame: 0, phi, hidden })
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

fn upload<B: PeriodicBackend>(field: &Field, device: &B::Device) -> Tensor<B, 5> {
    let n = field.size();
    Tensor::from_data(TensorData::new(field.values().to_vec(), [1, 1, n, n, n]), device)
}

impl<B: PeriodicBackend> Evolution for NetworkEvolution<B> {
    fn size(&self) -> usize {
        self.size
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        if field.size() != self.size {
            return Err(EvolutionError::WrongSize { expected: self.size, found: field.size() });
        }
        self.phi = upload(field, &self.device);
        self.hidden = Hidden::zeros(&self.network.config, 1, self.size, &self.device);
        self.frame = 0;
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        let hidden = std::mem::replace(&mut self.hidden, Hidden(Vec::new()));
        (self.phi, self.hidden) = self.network.step(self.phi.clone(), hidden);
        self.frame += 1;
        Ok(())
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        let data = self.phi.clone().try_into_data().map_err(|e| EvolutionError::Device(e.to_string()))?;
        let values = data.into_vec().map_err(|e| EvolutionError::Device(format!("{e:?}")))?;
        Field::from_values(self.size, values).map_err(EvolutionError::in_frame(self.frame))
    }
}
