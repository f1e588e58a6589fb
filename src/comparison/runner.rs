//! One evolution of a comparison: its present field and what a frame of it costs.

use crate::{
    evolution::{Brush, Evolution, EvolutionError, OnDevice, State, Watch},
    field::Field,
    gpu::GpuError,
    grid::Grid,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Weight of the newest frame in the smoothed time per frame.
const SMOOTHING: f64 = 0.2;

/// An evolution with its clockwork around it.
pub struct Runner {
    evolution: Box<dyn Evolution>,
    field: Option<Arc<Field>>,
    milliseconds: Option<f64>,
    spent: Duration,
}

impl Runner {
    /// Around an evolution, which reports to `watch`.
    pub fn new(mut evolution: Box<dyn Evolution>, watch: &Watch) -> Self {
        evolution.watch(watch);
        Self { evolution, field: None, milliseconds: None, spent: Duration::ZERO }
    }

    /// The nodes.
    pub fn grid(&self) -> Grid {
        self.evolution.grid()
    }

    /// Wall-clock milliseconds per frame, exponentially smoothed; `None` before the first frame.
    pub fn milliseconds(&self) -> Option<f64> {
        self.milliseconds
    }

    /// Wall-clock time of all frames so far.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    /// The present field, copied from the device at most once per frame.
    ///
    /// # Errors
    /// When the device fails or a value is no longer finite.
    pub fn field(&mut self) -> Result<Arc<Field>, EvolutionError> {
        if let Some(field) = &self.field {
            return Ok(field.clone());
        }
        let field = Arc::new(self.evolution.field()?);
        self.field = Some(field.clone());
        Ok(field)
    }

    /// The present field on the device, where it lives there.
    ///
    /// # Errors
    /// When the device fails.
    pub fn buffer(&mut self) -> Result<Option<wgpu::Buffer>, EvolutionError> {
        self.evolution.on_device().map(OnDevice::buffer).transpose()
    }

    /// Starts anew.
    ///
    /// # Errors
    /// When the device fails.
    pub fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        self.field = None;
        self.evolution.restart(field)
    }

    /// See [`Evolution::save`].
    ///
    /// # Errors
    /// When the device fails.
    pub fn save(&mut self) -> Result<State, EvolutionError> {
        self.evolution.save()
    }

    /// See [`Evolution::restore`].
    ///
    /// # Errors
    /// When the state is another evolution's, or the device fails.
    pub fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        self.field = None;
        self.evolution.restore(state)
    }

    /// See [`Evolution::disturb`].
    ///
    /// # Errors
    /// When the device fails.
    pub fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        self.field = None;
        self.evolution.disturb(brush)
    }

    /// See [`Evolution::lost_device`].
    pub fn lost_device(&self) -> Option<&GpuError> {
        self.evolution.lost_device()
    }

    /// Reports to another watch.
    pub fn watch(&mut self, watch: &Watch) {
        self.evolution.watch(watch);
    }

    /// Advances by one frame and measures how long it takes. Evolutions on a device wait for it.
    ///
    /// # Errors
    /// When the device fails, or the watch breaks the frame off.
    pub fn advance(&mut self) -> Result<(), EvolutionError> {
        let start = Instant::now();
        self.field = None;
        self.evolution.advance()?;
        let spent = start.elapsed();
        self.spent += spent;
        let spent = spent.as_secs_f64() * 1e3;
        self.milliseconds = Some(self.milliseconds.map_or(spent, |mean| mean + SMOOTHING * (spent - mean)));
        Ok(())
    }
}
