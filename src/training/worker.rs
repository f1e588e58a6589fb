//! The training's thread: from the dataset to the last event.

use super::{
    adjustment::Adjustment,
    config::TrainConfig,
    dataset::{Dataset, DatasetError},
    desk::Desk,
    events::{Curves, Started, TrainEvent},
    folder::{FolderError, Resumed, RunFolder},
    memory,
    state::State,
    trainer::{Trainer, Validated, initial_model},
    trainer_error::TrainerError,
};
use crate::{
    engines,
    gpu::{Engine, EngineChoice, GpuError},
    memory::MemoryError,
    network::{Card, Model, ModelError, PeriodicBackend},
    settings::ConfigError,
};
use burn::{backend::Autodiff, tensor::backend::AutodiffBackend};
use burn_flex::{Flex, FlexDevice};
use burn_wgpu::Wgpu;
use std::{env, io, mem, ops::ControlFlow, path::PathBuf, sync::Arc};
use thiserror::Error;

/// What computed, on the card of a model trained on the CPU.
const PROCESSOR: &str = "processor";

/// Why a run could not begin or continue.
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
    Memory(#[from] MemoryError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Trainer(#[from] TrainerError),
    #[error("{source}; the last good checkpoint is {path}", path = .checkpoint.display())]
    Diverged { source: TrainerError, checkpoint: PathBuf },
    #[error("cannot start a thread for the training: {0}")]
    Thread(#[from] io::Error),
}

/// A run as requested.
pub(super) struct Task {
    pub config: TrainConfig,
    pub folder: PathBuf,
    pub engine: EngineChoice,
    pub start: Start,
}

/// Where a run starts.
pub(super) enum Start {
    /// In a new folder; `command` goes onto the card of its model.
    Anew { command: String },
    /// From its checkpoint, with the dataset at `data`, and to a new number of steps if there is one.
    Saved { data: PathBuf, steps: Option<usize> },
}

/// The folder of a run, new or with its contents.
enum Place {
    /// Still to be made.
    New(PathBuf),
    Old {
        folder: Box<RunFolder>,
        state: Option<Box<State>>,
        curves: Curves,
        /// Whether its configuration has changed.
        adjusted: bool,
    },
}

/// Everything a run needs, owned by its thread.
struct Run {
    config: TrainConfig,
    dataset: Dataset,
    /// The model before the first step.
    initial: Model,
}

impl Task {
    /// Runs the task and returns the last event.
    pub fn execute(self, desk: &mut Desk) -> Result<TrainEvent, TrainError> {
        desk.say(TrainEvent::Verifying);
        let Self { mut config, folder, engine, start } = self;
        let (dataset, initial, engine, place) = match start {
            Start::Anew { command } => {
                let dataset = Dataset::open(&config.data)?;
                let mut initial = initial_model(&config)?;
                let engine = engines::choose_apart(engine)?;
                sign(&mut initial.card, command, &engine);
                (dataset, initial, engine, Place::New(folder))
            }
            Start::Saved { data, steps } => {
                let Resumed { folder, initial, state, curves } = RunFolder::resume(&folder)?;
                let dataset = folder.open_data(&data)?;
                let adjusted = steps.is_some();
                if adjusted {
                    let made = state.as_ref().map_or(0, |state| state.step);
                    config.adjust(made, Adjustment { steps, ..Adjustment::default() })?;
                }
                let stays = engine == EngineChoice::Auto && initial.card.hardware.starts_with(PROCESSOR);
                let engine = engines::choose_apart(if stays { EngineChoice::Cpu } else { engine })?;
                let (folder, state) = (Box::new(folder), state.map(Box::new));
                (dataset, initial, engine, Place::Old { folder, state, curves, adjusted })
            }
        };
        if matches!(engine, Engine::Cpu) {
            memory::check(&config, &initial.config, &dataset)?;
        }
        for check in dataset.checks() {
            check?;
            if desk.attend().is_break() {
                return Ok(TrainEvent::Stopped { step: place.step() });
            }
        }
        let run = Run { config, dataset, initial };
        match engine {
            Engine::Cpu => run.train::<Autodiff<Flex>>(place, FlexDevice, desk),
            Engine::Gpu(gpu) => run.train::<Autodiff<Wgpu>>(place, gpu.burn_device(), desk),
        }
    }
}

/// Adds to the card of the initial model how it is trained, after the commands that made it.
fn sign(card: &mut Card, command: String, engine: &Engine) {
    let commands = [mem::take(&mut card.command), command];
    card.command = commands.into_iter().filter(|command| !command.is_empty()).collect::<Vec<_>>().join(" && ");
    card.hardware = match engine {
        Engine::Cpu => format!("{PROCESSOR} ({}), {} threads", env::consts::ARCH, rayon::current_num_threads()),
        Engine::Gpu(gpu) => gpu.description(),
    };
}

impl Place {
    /// Steps made before.
    fn step(&self) -> usize {
        match self {
            Self::Old { state: Some(state), .. } => state.step,
            _ => 0,
        }
    }
}

impl Run {
    /// Trains to the end, or until a command to stop, and returns the last event.
    fn train<B>(self, place: Place, device: B::Device, desk: &mut Desk) -> Result<TrainEvent, TrainError>
    where
        B: AutodiffBackend + PeriodicBackend,
        B::InnerBackend: PeriodicBackend,
    {
        let Self { config, dataset, initial } = self;
        // A training that cannot start must fail before the folder is taken.
        let mut trainer = Trainer::<B>::new(&config, &dataset, initial.clone(), device)?;
        let (mut folder, curves, is_new) = match place {
            Place::New(path) => {
                (RunFolder::create(&path, &config, dataset.manifest(), &initial)?, Curves::default(), true)
            }
            Place::Old { mut folder, state, curves, adjusted } => {
                let step = state.as_ref().map(|state| state.step);
                state.map_or(Ok(()), |state| trainer.restore(*state))?;
                // Nothing is changed before all is found to fit.
                folder.cut(step)?;
                if adjusted {
                    folder.record_config(&config)?;
                }
                (*folder, curves, step.is_none())
            }
        };
        let (step, weights) = (trainer.state().step, trainer.state().weights.len());
        desk.say(TrainEvent::Started(Box::new(Started { config, step, weights, curves })));
        if is_new {
            validate(&mut trainer, &mut folder, desk)?;
            folder.save(trainer.state())?;
        } else {
            desk.say(TrainEvent::Preview(Arc::new(trainer.preview()?)));
        }
        if let Some(validation) = trainer.yardstick()? {
            desk.say(TrainEvent::Yardstick(validation));
        }
        desk.begin_step();
        loop {
            adjust(&mut trainer, &folder, desk)?;
            if trainer.finished() {
                return Ok(TrainEvent::Done { step: trainer.state().step });
            }
            let every = trainer.config().validate_every;
            let validations = trainer.state().step / every;
            if !walk(&mut trainer, &mut folder, desk)? {
                adjust(&mut trainer, &folder, desk)?;
                write_model(&trainer, &folder, false, desk)?;
                folder.save(trainer.state())?;
                return Ok(TrainEvent::Stopped { step: trainer.state().step });
            }
            if trainer.state().step / every > validations || trainer.reached_end() {
                validate(&mut trainer, &mut folder, desk)?;
            } else if mem::take(&mut desk.save) {
                write_model(&trainer, &folder, false, desk)?;
            }
            folder.save(trainer.state())?;
        }
    }
}

/// Makes the requested changes, and records and reports them.
fn adjust<B>(trainer: &mut Trainer<B>, folder: &RunFolder, desk: &mut Desk) -> Result<(), TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    for change in mem::take(&mut desk.changes) {
        match trainer.adjust(change) {
            Ok(adjusted) => {
                folder.record_config(trainer.config())?;
                desk.say(TrainEvent::Adjusted(adjusted));
            }
            Err(error) => desk.say(TrainEvent::Refused(error.to_string())),
        }
    }
    Ok(())
}

