//! Commands to the simulation's thread, and its events.

use super::{CandidateSpec, Inputs, Recorded, Setup, Snapshot, inputs::ReadCandidate, urgency::Urgency};
use crate::{
    evolution::{Brush, Watch},
    gpu::{Engine, EngineChoice, GpuError},
    network::ModelSource,
    recording::{Frame, States},
};
use crossbeam_channel::Sender;
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

/// Who takes over the other's field in [`Command::HandOver`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heir {
    /// The candidate restarts from the reference's field.
    Candidate,
    /// The reference restarts from the candidate's field, interpolated to its own nodes by
    /// [`Field::refined`](crate::field::Field::refined).
    Reference,
}

/// What a simulation can be asked for. Answers come as snapshots, failures as [`Event::Failed`].
///
/// Candidates are named by their [numbers](super::EvolutionSnapshot::number), since places change as others come and go.
/// What is asked of one that is gone is not done. What changes the present frame waits while a frame that was
/// [continued from](Command::Continue) is being recomputed.
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
    /// Back to the initial field, the same in every value; a run that plays keeps playing.
    Reset,
    /// Another run. Its files are read while the present run continues; if they cannot be read, nothing changes.
    Restart(Box<Setup>),
    /// The recording in a folder, paused at its latest frame. It continues from the latest states kept there.
    Open(PathBuf),
    /// The same run with another model for its first network, from its initial field.
    SetModel(ModelSource),
    /// One more candidate, last in the setup. Its files are read while the run continues; it then starts from the
    /// reference's field at the present frame, or follows the reference until its lead is over.
    AddCandidate(CandidateSpec),
    /// Takes a candidate out of the setup and of all frames kept so far.
    RemoveCandidate(u64),
    /// Newer weights for a network, which restarts from the reference's field at the present frame; the reference
    /// is not touched. Of several requests for one candidate only the latest counts.
    Reload {
        /// Which candidate.
        candidate: u64,
        /// Where the weights are.
        model: ModelSource,
    },
    /// At the present frame, the reference or a candidate restarts from the field of the other.
    HandOver {
        /// Which candidate.
        candidate: u64,
        /// Who takes over.
        to: Heir,
    },
    /// Back to a recorded frame, to continue from there; later frames are forgotten. From the nearest states kept
    /// before it the frames between are computed again, to the same bits. Where there are none, all continue from their
    /// recorded fields alone, and [`Event::Doubtful`] says so.
    Continue {
        /// The frame.
        from: usize,
    },
    /// Reads a frame of an opened recording from disk into [`Snapshot::recording`]. Of several requests only the latest
    /// counts; a frame that is there already, or not on disk, changes nothing.
    Fetch(usize),
    /// What is painted until [`Command::EndStroke`] is undone at once.
    BeginStroke,
    /// Paints on all evolutions at the present frame; outside a stroke, as a stroke of its own.
    Paint(Brush),
    /// Ends a stroke.
    EndStroke,
    /// Back to the frame and the fields before the latest stroke.
    Undo,
    /// Back to where [`Command::Undo`] was asked for.
    Redo,
}

impl Command {
    /// Whether it changes the present frame, and so has to wait until that is there.
    pub(super) fn intervenes(&self) -> bool {
        matches!(
            self,
            Self::RemoveCandidate(_)
                | Self::Reload { .. }
                | Self::HandOver { .. }
                | Self::BeginStroke
                | Self::Paint(_)
                | Self::EndStroke
                | Self::Undo
                | Self::Redo
        )
    }

    /// Whether what changes the present frame is meant just as well for another.
    pub(super) fn outlasts_frame(&self) -> bool {
        matches!(self, Self::RemoveCandidate(_) | Self::Reload { .. })
    }
}

/// What happened, beyond what a snapshot shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A new run has begun.
    Started,
    /// A doubt about the run: one sentence. Those about candidates are in the [snapshot](super::EvolutionSnapshot::doubts)
    /// and go with them.
    Doubtful(String),
    /// Something could not be done; the run from before is still there.
    Failed {
        /// What was asked for, such as `open bunny.ply`.
        action: String,
        /// One sentence: what was wrong.
        message: String,
        /// The setup, where it was a run that could not begin from one.
        setup: Option<Box<Setup>>,
    },
    /// The thread has ended and no command will be answered again.
    Stopped(String),
}

/// Chooses an engine for a run.
pub(super) type Choose = dyn Fn(EngineChoice) -> Result<Engine, GpuError>;

/// What the thread and its handle share.
pub(super) struct Shared {
    pub latest: Mutex<Option<Arc<Snapshot>>>,
    pub wake: Box<dyn Fn() + Send + Sync>,
    /// Where the evolutions report to.
    pub watch: Mutex<Watch>,
}

/// Where messages to the thread are sent.
#[derive(Clone)]
pub(super) struct Outbox {
    pub messages: Sender<Message>,
    pub urgency: Arc<Urgency>,
}

impl Outbox {
    pub fn send(&self, message: Message) {
        self.urgency.sent(&message);
        // A thread that has ended has said so by `Event::Stopped`.
        self.messages.send(message).ok();
    }
}

/// What comes to the thread.
pub(super) enum Message {
    Command(Command),
    /// Files have been read for the task with this ticket.
    Loaded {
        ticket: u64,
        loaded: Box<Result<Loaded, String>>,
    },
}

/// What was read.
pub(super) enum Loaded {
    /// Another run.
    Run(Box<Beginning>),
    /// A candidate that is to come.
    Candidate { spec: CandidateSpec, read: ReadCandidate },
    /// Other weights for a candidate.
    Weights { source: ModelSource, read: ReadCandidate },
    /// A frame of a recording, to look at.
    Frame(Option<Frame>),
    /// A frame of a recording to continue from, and the states to reach it from with the frame that these are of, if
    /// any.
    Past { frame: Option<Frame>, states: Option<(usize, States)> },
}

/// What a run begins with.
pub(super) enum Beginning {
    /// A new one.
    Inputs(Box<Inputs>),
    /// A recorded one.
    Recorded(Box<Recorded>),
}
