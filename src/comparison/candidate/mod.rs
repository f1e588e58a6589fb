//! A candidate at work: led, running or stopped.

mod journey;

use super::{CandidateSpec, ComparisonError, Runner};
use crate::{
    evolution::{Bounds, Brush, EvolutionError, Watch},
    field::Field,
    gpu::{Engine, Gpu, GpuError},
    grid::Grid,
    metrics::{self, PairMetrics, pair::gpu::GpuMetrics},
    network::{Card, Model},
    recording::{Entry, Standing},
    solver::SolverSpec,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// A candidate of a comparison.
pub struct Candidate {
    name: String,
    number: u64,
    spec: CandidateSpec,
    model: Option<Model>,
    card: Option<Arc<Card>>,
    doubts: Arc<[String]>,
    grid: Grid,
    course: Course,
    /// See [`SavedCandidate::id`](crate::recording::SavedCandidate::id).
    id: u64,
    /// Until this frame it is led, whenever the run comes there.
    led_to: usize,
    /// The frame from which it has gone by itself.
    since: usize,
    /// Its free energy at the frame measured last, and in how many successive frames that has grown.
    energy: Option<f64>,
    growing: usize,
    /// Compares fields on the device where both live there.
    meter: Option<GpuMetrics>,
}

/// Growth of the free energy per frame, as a share, that is more than rounding.
const GROWTH: f64 = 1e-5;

/// Successive frames of growth that are no transient.
const GROWING: usize = 20;

/// The number of the next candidate. One count serves all runs, so that what was meant for a candidate of the run before
/// meets none of the present one. The reference of each has 0.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// What a candidate is doing.
enum Course {
    /// It will start from the reference's field; until then it has the reference's values on its nodes.
    Led(Arc<Field>),
    Running(Runner),
    Stopped,
}

/// What a candidate needs of the comparison that it belongs to.
pub struct Surroundings<'a> {
    pub engine: &'a Engine,
    pub reference: &'a SolverSpec,
    pub watch: &'a Watch,
}

/// What a candidate is called and told from others by.
pub struct Identity {
    pub name: String,
    /// See [`SavedCandidate::id`](crate::recording::SavedCandidate::id).
    pub id: u64,
}

impl Surroundings<'_> {
    fn gpu(&self) -> Option<&Gpu> {
        match self.engine {
            Engine::Cpu => None,
            Engine::Gpu(gpu) => Some(gpu),
        }
    }
}

impl Candidate {
    /// A candidate that comes at `frame`, where the reference has `field`.
    pub fn new(
        Identity { name, id }: Identity,
        spec: CandidateSpec,
        model: Option<Model>,
        frame: usize,
        field: &Field,
        around: &Surroundings,
    ) -> Result<Self, ComparisonError> {
        let grid = spec.grid(&field.grid())?;
        let shares_device = spec.uses_device() && around.reference.uses_device();
        let equation = &around.reference.parameters.equation;
        let meter = around.gpu().filter(|_| shares_device);
        let meter = meter.map(|gpu| GpuMetrics::new(gpu, field.grid(), grid, equation)).transpose()?;
        let (card, course) = (card_of(model.as_ref()), Course::Stopped);
        let led_to = spec.lead().max(frame);
        let doubts = Arc::default();
        let mut candidate = Self {
            name,
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            spec,
            model,
            card,
            doubts,
            grid,
            course,
            id,
            led_to,
            since: led_to,
            energy: None,
            growing: 0,
            meter,
        };
        candidate.course = candidate.at(frame, field, around)?;
        Ok(candidate)
    }

