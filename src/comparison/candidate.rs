//! A candidate on its way: led, running or stopped.

use super::{CandidateSpec, ComparisonError, runner::Runner};
use crate::{
    evolution::{Brush, EvolutionError, State},
    field::Field,
    gpu::{Engine, Gpu},
    grid::Grid,
    metrics::{self, PairMetrics, pair::gpu::GpuMetrics},
    network::Model,
    recording::{Entry, Standing},
    solver::SolverSpec,
};
use std::{sync::Arc, time::Duration};

/// A candidate of a comparison.
pub struct Candidate {
    name: String,
    spec: CandidateSpec,
    model: Option<Model>,
    grid: Grid,
    course: Course,
    /// Compares fields on the device where both live there.
    meter: Option<GpuMetrics>,
}

/// Where a candidate is.
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
    /// A candidate at frame 0, where the reference has `field`.
    pub fn new(
        name: String,
        spec: CandidateSpec,
        model: Option<Model>,
        field: &Field,
        around: &Surroundings,
    ) -> Result<Self, ComparisonError> {
        let grid = spec.grid(&field.grid())?;
        let shares_device = spec.uses_device() && around.reference.uses_device();
        let equation = &around.reference.parameters.equation;
        let meter = around.gpu().filter(|_| shares_device);
        let meter = meter.map(|gpu| GpuMetrics::new(gpu, field.grid(), grid, equation)).transpose()?;
        let mut candidate = Self { name, spec, model, grid, course: Course::Stopped, meter };
        candidate.restart(field, around)?;
        Ok(candidate)
    }

    /// What it is called in tables and files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    pub fn spec(&self) -> &CandidateSpec {
        &self.spec
    }

    /// The nodes.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Milliseconds per frame, smoothed; `None` before its first frame.
    pub fn milliseconds(&self) -> Option<f64> {
        if let Course::Running(runner) = &self.course { runner.milliseconds() } else { None }
    }

    /// Wall-clock time of all its frames so far; `None` unless it goes by itself.
    pub fn spent(&self) -> Option<Duration> {
        if let Course::Running(runner) = &self.course { Some(runner.spent()) } else { None }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        match self.course {
            Course::Led(_) => Standing::Led,
            Course::Running(_) => Standing::Running,
            Course::Stopped => Standing::Stopped,
        }
    }

    /// Back to frame 0, where the reference has `field`.
    pub fn restart(&mut self, field: &Field, around: &Surroundings) -> Result<(), ComparisonError> {
        self.course = self.at(0, field, around)?;
        Ok(())
    }

    /// Its course at a frame up to which it is led.
    fn at(&self, frame: usize, field: &Field, around: &Surroundings) -> Result<Course, ComparisonError> {
        if frame < self.spec.lead() {
            let own = field.coarsened(self.spec.coarsening()).map_err(EvolutionError::from)?;
            return Ok(Course::Led(Arc::new(own)));
        }
        let evolution = self.spec.start(around.engine, around.reference, self.model.as_ref(), field)?;
        Ok(Course::Running(Runner::new(evolution)))
    }

    /// Goes on to a frame at which the reference has the field that `reference` gives. Values that are not finite stop it.
    pub fn advance(
        &mut self,
        frame: usize,
        reference: &mut Runner,
        around: &Surroundings,
    ) -> Result<(), ComparisonError> {
        match &mut self.course {
            Course::Led(_) => self.course = self.at(frame, &*reference.field()?, around)?,
            Course::Running(runner) => match runner.advance(around.gpu()) {
                Err(EvolutionError::NotFinite { .. }) => self.course = Course::Stopped,
                advanced => advanced?,
            },
            Course::Stopped => {}
        }
        Ok(())
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

    /// Compares it with the reference at the present frame. Values that are not finite stop it.
    pub fn measure(&mut self, reference: &mut Runner, around: &Surroundings) -> Result<Entry, ComparisonError> {
        let measured = self.figures(reference, around)?;
        if measured.is_none_or(|metrics| !metrics.rmse.is_finite()) {
            self.course = Course::Stopped;
        }
        let standing = self.standing();
        Ok(Entry { standing, metrics: measured.filter(|_| standing != Standing::Stopped) })
    }

    fn figures(
        &mut self,
        reference: &mut Runner,
        around: &Surroundings,
    ) -> Result<Option<PairMetrics>, ComparisonError> {
        let equation = &around.reference.parameters.equation;
        if let (Some(meter), Course::Running(runner)) = (&self.meter, &mut self.course)
            && let (Some(reference), Some(own)) = (reference.buffer()?, runner.buffer()?)
        {
            return Ok(Some(meter.compare(&reference, &own)?));
        }
        let reference = reference.field()?;
        let Some(own) = self.field()? else { return Ok(None) };
        Ok(Some(metrics::compare(&reference, &own, equation).map_err(EvolutionError::from)?))
    }

    /// What its future depends on; `None` where it has none of its own, led or stopped.
    pub fn save(&mut self) -> Result<Option<State>, EvolutionError> {
        if let Course::Running(runner) = &mut self.course { runner.save().map(Some) } else { Ok(None) }
    }

    /// Goes to a frame at which it was saved, and the reference had `field`.
    pub fn restore(
        &mut self,
        frame: usize,
        state: Option<&State>,
        field: &Field,
        around: &Surroundings,
    ) -> Result<(), ComparisonError> {
        self.course = match (state, frame < self.spec.lead()) {
            (_, true) => self.at(frame, field, around)?,
            (None, false) => Course::Stopped,
            (Some(state), false) => {
                let mut course = self.at(self.spec.lead(), field, around)?;
                if let Course::Running(runner) = &mut course {
                    runner.restore(state)?;
                }
                course
            }
        };
        Ok(())
    }

    /// Paints on it. A led one follows the reference, which is painted on, too.
    pub fn disturb(&mut self, brush: &Brush, reference: &mut Runner) -> Result<(), ComparisonError> {
        match &mut self.course {
            Course::Led(field) => {
                let own = reference.field()?.coarsened(self.spec.coarsening()).map_err(EvolutionError::from)?;
                *field = Arc::new(own);
            }
            Course::Running(runner) => runner.disturb(brush)?,
            Course::Stopped => {}
        }
        Ok(())
    }
}
