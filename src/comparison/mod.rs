//! Both evolutions under one clock, without a window in sight.
//!
//! [`Setup`] says what is compared, [`Comparison`] runs it frame by frame on the thread that owns it, and
//! [`Simulation`] puts a comparison on a thread of its own and publishes what it does.

mod history;
mod inputs;
mod meter;
mod setup;
mod side;
mod simulation;
mod snapshot;
mod surfaces;
mod worker;

pub use history::{CAPACITY, DENSE, History};
pub use inputs::Inputs;
pub use setup::{Method, Setup};
pub use side::Side;
pub use simulation::{Command, Event, Simulation};
pub use snapshot::{InitialInfo, SideSnapshot, Snapshot};

use crate::{
    equation::ParameterError,
    evolution::EvolutionError,
    field::Field,
    gpu::{Engine, GpuError},
    grid::GridError,
    initial::InitialError,
    metrics::{gpu::GpuMetricsError, series::FrameMetrics},
    network::{self, ModelError, NetworkError, crane::CraneError},
};
use meter::Meter;
use std::sync::Arc;
use thiserror::Error;

/// Why a comparison could not start or go on.
#[derive(Debug, Error)]
pub enum ComparisonError {
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    #[error(transparent)]
    Initial(#[from] InitialError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Crane(#[from] CraneError),
    #[error(transparent)]
    Metrics(#[from] GpuMetricsError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error("the network has no grid: {0}; or choose coarsening 1")]
    Grid(#[from] GridError),
    #[error("the last frame failed halfway: go back to the first one")]
    Torn,
    #[error("the coarsening must be 1 or 2, but is {0}")]
    Coarsening(usize),
}

/// A solver and a network that started from the same field, frame by frame.
///
/// Both live on the thread that created them. On the CPU they run one after the other, each on all cores.
pub struct Comparison {
    setup: Setup,
    engine: Engine,
    model: Arc<str>,
    initial: Field,
    /// The reference.
    pub solver: Side,
    /// The network, on a grid coarsened by `setup.coarsening`.
    pub network: Side,
    meter: Meter,
    measured: FrameMetrics,
    history: History,
    /// Whether a frame failed halfway, so that the evolutions may no longer be of one moment.
    torn: bool,
}

impl Comparison {
    /// Starts both evolutions of `inputs` on `engine`, at frame 0.
    ///
    /// # Errors
    /// When the parameters are refused, the grids do not fit, or the device fails.
    pub fn new(inputs: Inputs, engine: Engine) -> Result<Self, ComparisonError> {
        let Inputs { setup, field, model, .. } = inputs;
        setup.check_grid(&field.grid())?;
        let coarse = network::start(&field, setup.coarsening).map_err(EvolutionError::from)?;
        let mut solver = Side::new(setup.solver(&engine, &field)?);
        let mut network = Side::new(network::evolve(&engine, &model, &coarse)?);
        let meter = Meter::new(&engine, &solver, &network, setup.parameters)?;
        let measured = meter.measure(&mut solver, &mut network, 0)?;
        let history = History::from(measured);
        let model = setup.model_name().into();
        Ok(Self { setup, engine, model, initial: field, solver, network, meter, measured, history, torn: false })
    }

    /// Back to frame 0 and the initial field; the history is cleared.
    ///
    /// # Errors
    /// When the device fails.
    pub fn restart(&mut self) -> Result<(), ComparisonError> {
        self.torn = true;
        let coarse = network::start(&self.initial, self.setup.coarsening).map_err(EvolutionError::from)?;
        self.solver.restart(&self.initial)?;
        self.network.restart(&coarse)?;
        self.measured = self.meter.measure(&mut self.solver, &mut self.network, 0)?;
        self.history = History::from(self.measured);
        self.torn = false;
        Ok(())
    }

    /// Takes both evolutions one frame on and measures them.
    ///
    /// # Errors
    /// When the device fails or a value is no longer finite; from then on, until [`Comparison::restart`].
    pub fn advance(&mut self) -> Result<(), ComparisonError> {
        if self.torn {
            return Err(ComparisonError::Torn);
        }
        self.torn = true;
        let gpu = match &self.engine {
            Engine::Cpu => None,
            Engine::Gpu(gpu) => Some(gpu),
        };
        self.solver.advance(gpu)?;
        self.network.advance(gpu)?;
        let frame = self.frame() + 1;
        self.measured = self.meter.measure(&mut self.solver, &mut self.network, frame)?;
        self.history.push(self.measured);
        self.torn = false;
        Ok(())
    }

    /// Whether the last frame failed halfway, so that the two fields may no longer be of one moment.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// What is compared.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Name of the network.
    pub fn model_name(&self) -> Arc<str> {
        self.model.clone()
    }

    /// The field both started from, on the solver's grid.
    pub fn initial(&self) -> &Field {
        &self.initial
    }

    /// Frames since the start.
    pub fn frame(&self) -> usize {
        self.measured.frame
    }

    /// Time since the start in the equation's units.
    pub fn time(&self) -> f64 {
        self.measured.time
    }

    /// The metrics of the present frame.
    pub fn measured(&self) -> &FrameMetrics {
        &self.measured
    }

    /// The metrics of the frames kept.
    pub fn history(&self) -> &History {
        &self.history
    }
}
