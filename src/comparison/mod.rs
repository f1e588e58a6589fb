//! One reference and any number of candidates under one clock, without a window in sight.
//!
//! [`Setup`] says what is compared, [`Comparison`] runs it frame by frame on the thread that owns it, and
//! [`Simulation`] puts a comparison on a thread of its own and publishes what it does.

mod candidate;
mod candidate_spec;
mod frozen;
mod inputs;
mod messages;
mod page;
mod recorded;
mod run;
mod run_record;
mod runner;
mod setup;
mod simulation;
mod snapshot;
mod worker;

pub use candidate::Candidate;
pub use candidate_spec::{CandidateError, CandidateSpec, SolverCandidate};
pub use inputs::Inputs;
pub use messages::{Command, Event, Start};
pub use page::{REPORT_FILES, write_report};
pub use recorded::Recorded;
pub use run_record::RunRecord;
pub use runner::Runner;
pub use setup::Setup;
pub use simulation::Simulation;
pub use snapshot::{EvolutionSnapshot, InitialInfo, Snapshot};

use crate::{
    equation::ParameterError,
    evolution::{Brush, EvolutionError, State},
    field::{Field, FieldError},
    formats::FormatError,
    gpu::{Engine, Gpu, GpuError},
    grid::GridError,
    initial::InitialError,
    metrics::{energy_density, pair::gpu::GpuMetricsError},
    network::{NetworkError, SourceError},
    recording::{Entry, Frame, Row, States},
};
use candidate::Surroundings;
use thiserror::Error;

