//! A comparison on a thread of its own.

use super::{Setup, Snapshot, worker};
use crate::{
    evolution::Brush,
    network::ModelSource,
    threads::{self, Priority, Stop},
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use parking_lot::Mutex;
use std::{io, path::PathBuf, sync::Arc};

/// What a simulation begins with.
#[derive(Debug, Clone)]
pub enum Start {
    /// A new run.
    Setup(Box<Setup>),
    /// The recording in a folder, at its latest frame.
    Recording(PathBuf),
}

impl From<Setup> for Start {
    fn from(setup: Setup) -> Self {
        Self::Setup(Box::new(setup))
    }
}

/// What a simulation can be asked for. Answers come as snapshots, failures as [`Event::Failed`].
#[derive(Debug, Clone)]
pub enum Command {
    /// Frames follow each other until [`Command::Pause`].
    Play,
    /// Stops after the present frame.
    Pause,
    /// One frame, and no more.
    Step,
    /// Most frames per second; `None` for as many as there is time for.
    SetSpeed(Option<f64>),
    /// Back to the initial field, the same in every value; playing goes on if it did.
    Reset,
    /// Another run. Its files are read while the present run goes on; if they cannot be, nothing changes.
    Restart(Box<Setup>),
    /// The recording in a folder, paused at its latest frame. To go on is to go on from the latest states kept there.
    Open(PathBuf),
    /// The same run with another model for its first network, from its initial field.
    SetModel(ModelSource),
    /// Paints on all evolutions at the present frame.
    Paint(Brush),
    /// Back to the latest frame not after this one whose state was kept; what came later is forgotten.
    Rewind(usize),
}

/// What happened that a snapshot does not tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A new run has begun.
    Started,
    /// The run that begins may mean something else than was meant: one sentence.
    Doubtful(String),
    /// Something could not be done; the run from before is still there.
    Failed {
        /// What was asked for, such as `open bunny.ply`.
        action: String,
        /// One sentence: what was wrong.
        message: String,
    },
    /// The thread has ended and no command will be answered again.
    Stopped(String),
}

/// Snapshot and wake-up call, shared between the thread and its handle.
pub(super) struct Shared {
    pub latest: Mutex<Option<Arc<Snapshot>>>,
    pub wake: Box<dyn Fn() + Send + Sync>,
}

/// Handle of a simulation's thread. Dropping it ends the thread after the present frame.
pub struct Simulation {
    messages: Sender<worker::Message>,
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
        messages.send(worker::Message::Command(first)).ok();
        let work = {
            let (replies, events, shared) = (messages.clone(), outbox.clone(), shared.clone());
            move |stop: &Stop| worker::Worker::new(inbox, replies, &events, &shared).run(stop)
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
        self.messages.send(worker::Message::Command(command)).ok();
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
