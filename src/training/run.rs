//! A training on a thread of its own: typed commands in, typed events out.

use super::{
    config::TrainConfig,
    curves::Curves,
    dataset::DatasetError,
    folder::{FolderError, RunFolder},
    trainer::{StepReport, TrainerError},
    validation::Validation,
    worker::{Desk, Start, Task},
};
use crate::{
    gpu::{EngineChoice, GpuError},
    network::ModelError,
    settings::ConfigError,
    threads::{self, Priority, Stop, Worker},
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// What a running training can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainCommand {
    /// Wait, without computing.
    Pause,
    /// Go on.
    Resume,
    /// Write a checkpoint and the present model, and end. The walk under way is taken back: a resumed run makes it again.
    Stop,
    /// Write a checkpoint and the present model.
    Save,
}

/// What a running training says. The last event is `Done`, `Stopped` or `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainEvent {
    /// The files of the dataset are compared with their checksums, which takes seconds.
    Verifying,
    /// The run begins, or goes on.
    Started(Box<Started>),
    /// One step of the optimiser.
    Step(StepReport),
    /// Errors of whole rollouts, and whether they are the smallest so far.
    Validation(Validation, bool),
    /// A model was written.
    Checkpoint(PathBuf),
    /// All steps are made.
    Done { step: usize },
    /// The run ended early as it was told to. Once it has started, it can be resumed.
    Stopped { step: usize },
    /// The run cannot begin or go on. Checkpoints stay as they are.
    Failed(String),
}

/// What a run begins with, or goes on with.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// The configuration recorded in its folder.
    pub config: TrainConfig,
    /// Steps made before.
    pub step: usize,
    /// Weights of the network.
    pub weights: usize,
    /// What was reported before.
    pub curves: Curves,
}

/// Why a run could not begin or go on.
#[derive(Debug, Error)]
pub enum TrainError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Trainer(#[from] TrainerError),
    #[error("{source}; the last good checkpoint is {path}", path = .checkpoint.display())]
    Diverged { source: TrainerError, checkpoint: PathBuf },
    #[error("cannot start a thread for the training: {0}")]
    Thread(#[from] io::Error),
}

/// A training on its thread. Dropping it stops the run as [`TrainCommand::Stop`] does, and waits until it has: for a step
/// and the writing of its state. A window sends that command instead, and drops the handle after the last event.
#[derive(Debug)]
pub struct TrainHandle {
    commands: Sender<TrainCommand>,
    events: Receiver<TrainEvent>,
    _worker: Worker,
}

impl TrainHandle {
    /// Tells the training something; once it has ended, nothing happens.
    pub fn send(&self, command: TrainCommand) {
        // A closed channel means that the run has said its last event.
        self.commands.send(command).ok();
    }

    /// Events, in order; the channel closes after the last.
    pub fn events(&self) -> &Receiver<TrainEvent> {
        &self.events
    }
}

/// Begins a run in `folder`, which must not hold one. `command`, the command line that makes it again, goes onto the card
/// of its model. The run has a device of its own: training must not share a queue with the window.
///
/// # Errors
/// When the configuration is refused or the folder is taken. All else that fails comes as [`TrainEvent::Failed`], and
/// what fails before the first step takes no folder.
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

/// Goes on with the run in `folder`, as [`SavedRun::resume`].
///
/// # Errors
/// When there is no run in `folder`. All else that fails comes as [`TrainEvent::Failed`].
pub fn resume(folder: &Path, data: Option<&Path>, engine: EngineChoice) -> Result<TrainHandle, TrainError> {
    SavedRun::open(folder)?.resume(data, engine)
}

/// A run in its folder, which can go on.
#[derive(Debug, Clone)]
pub struct SavedRun {
    folder: PathBuf,
    config: TrainConfig,
}

impl SavedRun {
    /// Reads the configuration of the run in `folder`.
    ///
    /// # Errors
    /// When there is none, or it is refused.
    pub fn open(folder: &Path) -> Result<Self, TrainError> {
        let config = RunFolder::config(folder)?;
        config.validate()?;
        Ok(Self { folder: folder.to_owned(), config })
    }

    /// Its configuration.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// Goes on exactly where its checkpoint is. Its dataset may have moved to `data`. A run that began on the processor
    /// stays there unless `engine` names another: its curves then go on to the bit.
    ///
    /// # Errors
    /// When the system gives no thread. All else that fails comes as [`TrainEvent::Failed`].
    pub fn resume(self, data: Option<&Path>, engine: EngineChoice) -> Result<TrainHandle, TrainError> {
        let Self { folder, config } = self;
        let data = data.unwrap_or(&config.data).to_owned();
        spawn(Task { config, folder, engine, start: Start::Saved { data } })
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
        // Nobody may listen any more.
        outbox.send(TrainEvent::Failed(format!("the training stopped in an unforeseen way ({reason})"))).ok();
    };
    let worker = threads::spawn("training", Priority::Background, work, on_panic)?;
    Ok(TrainHandle { commands, events, _worker: worker })
}
