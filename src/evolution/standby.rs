//! Evolutions on a graphics device that outlive it.

use super::{Brush, Evolution, EvolutionError, OnDevice, State, Watch};
use crate::{field::Field, gpu::GpuError, grid::Grid, threads};
use std::mem;

/// An evolution on a graphics device. When that fails, one on the processor takes over: it returns to the state kept
/// last, and repeats what was done since.
pub struct Standby {
    /// The one at work.
    present: Box<dyn Evolution>,
    /// What takes over, until it has.
    reserve: Option<Reserve>,
    lost: Option<GpuError>,
    watch: Watch,
}

/// Starts an evolution on the processor.
type Start = Box<dyn Fn(&Field) -> Result<Box<dyn Evolution>, EvolutionError> + Send>;

/// How the evolution on the processor comes to where the other one was.
struct Reserve {
    start: Start,
    field: Field,
    /// A later state than the start from `field`, once there is one.
    state: Option<State>,
    /// What was done since.
    deeds: Vec<Deed>,
}

enum Deed {
    Advance,
    Disturb(Brush),
}

/// Deeds from one kept state to the next: few enough to be repeated in seconds, many enough that copying the state out
/// of the device costs nothing beside.
const INTERVAL: usize = 50;

impl Standby {
    /// For `present`, which has just started from `field`; `start` starts the same evolution on the processor, whose
    /// states are of the same kind.
    pub fn new(
        present: Box<dyn Evolution>,
        field: &Field,
        start: impl Fn(&Field) -> Result<Box<dyn Evolution>, EvolutionError> + Send + 'static,
    ) -> Self {
        let (start, field) = (Box::new(start), field.clone());
        let reserve = Some(Reserve { start, field, state: None, deeds: Vec::new() });
        Self { present, reserve, lost: None, watch: Watch::default() }
    }

    /// Lets `act` act on the evolution at work, once more if the device fails meanwhile.
    fn attempt<T>(
        &mut self,
        act: impl Fn(&mut dyn Evolution) -> Result<T, EvolutionError>,
    ) -> Result<T, EvolutionError> {
        if self.reserve.is_none() {
            return act(&mut *self.present);
        }
        // A device that vanishes while it is read from makes the library of the tensors panic.
        let outcome = threads::guard(|| act(&mut *self.present));
        match outcome.unwrap_or_else(|panic| Err(GpuError::Failed(panic).into())) {
            Err(EvolutionError::Device(error)) => {
                self.take_over(error)?;
                act(&mut *self.present)
            }
            outcome => outcome,
        }
    }

    /// Replaces the evolution on the device, which has failed.
    fn take_over(&mut self, error: GpuError) -> Result<(), EvolutionError> {
        let Some(Reserve { start, field, state, deeds }) = self.reserve.take() else { return Err(error.into()) };
        tracing::warn!("{}", error.taken_over());
        self.lost = Some(error);
        let failed = mem::replace(&mut self.present, start(&field)?);
        // What else panics on the way out has nothing to add.
        threads::guard(|| drop(failed)).ok();
        self.present.watch(&self.watch);
        if let Some(state) = state {
            self.present.restore(&state)?;
        }
        deeds.iter().try_for_each(|deed| match deed {
            Deed::Advance => self.present.advance(),
            Deed::Disturb(brush) => self.present.disturb(brush),
        })
    }

    /// Remembers what was done, and from time to time the state that it led to.
    fn remember(&mut self, deed: Deed) -> Result<(), EvolutionError> {
        let Some(reserve) = &mut self.reserve else { return Ok(()) };
        reserve.deeds.push(deed);
        if reserve.deeds.len() < INTERVAL {
            return Ok(());
        }
        let state = self.attempt(|evolution| evolution.save())?;
        self.keep(state);
        Ok(())
    }

    fn keep(&mut self, state: State) {
        if let Some(reserve) = &mut self.reserve {
            reserve.state = Some(state);
            reserve.deeds.clear();
        }
    }
}

impl Evolution for Standby {
    fn grid(&self) -> Grid {
        self.present.grid()
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        self.attempt(|evolution| evolution.restart(field))?;
        if let Some(reserve) = &mut self.reserve {
            (reserve.field, reserve.state) = (field.clone(), None);
            reserve.deeds.clear();
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        self.attempt(|evolution| evolution.advance())?;
        self.remember(Deed::Advance)
    }

    fn watch(&mut self, watch: &Watch) {
        self.watch = watch.clone();
        self.present.watch(watch);
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        self.attempt(|evolution| evolution.field())
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        let state = self.attempt(|evolution| evolution.save())?;
        if self.reserve.is_some() {
            self.keep(state.clone());
        }
        Ok(state)
    }

    fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        self.attempt(|evolution| evolution.restore(state))?;
        if self.reserve.is_some() {
            self.keep(state.clone());
        }
        Ok(())
    }

    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        self.attempt(|evolution| evolution.disturb(brush))?;
        self.remember(Deed::Disturb(brush.clone()))
    }

    fn lost_device(&self) -> Option<&GpuError> {
        self.lost.as_ref()
    }

    fn on_device(&mut self) -> Option<&mut dyn OnDevice> {
        self.present.on_device()
    }
}
