//! Files that are read while the simulation runs, each task on a thread of its own.

use super::{
    ComparisonError, Setup,
    messages::{Loaded, Message, Outbox},
};
use crate::threads::{self, Priority, Stop};
use std::{io, sync::Arc};

/// The tasks whose answers are awaited.
pub(super) struct Loader {
    outbox: Outbox,
    tickets: u64,
    tasks: Vec<Task>,
}

/// Something that is being read.
pub(super) struct Task {
    ticket: u64,
    pub read_for: ReadFor,
    /// What was asked for, such as `open bunny.ply`.
    pub action: Arc<str>,
}

/// What it is read for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ReadFor {
    /// Another run: this one, or one that was recorded.
    Run(Option<Box<Setup>>),
    /// One more candidate.
    Candidate,
    /// Other weights for the candidate of this number.
    Weights(u64),
    /// To continue from this frame.
    Past(usize),
    /// To look at a frame.
    Frame,
}

impl ReadFor {
    /// The setup from which a run is to begin.
    pub fn setup(&self) -> Option<&Setup> {
        if let Self::Run(setup) = self { setup.as_deref() } else { None }
    }

    /// Whether this task makes an earlier one obsolete.
    fn replaces(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Run(_), Self::Run(_)) | (Self::Past(_), Self::Past(_)) => true,
            (Self::Weights(new), Self::Weights(old)) => new == old,
            _ => false,
        }
    }
}

impl Loader {
    pub fn new(outbox: Outbox) -> Self {
        Self { outbox, tickets: 0, tasks: Vec::new() }
    }

    /// Reads on a thread of its own, which answers with [`Message::Loaded`].
    pub fn begin(
        &mut self,
        read_for: ReadFor,
        action: String,
        read: impl FnOnce() -> Result<Loaded, ComparisonError> + Send + 'static,
    ) -> io::Result<()> {
        self.tasks.retain(|task| !read_for.replaces(&task.read_for));
        self.tickets += 1;
        let (ticket, outbox) = (self.tickets, self.outbox.clone());
        let reply = move |loaded| outbox.send(Message::Loaded { ticket, loaded: Box::new(loaded) });
        let work = {
            let reply = reply.clone();
            move |_: &Stop| reply(read().map_err(|error| error.to_string()))
        };
        let on_panic = move |reason| reply(Err(format!("the program failed while reading ({reason})")));
        // A file may be slow: the thread ends by itself.
        threads::spawn("loader", Priority::Background, work, on_panic)?.detach();
        self.tasks.push(Task { ticket, read_for, action: action.into() });
        Ok(())
    }

    /// Whether the answer with this ticket is still wanted.
    pub fn awaits(&self, ticket: u64) -> Option<&ReadFor> {
        self.tasks.iter().find(|task| task.ticket == ticket).map(|task| &task.read_for)
    }

    /// The task that was answered, unless it is obsolete.
    pub fn finish(&mut self, ticket: u64) -> Option<Task> {
        let place = self.tasks.iter().position(|task| task.ticket == ticket)?;
        Some(self.tasks.remove(place))
    }

    /// Makes all tasks obsolete.
    pub fn forget(&mut self) {
        self.tasks.clear();
    }

    /// The setup of the run that is being loaded, unless it is a recording.
    pub fn setup(&self) -> Option<&Setup> {
        self.tasks.iter().find_map(|task| task.read_for.setup())
    }

    pub fn reads_past(&self) -> bool {
        self.tasks.iter().any(|task| matches!(task.read_for, ReadFor::Past(_)))
    }

    pub fn reads_frame(&self) -> bool {
        self.tasks.iter().any(|task| task.read_for == ReadFor::Frame)
    }

    /// The task to show to the user, if any.
    pub fn label(&self) -> Option<Arc<str>> {
        let shown = |task: &&Task| !matches!(task.read_for, ReadFor::Weights(_) | ReadFor::Frame);
        self.tasks.iter().rev().find(shown).map(|task| task.action.clone())
    }
}
