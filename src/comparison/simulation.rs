//! A comparison on a thread of its own.

use super::{
    Snapshot,
    messages::{Command, Event, Message, Outbox, Shared, Start},
    worker::Worker,
};
use crate::{
    engines,
    evolution::{Progress, Watch},
    gpu::{Engine, EngineChoice, GpuError},
    threads::{self, Priority, Stop},
};
use crossbeam_channel::{Receiver, unbounded};
use parking_lot::Mutex;
use std::{io, sync::Arc};

/// Handle of a simulation's thread. Dropping it ends the thread, within a frame where the evolutions allow it.
pub struct Simulation {
    outbox: Outbox,
    events: Receiver<Event>,
    shared: Arc<Shared>,
    _worker: threads::Worker,
}

impl Simulation {
    /// Starts a thread and, on it, a paused run.
    ///
    /// `wake` is called, on the simulation's thread, after each snapshot and event.
    ///
    /// # Errors
    /// When the system gives no thread. All else that fails comes as an [`Event`].
    pub fn spawn(start: impl Into<Start>, wake: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        Self::spawn_on(start, engines::choose, wake)
    }

    /// As [`Simulation::spawn`], on the engines that `choose` gives.
    ///
    /// # Errors
    /// As [`Simulation::spawn`].
    pub fn spawn_on(
        start: impl Into<Start>,
        choose: impl Fn(EngineChoice) -> Result<Engine, GpuError> + Send + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (messages, inbox) = unbounded();
        let (teller, events) = unbounded();
        let outbox = Outbox { messages, urgency: Arc::default() };
        let shared =
            Arc::new(Shared { latest: Mutex::new(None), wake: Box::new(wake), watch: Mutex::new(Watch::default()) });
        // Until a run exists, only starting one is possible: it comes first.
        let first = match start.into() {
            Start::Setup(setup) => Command::Restart(setup),
            Start::Recording(folder) => Command::Open(folder),
        };
        outbox.send(Message::Command(first));
        let work = {
            let (outbox, events, shared) = (outbox.clone(), teller.clone(), shared.clone());
            move |stop: &Stop| Worker::new(inbox, outbox, &events, &shared, stop, &choose).run()
        };
        let on_panic = {
            let shared = shared.clone();
            move |reason| {
                // Fails only if nobody listens any more.
                teller.send(Event::Stopped(format!("the simulation stopped: {reason}"))).ok();
                (shared.wake)();
            }
        };
        let worker = threads::spawn("simulation", Priority::Background, work, on_panic)?;
        Ok(Self { outbox, events, shared, _worker: worker })
    }

    /// Sends a command; never waits.
    pub fn send(&self, command: Command) {
        self.outbox.send(Message::Command(command));
    }

    /// The latest state; `None` until the first run has been loaded.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.shared.latest.lock().clone()
    }

    /// Which evolution is being advanced at the moment, 0 for the reference and from 1 on for the candidates, and how
    /// far its frame has come; `None` between frames.
    pub fn progress(&self) -> Option<Progress> {
        self.shared.watch.lock().progress()
    }

    /// The next event that has not been taken yet; never waits.
    pub fn event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }
}