    /// What it is called in tables and files.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn rename(&mut self, name: String) {
        self.name = name;
    }

    /// A number that it keeps when others come and go, and that no other is ever given.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What it is.
    pub fn spec(&self) -> &CandidateSpec {
        &self.spec
    }

    /// The card of its network's model.
    pub fn card(&self) -> Option<&Arc<Card>> {
        self.card.as_ref()
    }

    /// What is doubtful about it, see [`EvolutionSnapshot::doubts`](super::EvolutionSnapshot::doubts).
    pub fn doubts(&self) -> &Arc<[String]> {
        &self.doubts
    }

    pub(super) fn set_doubts(&mut self, doubts: Vec<String>) {
        self.doubts = doubts.into();
    }

    /// The nodes.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// See [`SavedCandidate::id`](crate::recording::SavedCandidate::id).
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Until this frame it is led, whenever the run comes there.
    pub fn led_to(&self) -> usize {
        self.led_to
    }

    /// The frame from which it evolves by itself.
    pub fn since(&self) -> usize {
        self.since
    }

    /// Milliseconds per frame, smoothed; `None` before its first frame.
    pub fn milliseconds(&self) -> Option<f64> {
        if let Course::Running(runner) = &self.course { runner.milliseconds() } else { None }
    }

    /// Wall-clock time of all its frames so far; `None` unless it evolves by itself.
    pub fn spent(&self) -> Option<Duration> {
        if let Course::Running(runner) = &self.course { Some(runner.spent()) } else { None }
    }

    /// See [`Evolution::lost_device`](crate::evolution::Evolution::lost_device).
    pub fn lost_device(&self) -> Option<&GpuError> {
        if let Course::Running(runner) = &self.course { runner.lost_device() } else { None }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        match self.course {
            Course::Led(_) => Standing::Led,
            Course::Running(_) => Standing::Running,
            Course::Stopped => Standing::Stopped,
        }
    }

    /// Reports to another watch.
    pub fn watch(&mut self, watch: &Watch) {
        if let Course::Running(runner) = &mut self.course {
            runner.watch(watch);
        }
    }

    /// Its course at a frame up to which it is led.
    fn at(&self, frame: usize, field: &Field, around: &Surroundings) -> Result<Course, ComparisonError> {
        if frame < self.led_to {
            return Ok(Course::Led(Arc::new(self.sampled(field)?)));
        }
        let evolution = self.spec.start(around.engine, around.reference, self.model.as_ref(), field)?;
        Ok(Course::Running(Runner::new(evolution, around.watch)))
    }

    /// The reference's values on its nodes.
    fn sampled(&self, field: &Field) -> Result<Field, EvolutionError> {
        Ok(field.coarsened(self.spec.coarsening())?)
    }

    /// Advances to a frame at which the reference has the field that `reference` gives. Values that are not finite stop
    /// it.
    pub fn advance(
        &mut self,
        frame: usize,
        reference: &mut Runner,
        around: &Surroundings,
    ) -> Result<(), ComparisonError> {
        match &mut self.course {
            Course::Led(_) => self.course = self.at(frame, &*reference.field()?, around)?,
            Course::Running(runner) => match runner.advance() {
                Err(EvolutionError::NotFinite { .. }) => self.course = Course::Stopped,
                advanced => advanced?,
            },
            Course::Stopped => {}
        }
        Ok(())
    }

    /// Why it may have been stopped, as far as its settings tell.
    pub fn likely_cause(&self) -> String {
        self.spec.likely_cause(&self.doubts)
    }

    /// Its field; `None` once it was stopped. Values that are not finite stop it.
    pub fn field(&mut self) -> Result<Option<Arc<Field>>, EvolutionError> {
        let field = match &mut self.course {
            Course::Led(field) => Ok(field.clone()),
            Course::Running(runner) => runner.field(),
            Course::Stopped => return Ok(None),
        };
        match field {
            Err(EvolutionError::NotFinite { .. }) => {
                self.course = Course::Stopped;
                Ok(None)
            }
            other => other.map(Some),
        }
    }

    /// Compares it with the reference at the present frame. Values that are not finite, or beyond `bounds`, stop it.
    pub fn measure(
        &mut self,
        reference: &mut Runner,
        around: &Surroundings,
        bounds: Bounds,
    ) -> Result<Entry, ComparisonError> {
        let measured = self.figures(reference, around)?;
        let holds = measured.is_some_and(|metrics| metrics.rmse.is_finite())
            && self.field()?.is_some_and(|field| bounds.hold(&field));
        if !holds {
            self.course = Course::Stopped;
        }
        let standing = self.standing();
        self.watch_energy(measured.filter(|_| standing == Standing::Running));
        Ok(Entry { standing, metrics: measured.filter(|_| standing != Standing::Stopped) })
    }

    /// Notes when its free energy keeps growing, which the equation forbids.
    fn watch_energy(&mut self, figures: Option<PairMetrics>) {
        let energy = figures.map(|figures| figures.energy_candidate);
        let grows = self.energy.zip(energy).is_some_and(|(before, now)| now > before * (1.0 + GROWTH));
        self.growing = if grows { self.growing + 1 } else { 0 };
        self.energy = energy;
        if self.growing == GROWING {
            let doubt = format!("seen to gain free energy in {GROWING} successive frames");
            if !self.doubts.contains(&doubt) {
                self.doubts = self.doubts.iter().cloned().chain([doubt]).collect();
            }
        }
    }

    /// Its next frame does not follow from the one measured last.
    fn forget_energy(&mut self) {
        (self.energy, self.growing) = (None, 0);
    }

    fn figures(
        &mut self,
        reference: &mut Runner,
        around: &Surroundings,
    ) -> Result<Option<PairMetrics>, ComparisonError> {
        let equation = &around.reference.parameters.equation;
        // Once the device has failed, the processor takes over as soon as a field is read.
        if let (Some(meter), Course::Running(runner)) = (&self.meter, &mut self.course)
            && let (Ok(Some(reference)), Ok(Some(own))) = (reference.buffer(), runner.buffer())
            && let Ok(figures) = meter.compare(&reference, &own)
        {
            return Ok(Some(figures));
        }
        let reference = reference.field()?;
        let Some(own) = self.field()? else { return Ok(None) };
        Ok(Some(metrics::compare(&reference, &own, equation).map_err(EvolutionError::from)?))
    }

    /// Paints on it. A led one follows the reference, which is painted on, too.
    pub fn disturb(&mut self, brush: &Brush, reference: &mut Runner) -> Result<(), ComparisonError> {
        match &mut self.course {
            Course::Led(_) => self.follow(reference)?,
            Course::Running(runner) => runner.disturb(brush)?,
            Course::Stopped => {}
        }
        Ok(())
    }

    /// While it is led, takes the reference's present values.
    pub fn follow(&mut self, reference: &mut Runner) -> Result<(), ComparisonError> {
        if self.standing() == Standing::Led {
            self.course = Course::Led(Arc::new(self.sampled(&*reference.field()?)?));
        }
        Ok(())
    }
}

fn card_of(model: Option<&Model>) -> Option<Arc<Card>> {
    model.map(|model| Arc::new(model.card.clone()))
}