/// Validates, and reports and writes the results.
fn validate<B>(trainer: &mut Trainer<B>, folder: &mut RunFolder, desk: &mut Desk) -> Result<(), TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    let Validated { validation, best, preview } = trainer.validate()?;
    folder.record_validation(&validation)?;
    desk.say(TrainEvent::Validation(validation, best));
    desk.say(TrainEvent::Preview(Arc::new(preview)));
    desk.save = false;
    write_model(trainer, folder, best, desk)?;
    desk.begin_step();
    Ok(())
}

/// Makes one walk and reports its steps. False when it was interrupted.
fn walk<B>(trainer: &mut Trainer<B>, folder: &mut RunFolder, desk: &mut Desk) -> Result<bool, TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    let mut written = Ok(());
    let walked = trainer.walk(&mut |report| {
        written = folder.record_step(&report);
        desk.report(report);
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

/// Writes the averaged network as the last model and, if it is the best, as that too.
fn write_model<B>(trainer: &Trainer<B>, folder: &RunFolder, best: bool, desk: &Desk) -> Result<(), TrainError>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    let mut model = trainer.model();
    model.card.training_seconds += folder.seconds();
    for best in [Some(false), best.then_some(true)].into_iter().flatten() {
        desk.say(TrainEvent::Checkpoint(folder.save_model(&model, best)?));
    }
    Ok(())
}
