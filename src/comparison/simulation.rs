//! A comparison on a thread of its own.

use super::{
    Snapshot,
    messages::{Command, Event, Message, Shared, Start},
    worker::Worker,
};
use crate::threads::{self, Priority, Stop};
use crossbeam_channel::{Receiver, Sender, unbounded};
use parking_lot::Mutex;
use std::{io, sync::Arc};

/// Handle of a simulation's thread. Dropping it ends the thread after the present frame.
pub struct Simulation {
    messages: Sender<Message>,
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
        let (messages, inbox) = unbounded();
        let (outbox, events) = unbounded();
        let shared = Arc::new(Shared { latest: Mutex::new(None), wake: Box::new(wake) });
        // Until a run exists, starting one is all that can be obeyed: it comes first.
        let first = match start.into() {
            Start::Setup(setup) => Command::Restart(setup),
            Start::Recording(folder) => Command::Open(folder),
        };
        // Fails only if nobody listens any more.
        messages.send(Message::Command(first)).ok();
        let work = {
            let (replies, events, shared) = (messages.clone(), outbox.clone(), shared.clone());
            move |stop: &Stop| Worker::new(inbox, replies, &events, &shared).run(stop)
        };
        let on_panic = {
            let shared = shared.clone();
            move |reason| {
                // Fails only if nobody listens any more.
                outbox.send(Event::Stopped(format!("the simulation stopped: {reason}"))).ok();
                (shared.wake)();
            }
        };
        let worker = threads::spawn("simulation", Priority::Background, work, on_panic)?;
        Ok(Self { messages, events, shared, _worker: worker })
    }

    /// Asks for something; never waits.
    pub fn send(&self, command: Command) {
        // A thread that has ended has said so by `Event::Stopped`.
        self.messages.send(Message::Command(command)).ok();
    }

    /// The latest state; `None` until the first run has been loaded.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.shared.latest.lock().clone()
    }

    /// The next event that has not been taken yet; never waits.
    pub fn event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }
}
