//! What a simulation's thread is told, and what it tells.

use super::{Inputs, Recorded, Setup, Snapshot};
use crate::{evolution::Brush, network::ModelSource};
use parking_lot::Mutex;
use std::{path::PathBuf, sync::Arc};

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

/// What comes to the thread.
pub(super) enum Message {
    Command(Command),
    /// Files have been read for the request with this ticket.
    Loaded {
        ticket: u64,
        action: String,
        loaded: Box<Result<Loaded, String>>,
    },
}

/// What a run begins with.
pub(super) enum Loaded {
    Inputs(Inputs),
    Recorded(Recorded),
}
