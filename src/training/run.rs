//! A training on a thread of its own: typed commands in, typed events out.

use super::{
    config::TrainConfig,
    dataset::{Dataset, DatasetError},
    folder::{FolderError, RunFolder},
    overrides::ConfigError,
    trainer::{State, StepReport, Trainer, TrainerError, initial_model},
    validation::Validation,
};
use crate::network::{Card, Model, ModelError, PeriodicBackend};
use burn::tensor::backend::AutodiffBackend;
use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};
use std::{io, mem, ops::ControlFlow, path::Path, path::PathBuf, thread};
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
    /// The run begins, or goes on, at `step` of `steps`, with so many weights.
    Started { step: usize, steps: usize, weights: usize },
    /// One step of the optimiser.
    Step(StepReport),
    /// Errors of whole rollouts, and whether they are the smallest so far.
    Validation(Validation, bool),
    /// A model was written.
    Checkpoint(PathBuf),
    /// All steps are made.
    Done { step: usize },
    /// The run ended early as it was told to, and can be resumed.
    Stopped { step: usize },
    /// The run cannot go on. Checkpoints stay as they are.
    Failed(String),
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
    Model(#[from] ModelError),
    #[error(transparent)]
    Trainer(#[from] TrainerError),
    #[error("{source}; the last good checkpoint is {path}", path = .checkpoint.display())]
    Diverged { source: TrainerError, checkpoint: PathBuf },
    #[error("cannot start a thread for the training: {0}")]
    Thread(#[from] io::Error),
}

/// How a run was begun, for the card of its model.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Command line that makes it again.
    pub command: String,
    /// What computes.
    pub hardware: String,
}

impl Origin {
    /// Onto the card of the model to start from, after the commands that made that.
    fn sign(self, card: &mut Card) {
        let commands = [mem::take(&mut card.command), self.command];
        card.command = commands.into_iter().filter(|command| !command.is_empty()).collect::<Vec<_>>().join(" && ");
        card.hardware = self.hardware;
    }
}

/// A training on its thread. Dropping it stops the run as [`TrainCommand::Stop`] does.
#[derive(Debug)]
pub struct TrainHandle {
    commands: Sender<TrainCommand>,
    events: Receiver<TrainEvent>,
}

impl TrainHandle {
    /// Tells the training something; once it has ended, nothing happens.
    pub fn send(&self, command: TrainCommand) {
        // A closed channel means that the run has said its last event.
        let _ = self.commands.send(command);
    }

    /// Events, in order; the channel closes after the last.
    pub fn events(&self) -> &Receiver<TrainEvent> {
        &self.events
    }
}

/// Begins a run in `folder`, which must not hold one. Reads all data once, to compare them with their checksums: that takes
/// seconds.
///
/// # Errors
/// When the configuration is refused, the dataset cannot be opened, or the folder is taken.
pub fn begin<B>(
    config: TrainConfig,
    folder: &Path,
    origin: Origin,
    device: B::Device,
) -> Result<TrainHandle, TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    config.validate()?;
    let dataset = Dataset::open(&config.data)?;
    dataset.verify()?;
    let mut initial = initial_model(&config)?;
    origin.sign(&mut initial.card);
    // What cannot be trained is found out before the folder is taken.
    Trainer::<B>::new(&config, &dataset, initial.clone(), device.clone())?;
    let folder = RunFolder::create(folder, &config, dataset.manifest(), &initial)?;
    spawn::<B>(Run { config, dataset, initial, folder }, None, device)
}

/// Goes on with the run in `folder` exactly where its checkpoint is. Its dataset may have moved to `data`.
///
/// # Errors
/// When there is no run in `folder`, or its dataset cannot be opened or is another.
pub fn resume<B>(folder: &Path, data: Option<&Path>, device: B::Device) -> Result<TrainHandle, TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    let config = RunFolder::config(folder)?;
    config.validate()?;
    let data = data.unwrap_or(&config.data);
    let (folder, initial, state) = RunFolder::resume(folder)?;
    let dataset = folder.open_data(data)?;
    dataset.verify()?;
    spawn::<B>(Run { config, dataset, initial, folder }, state, device)
}