/// Why a comparison could not start or go on.
#[derive(Debug, Error)]
pub enum ComparisonError {
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    #[error(transparent)]
    Initial(#[from] InitialError),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Model(#[from] SourceError),
    #[error(transparent)]
    Metrics(#[from] GpuMetricsError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error(transparent)]
    Recording(#[from] FormatError),
    #[error("{0}; or choose a coarsening of 1")]
    Grid(#[from] GridError),
    #[error("the last frame failed halfway: go back to the first one")]
    Torn,
    #[error("the saved states are of {found} evolutions, but this run has {expected}")]
    OtherStates { expected: usize, found: usize },
}

/// A reference and its candidates, which started from the same field, frame by frame.
///
/// All live on the thread that created them. On the CPU they run one after the other, each on all cores.
pub struct Comparison {
    setup: Setup,
    engine: Engine,
    initial: Field,
    reference: Runner,
    candidates: Vec<Candidate>,
    row: Row,
    /// Whether a frame failed halfway, so that the evolutions may no longer be of one moment.
    torn: bool,
}

impl Comparison {
    /// Starts all evolutions of `inputs` on `engine`, at frame 0.
    ///
    /// # Errors
    /// When the parameters are refused, the grids do not fit, or the device fails.
    pub fn new(inputs: Inputs, engine: Engine) -> Result<Self, ComparisonError> {
        let Inputs { setup, field, models, .. } = inputs;
        let reference = Runner::new(setup.reference.start(&engine, &field)?);
        let around = Surroundings { engine: &engine, reference: &setup.reference };
        let mut candidates = Vec::with_capacity(models.len());
        for ((name, spec), model) in setup.names().into_iter().zip(&setup.candidates).zip(models) {
            candidates.push(Candidate::new(name, spec.clone(), model, &field, &around)?);
        }
        let row = Row { frame: 0, time: 0.0, energy: 0.0, mean: 0.0, candidates: Vec::new() };
        let mut comparison = Self { setup, engine, initial: field, reference, candidates, row, torn: false };
        comparison.measure(0)?;
        Ok(comparison)
    }

    /// Back to frame 0 and the initial field.
    ///
    /// # Errors
    /// When the device fails.
    pub fn restart(&mut self) -> Result<(), ComparisonError> {
        self.torn = true;
        self.reference.restart(&self.initial)?;
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference };
        self.candidates.iter_mut().try_for_each(|candidate| candidate.restart(&self.initial, &around))?;
        self.measure(0)?;
        self.torn = false;
        Ok(())
    }

    /// Takes all evolutions one frame on and measures them. A candidate whose values are no longer finite is stopped, and
    /// the others go on.
    ///
    /// # Errors
    /// When the device fails or the reference's values are no longer finite; from then on, until
    /// [`Comparison::restart`] or [`Comparison::restore`].
    pub fn advance(&mut self) -> Result<(), ComparisonError> {
        if self.torn {
            return Err(ComparisonError::Torn);
        }
        self.torn = true;
        let frame = self.row.frame + 1;
        self.reference.advance(self.gpu().cloned().as_ref())?;
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference };
        for candidate in &mut self.candidates {
            candidate.advance(frame, &mut self.reference, &around)?;
        }
        self.measure(frame)?;
        self.torn = false;
        Ok(())
    }

    /// Measures the present fields, which are those of frame `frame`.
    fn measure(&mut self, frame: usize) -> Result<(), ComparisonError> {
        let parameters = self.setup.reference.parameters;
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference };
        let measure = |candidate: &mut Candidate| candidate.measure(&mut self.reference, &around);
        let candidates: Vec<Entry> = self.candidates.iter_mut().map(measure).collect::<Result<_, _>>()?;
        let known = candidates.iter().find_map(|entry| entry.metrics);
        let (energy, mean) = match known {
            Some(metrics) => (metrics.energy_reference, metrics.mean_reference),
            None => {
                let field = self.reference.field()?;
                (energy_density(&field, &parameters.equation), field.mean())
            }
        };
        if !energy.is_finite() {
            return Err(EvolutionError::NotFinite { frame }.into());
        }
        self.row = Row { frame, time: frame as f64 * parameters.frame_time(), energy, mean, candidates };
        Ok(())
    }

    /// Figures and fields of the present frame.
    ///
    /// # Errors
    /// When a field cannot be had from the device.
    pub fn frame(&mut self) -> Result<Frame, ComparisonError> {
        let reference = self.reference.field()?;
        let fields = self.candidates.iter_mut().map(Candidate::field);
        let candidates = fields.collect::<Result<_, _>>()?;
        Ok(Frame { row: self.row.clone(), reference, candidates })
    }

    /// The states of the reference and the candidates, from which the run can go on.
    ///
    /// # Errors
    /// When the device fails.
    pub fn save(&mut self) -> Result<States, ComparisonError> {
        let mut states = vec![Some(self.reference.save()?)];
        for candidate in &mut self.candidates {
            states.push(candidate.save()?);
        }
        Ok(states)
    }

    /// Goes to a frame whose states were saved; what comes next are the same bits as if the run had never left it.
    ///
    /// # Errors
    /// When the states are another run's, or the device fails.
    pub fn restore(&mut self, frame: usize, states: &[Option<State>]) -> Result<(), ComparisonError> {
        let (expected, found) = (1 + self.candidates.len(), states.len());
        let [Some(reference), candidates @ ..] = states else {
            return Err(ComparisonError::OtherStates { expected, found });
        };
        if found != expected {
            return Err(ComparisonError::OtherStates { expected, found });
        }
        self.torn = true;
        self.reference.restore(reference)?;
        let field = self.reference.field()?;
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference };
        for (candidate, state) in self.candidates.iter_mut().zip(candidates) {
            candidate.restore(frame, state.as_ref(), &field, &around)?;
        }
        self.measure(frame)?;
        self.torn = false;
        Ok(())
    }

    /// Paints on the reference and on all candidates, and measures them anew.
    ///
    /// # Errors
    /// When the device fails.
    pub fn disturb(&mut self, brush: &Brush) -> Result<(), ComparisonError> {
        self.torn = true;
        self.reference.disturb(brush)?;
        for candidate in &mut self.candidates {
            candidate.disturb(brush, &mut self.reference)?;
        }
        self.measure(self.row.frame)?;
        self.torn = false;
        Ok(())
    }

    /// The device, if the run is on one.
    fn gpu(&self) -> Option<&Gpu> {
        match &self.engine {
            Engine::Cpu => None,
            Engine::Gpu(gpu) => Some(gpu),
        }
    }

    /// Whether the last frame failed halfway, so that the fields may no longer be of one moment.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// What is compared.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The field that all started from, on the reference's grid.
    pub fn initial(&self) -> &Field {
        &self.initial
    }

    /// The reference.
    pub fn reference(&self) -> &Runner {
        &self.reference
    }

    /// The candidates, in the order of the setup.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The figures of the present frame.
    pub fn row(&self) -> &Row {
        &self.row
    }
}
