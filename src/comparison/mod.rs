//! One reference and any number of candidates under one clock.
//!
//! [`Setup`] says what is compared, [`Comparison`] runs it frame by frame on the thread that owns it, and
//! [`Simulation`] puts a comparison on a thread of its own and publishes what it does.

mod candidate;
mod candidate_spec;
mod error;
mod files;
mod frozen;
mod inputs;
mod intervention;
mod loaded;
mod loader;
mod memory;
mod messages;
mod obey;
mod page;
mod recorded;
mod run;
mod run_record;
mod runner;
mod setup;
mod simulation;
mod snapshot;
mod strokes;
mod timeline;
mod urgency;
mod worker;
mod written;

pub use candidate::Candidate;
pub use candidate_spec::{CandidateError, CandidateSpec, SolverCandidate};
pub use error::ComparisonError;
pub use files::{FileRecord, Files};
pub use inputs::Inputs;
pub use messages::{Command, Event, Heir, Start};
pub use page::{REPORT_FILES, write_report};
pub use recorded::Recorded;
pub use run_record::RunRecord;
pub use runner::Runner;
pub use setup::Setup;
pub use simulation::Simulation;
pub use snapshot::{EvolutionSnapshot, InitialInfo, Painting, Snapshot};

use crate::{
    evolution::{Bounds, Brush, EvolutionError, State, Watch},
    field::Field,
    gpu::{Engine, GpuError},
    metrics::energy_density,
    recording::{Entry, Frame, Row, Saved, SavedCandidate, States},
};
use candidate::{Identity, Surroundings};

/// A reference and its candidates, which started from the same field, frame by frame.
///
/// All live on the thread that created them. On the CPU they run one after the other, each on all cores.
pub struct Comparison {
    setup: Setup,
    engine: Engine,
    lost: Option<GpuError>,
    initial: Field,
    reference: Runner,
    candidates: Vec<Candidate>,
    row: Row,
    /// Whether a frame failed halfway, so that the evolutions may no longer be of one moment.
    torn: bool,
    /// Beyond these, an evolution has diverged.
    bounds: Bounds,
    /// The next candidate's, see [`SavedCandidate::id`].
    next_id: u64,
    /// The frame at which the reference was given its field.
    since: usize,
    watch: Watch,
}

impl Comparison {
    /// Starts all evolutions of `inputs` on `engine`, at frame 0.
    ///
    /// # Errors
    /// When the parameters are refused, the grids do not fit, or the device fails.
    pub fn new(inputs: Inputs, engine: Engine) -> Result<Self, ComparisonError> {
        let Inputs { setup, field, models, doubts, .. } = inputs;
        let watch = Watch::default();
        let reference = Runner::new(setup.reference.start(&engine, &field)?, &watch);
        let around = Surroundings { engine: &engine, reference: &setup.reference, watch: &watch };
        let mut candidates = Vec::with_capacity(models.len());
        for ((name, spec), model) in setup.names().into_iter().zip(&setup.candidates).zip(models) {
            let identity = Identity { name, id: candidates.len() as u64 };
            candidates.push(Candidate::new(identity, spec.clone(), model, 0, &field, &around)?);
        }
        candidates.iter_mut().zip(doubts).for_each(|(candidate, doubts)| candidate.set_doubts(doubts));
        let row = Row { frame: 0, time: 0.0, energy: 0.0, mean: 0.0, candidates: Vec::new() };
        let next_id = candidates.len() as u64;
        let (bounds, initial, since) = (Bounds::of(&field), field, 0);
        let mut comparison = Self {
            setup,
            engine,
            lost: None,
            initial,
            reference,
            candidates,
            row,
            torn: false,
            bounds,
            next_id,
            since,
            watch,
        };
        comparison.measure(0)?;
        Ok(comparison)
    }

    /// Reports to `watch` from now on, and lets it break frames off.
    pub fn watch(&mut self, watch: Watch) {
        self.reference.watch(&watch);
        self.candidates.iter_mut().for_each(|candidate| candidate.watch(&watch));
        self.watch = watch;
    }

