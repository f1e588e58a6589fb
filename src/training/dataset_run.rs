//! Generating a dataset on threads of its own: typed commands in, typed events out.

use super::{
    dataset::DatasetError,
    dataset_config::DatasetConfig,
    dataset_summary::SequencePreview,
    estimate::DatasetPlan,
    generate::{DatasetProgress, generate},
};
use crate::threads::{self, Priority, Stop, Worker};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use parking_lot::Mutex;
use std::{
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// Sequences of which each is shown; of those after, no more than one per [`PREVIEW_INTERVAL`].
const ALL_SHOWN: usize = 12;

/// Least time between two previews.
const PREVIEW_INTERVAL: Duration = Duration::from_millis(500);

/// Commands to the generation of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetCommand {
    /// Wait, without computing.
    Pause,
    /// Continue.
    Resume,
    /// End after the present frames. Finished sequences stay: beginning again in the same folder makes the rest.
    Stop,
}

/// Events of the generation of a dataset. The last event is `Done`, `Stopped` or `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum DatasetEvent {
    /// Time and disk that it needs. Sent once, before the work starts.
    Planned(DatasetPlan),
    /// A sequence was made.
    Made {
        /// Sequences finished so far.
        made: usize,
        /// Sequences asked for.
        total: usize,
        /// Seconds that the others will take, pauses aside.
        seconds_left: f64,
    },
    /// The ends of a finished sequence: of each of the first twelve made, then of one every half second at most.
    Preview(Arc<SequencePreview>),
    /// The work now waits, or continues.
    Paused(bool),
    /// The dataset in this folder is complete and can be trained on.
    Done(PathBuf),
    /// The work stopped early, on command.
    Stopped,
    /// The dataset cannot be made. Finished sequences stay.
    Failed(String),
}

/// A dataset being generated. Dropping the handle stops the work as [`DatasetCommand::Stop`] does, and waits for the
/// frames under way. A window sends that command instead, and drops the handle after the last event.
#[derive(Debug)]
pub struct DatasetHandle {
    commands: Sender<DatasetCommand>,
    events: Receiver<DatasetEvent>,
    _worker: Worker,
}

impl DatasetHandle {
    /// Sends a command; once the work has ended, nothing happens.
    pub fn send(&self, command: DatasetCommand) {
        // A closed channel means that the work has said its last event.
        self.commands.send(command).ok();
    }

    /// Events, in order; the channel closes after the last.
    pub fn events(&self) -> &Receiver<DatasetEvent> {
        &self.events
    }
}

/// Starts generating the dataset `config` in `folder`, or its missing sequences, on `threads` threads, one per core if
/// `None`. They rank with everything else that computes: a simulation that runs meanwhile has the same claim on the
/// cores.
///
/// # Errors
/// When the configuration is refused, or the system gives no thread. All else that fails comes as
/// [`DatasetEvent::Failed`].
pub fn begin_dataset(
    config: DatasetConfig,
    folder: &Path,
    threads: Option<usize>,
) -> Result<DatasetHandle, DatasetError> {
    config.validate()?;
    let threads = threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
    let (commands, inbox) = unbounded();
    let (outbox, events) = unbounded();
    let folder = folder.to_owned();
    let work = {
        let outbox = outbox.clone();
        move |stop: &Stop| {
            let desk = Arc::new(Desk { inbox, outbox, stop: stop.clone(), state: Mutex::default() });
            let last = make(&desk, &config, &folder, threads);
            desk.say(last);
        }
    };
    let on_panic = move |reason| {
        // The receiver may be gone.
        outbox.send(DatasetEvent::Failed(format!("the work stopped unexpectedly ({reason})"))).ok();
    };
    let worker = threads::spawn("dataset", Priority::Background, work, on_panic).map_err(DatasetError::Thread)?;
    Ok(DatasetHandle { commands, events, _worker: worker })
}

/// The worker's side of the channels, shared by its threads.
struct Desk {
    inbox: Receiver<DatasetCommand>,
    outbox: Sender<DatasetEvent>,
    stop: Stop,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    paused: bool,
    stopped: bool,
    previews: usize,
    last_preview: Option<Instant>,
}

/// Makes the dataset and returns the last event.
fn make(desk: &Arc<Desk>, config: &DatasetConfig, folder: &Path, threads: usize) -> DatasetEvent {
    let report = |progress| match progress {
        DatasetProgress::Planned(plan) => desk.say(DatasetEvent::Planned(plan)),
        DatasetProgress::Made { index, made, total, seconds_left } => {
            desk.say(DatasetEvent::Made { made, total, seconds_left });
            desk.show(config, folder, index);
        }
    };
    let stop = desk.clone();
    match generate(config, folder, threads, move || stop.attend(), &report) {
        Ok(Some(_)) => DatasetEvent::Done(folder.to_owned()),
        Ok(None) => DatasetEvent::Stopped,
        Err(error) => DatasetEvent::Failed(error.to_string()),
    }
}

impl Desk {
    /// Sends a preview of a finished sequence, unless the previous one was sent a moment ago.
    fn show(&self, config: &DatasetConfig, folder: &Path, index: usize) {
        {
            let mut state = self.state.lock();
            let is_early = state.last_preview.is_some_and(|last| last.elapsed() < PREVIEW_INTERVAL);
            if state.previews >= ALL_SHOWN && is_early {
                return;
            }
            state.previews += 1;
            state.last_preview = Some(Instant::now());
        }
        match SequencePreview::read(folder, config, index) {
            Ok(preview) => self.say(DatasetEvent::Preview(Arc::new(preview))),
            // A missing preview is no reason to stop.
            Err(error) => tracing::warn!("sequence {index} cannot be shown: {error}"),
        }
    }

    fn say(&self, event: DatasetEvent) {
        // If the receiver is gone, so is the handle, and the next look at the inbox ends the work.
        self.outbox.send(event).ok();
    }

    /// Handles every command that has arrived. Waits while paused, holding the lock so that all threads wait. True
    /// means stop.
    fn attend(&self) -> bool {
        let mut state = self.state.lock();
        while !state.stopped {
            let command = if state.paused {
                self.stop.receive(&self.inbox).ok_or(RecvTimeoutError::Disconnected)
            } else {
                self.stop.receive_within(&self.inbox, Duration::ZERO)
            };
            match command {
                Ok(DatasetCommand::Stop) | Err(RecvTimeoutError::Disconnected) => state.stopped = true,
                Ok(command) => {
                    let paused = command == DatasetCommand::Pause;
                    if std::mem::replace(&mut state.paused, paused) != paused {
                        self.say(DatasetEvent::Paused(paused));
                    }
                }
                Err(RecvTimeoutError::Timeout) => break,
            }
        }
        state.stopped
    }
}