fn spawn<B>(run: Run, state: Option<State>, device: B::Device) -> Result<TrainHandle, TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    let (commands, inbox) = unbounded();
    let (outbox, events) = unbounded();
    let desk = Desk { inbox, outbox, save: false };
    thread::Builder::new().name("training".to_owned()).spawn(move || {
        let mut desk = desk;
        let last = match run.execute::<B>(state, device, &mut desk) {
            Ok(last) => last,
            Err(error) => TrainEvent::Failed(error.to_string()),
        };
        desk.say(last);
    })?;
    Ok(TrainHandle { commands, events })
}

/// The training thread's side of the channels.
struct Desk {
    inbox: Receiver<TrainCommand>,
    outbox: Sender<TrainEvent>,
    /// Whether a checkpoint was asked for.
    save: bool,
}

impl Desk {
    fn say(&self, event: TrainEvent) {
        // When nobody listens any more, the next look at the inbox ends the run.
        let _ = self.outbox.send(event);
    }

    /// Takes every command that has arrived, waiting while paused. `Break` means stop.
    fn attend(&mut self) -> ControlFlow<()> {
        let mut paused = false;
        loop {
            let command =
                if paused { self.inbox.recv().map_err(|_| TryRecvError::Disconnected) } else { self.inbox.try_recv() };
            match command {
                Ok(TrainCommand::Pause) => paused = true,
                Ok(TrainCommand::Resume) => paused = false,
                Ok(TrainCommand::Save) => self.save = true,
                Ok(TrainCommand::Stop) | Err(TryRecvError::Disconnected) => return ControlFlow::Break(()),
                Err(TryRecvError::Empty) => return ControlFlow::Continue(()),
            }
        }
    }
}

/// All that a run needs, owned by its thread.
struct Run {
    config: TrainConfig,
    dataset: Dataset,
    initial: Model,
    folder: RunFolder,
}

impl Run {
    /// Trains to the end, or until told to stop, and gives the last event.
    fn execute<B>(mut self, state: Option<State>, device: B::Device, desk: &mut Desk) -> Result<TrainEvent, TrainError>
    where
        B: AutodiffBackend + PeriodicBackend,
        B::InnerBackend: PeriodicBackend,
    {
        let mut trainer = Trainer::<B>::new(&self.config, &self.dataset, self.initial, device)?;
        if let Some(state) = state {
            trainer.restore(state)?;
        }
        let (step, weights) = (trainer.state().step, trainer.state().weights.len());
        desk.say(TrainEvent::Started { step, steps: self.config.steps, weights });
        while !trainer.finished() {
            let validations = trainer.state().step / self.config.validate_every;
            if !walk(&mut trainer, &mut self.folder, desk)? {
                write_model(&trainer, &self.folder, false, desk)?;
                self.folder.save(trainer.state())?;
                return Ok(TrainEvent::Stopped { step: trainer.state().step });
            }
            let due = trainer.state().step / self.config.validate_every > validations;
            if due || trainer.finished() {
                let (validation, best) = trainer.validate()?;
                self.folder.record_validation(&validation)?;
                desk.say(TrainEvent::Validation(validation, best));
                write_model(&trainer, &self.folder, best, desk)?;
            } else if mem::take(&mut desk.save) {
                write_model(&trainer, &self.folder, false, desk)?;
            }
            self.folder.save(trainer.state())?;
        }
        Ok(TrainEvent::Done { step: trainer.state().step })
    }
}

/// One walk with everything that is said and written on the way. False when it was broken off.
fn walk<B>(trainer: &mut Trainer<B>, folder: &mut RunFolder, desk: &mut Desk) -> Result<bool, TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    let mut written = Ok(());
    let walked = trainer.walk(&mut |report| {
        written = folder.record_step(&report);
        desk.say(TrainEvent::Step(report));
        if written.is_err() { ControlFlow::Break(()) } else { desk.attend() }
    });
    written?;
    match walked {
        Err(source @ TrainerError::Diverged { .. }) => {
            Err(TrainError::Diverged { source, checkpoint: folder.save(trainer.state())? })
        }
        other => Ok(other?),
    }
}

/// Writes the averaged network as the last model and, if so, the best one.
fn write_model<B>(trainer: &Trainer<B>, folder: &RunFolder, best: bool, desk: &Desk) -> Result<(), TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    let mut model = trainer.model();
    model.card.training_seconds += folder.seconds();
    for path in [Some(false), best.then_some(true)].into_iter().flatten().map(|best| folder.model_path(best)) {
        model.save(&path)?;
        desk.say(TrainEvent::Checkpoint(path));
    }
    Ok(())
}
