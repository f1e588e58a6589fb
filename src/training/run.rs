//! A training on a thread of its own: typed commands in, typed events out.

pub use super::worker::TrainError;
use super::{
    config::TrainConfig,
    desk::Desk,
    events::{TrainCommand, TrainEvent},
    folder::RunFolder,
    worker::{Start, Task},
};
use crate::{
    gpu::EngineChoice,
    settings::{ConfigError, training::STEPS},
    threads::{self, Priority, Stop, Worker},
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::path::{Path, PathBuf};

/// A training on its thread. Dropping the handle stops the run as [`TrainCommand::Stop`] does, and waits for the step
/// under way and for the state to be written. A window sends that command instead, and drops the handle after the last
/// event.
#[derive(Debug)]
pub struct TrainHandle {
    commands: Sender<TrainCommand>,
    events: Receiver<TrainEvent>,
    _worker: Worker,
}

impl TrainHandle {
    /// Sends a command; once the training has ended, nothing happens.
    pub fn send(&self, command: TrainCommand) {
        // A closed channel means that the run has sent its last event.
        self.commands.send(command).ok();
    }

    /// Events, in order; the channel closes after the last.
    pub fn events(&self) -> &Receiver<TrainEvent> {
        &self.events
    }
}

/// Begins a run in `folder`, which must not hold one. `command`, the command line that repeats it, goes onto the card
/// of its model. The run has a device of its own: training must not share a queue with the window.
///
/// # Errors
/// When the configuration is refused or the folder is taken. Every other failure comes as [`TrainEvent::Failed`]; one
/// before the first step leaves no folder behind.
pub fn begin(
    config: TrainConfig,
    folder: &Path,
    command: String,
    engine: EngineChoice,
) -> Result<TrainHandle, TrainError> {
    config.validate()?;
    RunFolder::check_free(folder)?;
    spawn(Task { config, folder: folder.to_owned(), engine, start: Start::Anew { command } })
}

/// Continues the run in `folder`, as [`SavedRun::resume`].
///
/// # Errors
/// When there is no run in `folder`. Every other failure comes as [`TrainEvent::Failed`].
pub fn resume(folder: &Path, data: Option<&Path>, engine: EngineChoice) -> Result<TrainHandle, TrainError> {
    SavedRun::open(folder)?.resume(data, engine)
}

/// A run in its folder, which can be resumed.
#[derive(Debug, Clone)]
pub struct SavedRun {
    folder: PathBuf,
    config: TrainConfig,
    steps: Option<usize>,
}

impl SavedRun {
    /// Reads the configuration of the run in `folder`.
    ///
    /// # Errors
    /// When there is none, or its values are refused.
    pub fn open(folder: &Path) -> Result<Self, TrainError> {
        let config = RunFolder::config(folder)?;
        config.validate()?;
        Ok(Self { folder: folder.to_owned(), config, steps: None })
    }

    /// Its configuration.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// Trains the run on, finished or not, until it has made `steps` steps in all: recorded as an
    /// [`Adjustment`](super::adjustment::Adjustment), which says what becomes of the schedules. Where the run makes as many
    /// already, nothing changes.
    ///
    /// # Errors
    /// When the run makes more.
    pub fn with_steps(self, steps: usize) -> Result<Self, TrainError> {
        let present = self.config.final_steps();
        STEPS.check(steps).map_err(ConfigError::from)?;
        if steps < present {
            let must = format!("must be no fewer than the {present} of the run");
            return Err(ConfigError::value("steps", must, steps).into());
        }
        Ok(Self { steps: Some(steps).filter(|steps| *steps > present), ..self })
    }

    /// Continues exactly where its checkpoint is. Its dataset may have moved to `data`. A run that began on the
    /// processor stays there unless `engine` names another: its curves then continue to the bit.
    ///
    /// # Errors
    /// When the system gives no thread. Every other failure comes as [`TrainEvent::Failed`].
    pub fn resume(self, data: Option<&Path>, engine: EngineChoice) -> Result<TrainHandle, TrainError> {
        let Self { folder, config, steps } = self;
        let data = data.unwrap_or(&config.data).to_owned();
        spawn(Task { config, folder, engine, start: Start::Saved { data, steps } })
    }
}

fn spawn(task: Task) -> Result<TrainHandle, TrainError> {
    let (commands, inbox) = unbounded();
    let (outbox, events) = unbounded();
    let work = {
        let outbox = outbox.clone();
        move |stop: &Stop| {
            let mut desk = Desk::new(inbox, outbox, stop);
            let last = task.execute(&mut desk).unwrap_or_else(|error| TrainEvent::Failed(error.to_string()));
            desk.say(last);
        }
    };
    let on_panic = move |reason| {
        // The receiver may be gone.
        outbox.send(TrainEvent::Failed(format!("the training stopped unexpectedly ({reason})"))).ok();
    };
    let worker = threads::spawn("training", Priority::Background, work, on_panic)?;
    Ok(TrainHandle { commands, events, _worker: worker })
}