    /// Back to frame 0 and the initial field.
    ///
    /// # Errors
    /// When the device fails.
    pub fn restart(&mut self) -> Result<(), ComparisonError> {
        self.torn = true;
        self.reference.restart(&self.initial)?;
        self.since = 0;
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference, watch: &self.watch };
        self.candidates.iter_mut().try_for_each(|candidate| candidate.restart(&self.initial, &around))?;
        self.measure(0)?;
        self.torn = false;
        Ok(())
    }

    /// Advances all evolutions by one frame and measures them. A candidate that has diverged is stopped, and the others
    /// continue.
    ///
    /// # Errors
    /// When the device fails, the reference has diverged, or the watch breaks the frame off; from then on, until
    /// [`Comparison::restart`] or [`Comparison::restore`].
    pub fn advance(&mut self) -> Result<(), ComparisonError> {
        if self.torn {
            return Err(ComparisonError::Torn);
        }
        self.torn = true;
        let frame = self.row.frame + 1;
        let advanced = self.advance_all(frame);
        self.watch.end();
        advanced?;
        self.measure(frame)?;
        self.torn = false;
        Ok(())
    }

    fn advance_all(&mut self, frame: usize) -> Result<(), ComparisonError> {
        self.watch.begin(0);
        self.reference.advance()?;
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference, watch: &self.watch };
        for (number, candidate) in self.candidates.iter_mut().enumerate() {
            self.watch.begin(number + 1);
            candidate.advance(frame, &mut self.reference, &around)?;
        }
        Ok(())
    }

    /// Measures the present fields, which are those of frame `frame`.
    fn measure(&mut self, frame: usize) -> Result<(), ComparisonError> {
        let parameters = self.setup.reference.parameters;
        let around = Surroundings { engine: &self.engine, reference: &self.setup.reference, watch: &self.watch };
        self.bounds.check(frame, &*self.reference.field()?)?;
        let measure = |candidate: &mut Candidate| candidate.measure(&mut self.reference, &around, self.bounds);
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
        self.leave_lost_device();
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

    /// The states of the reference and the candidates, from which the run can continue.
    ///
    /// # Errors
    /// When the device fails, or after a frame that failed.
    pub fn save(&mut self) -> Result<States, ComparisonError> {
        let Saved { reference, candidates } = self.saved()?;
        Ok([Some(reference)].into_iter().chain(candidates.into_iter().map(|candidate| candidate.state)).collect())
    }

    /// Goes to a frame whose states were saved. The run continues from it to the same bits as before.
    ///
    /// # Errors
    /// When the states are another run's, or the device fails.
    pub fn restore(&mut self, frame: usize, states: &[Option<State>]) -> Result<(), ComparisonError> {
        let (expected, found) = (1 + self.candidates.len(), states.len());
        let other = ComparisonError::OtherStates { expected, found };
        let [Some(reference), states @ ..] = states else { return Err(other) };
        if found != expected {
            return Err(other);
        }
        if reference.frame != frame {
            return Err(ComparisonError::OtherFrame { expected: frame, found: reference.frame });
        }
        let saved = |(candidate, state): (&Candidate, &Option<State>)| SavedCandidate {
            id: candidate.id(),
            since: candidate.since(),
            state: state.clone(),
        };
        let candidates = self.candidates.iter().zip(states).map(saved).collect();
        self.return_to(frame, &Saved { reference: reference.clone(), candidates })
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

    /// What happened to the device, if the processor has taken over from it.
    pub fn lost_device(&self) -> Option<&GpuError> {
        self.lost.as_ref()
    }

    /// Starts no more evolutions on a device that has failed.
    fn leave_lost_device(&mut self) {
        let lost = self.reference.lost_device().or_else(|| self.candidates.iter().find_map(Candidate::lost_device));
        if let Some(error) = lost {
            (self.lost, self.engine) = (Some(error.clone()), Engine::Cpu);
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

    /// The frame at which the reference was given its field, the initial one or a candidate's.
    pub fn since(&self) -> usize {
        self.since
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
