//! `spinodal train`: a network, from a dataset.

use super::{CommandError, args::EngineArgs, curves, interrupt, progress::Progress};
use crate::{
    gpu::{Engine, EngineChoice},
    network::PeriodicBackend,
    training::{
        config::{Preset, TrainConfig},
        folder::RunFolder,
        overrides::{Overrides, read_config},
        run::{Origin, TrainCommand, TrainError, TrainEvent, TrainHandle, begin, resume},
        validation::{QUOTED_FRAMES, Validation},
    },
};
use burn::backend::Autodiff;
use burn_flex::{Flex, FlexDevice};
use burn_wgpu::Wgpu;
use clap::Args;
use std::{
    env, iter,
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// Options of `spinodal train`.
#[derive(Debug, Clone, Args)]
pub struct TrainArgs {
    /// Folder of the run: configuration, curves, checkpoints, models
    #[arg(long, value_name = "DIR", default_value = "run")]
    pub out: PathBuf,
    /// Go on with the run in this folder, by the configuration recorded there; only --data may name another place, and
    /// --engine another engine, by which the last digits differ
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "config", "preset"])]
    pub resume: Option<PathBuf>,
    /// Configuration to start from
    #[arg(long, value_enum, default_value_t)]
    pub preset: Preset,
    /// Configuration in TOML, instead of a preset; options on the command line go before it
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub overrides: Overrides<TrainConfig>,
}

/// What computed, on the card of a model trained on the CPU.
const PROCESSOR: &str = "processor";

/// How often Ctrl-C is looked for.
const PATIENCE: Duration = Duration::from_millis(100);

/// Trains until done or Ctrl-C.
///
/// # Errors
/// When the configuration or the data is refused, or the training fails.
pub fn run(args: &TrainArgs) -> Result<(), CommandError> {
    interrupt::listen();
    let config = config(args)?;
    let engine = Engine::choose_apart(engine_choice(args)?)?;
    let origin = origin(&engine);
    let training = match engine {
        Engine::Cpu => start::<Flex>(args, config, origin, FlexDevice)?,
        Engine::Gpu(gpu) => start::<Wgpu>(args, config, origin, gpu.burn_device())?,
    };
    follow(&training, args.resume.as_ref().unwrap_or(&args.out))
}

/// What is to be trained, and how. A run that goes on may only have its data elsewhere.
fn config(args: &TrainArgs) -> Result<TrainConfig, CommandError> {
    let mut config = match (&args.resume, &args.config) {
        (Some(folder), _) => RunFolder::config(folder).map_err(TrainError::from)?,
        (None, Some(path)) => read_config(path)?,
        (None, None) => TrainConfig::preset(args.preset),
    };
    let recorded = config.clone();
    args.overrides.apply(&mut config)?;
    match &args.resume {
        Some(folder) if config != (TrainConfig { data: config.data.clone(), ..recorded }) => {
            Err(CommandError::OtherRun(folder.clone()))
        }
        _ => Ok(config),
    }
}

/// The engine asked for. A run that goes on stays on the processor if it began there, unless another is asked for: its
/// curves then go on to the bit.
fn engine_choice(args: &TrainArgs) -> Result<EngineChoice, CommandError> {
    let asked = args.engine.engine;
    let Some(folder) = args.resume.as_ref().filter(|_| asked == EngineChoice::Auto) else { return Ok(asked) };
    let begun_on = RunFolder::hardware(folder).map_err(TrainError::from)?;
    Ok(if begun_on.starts_with(PROCESSOR) { EngineChoice::Cpu } else { asked })
}

/// This command, as the card of the model will tell it.
fn origin(engine: &Engine) -> Origin {
    let arguments = env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let command = iter::once("spinodal".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ");
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let hardware = match engine {
        Engine::Cpu => format!("{PROCESSOR} ({}), {threads} threads", env::consts::ARCH),
        Engine::Gpu(gpu) => gpu.description(),
    };
    Origin { command, hardware }
}

fn start<B: PeriodicBackend>(
    args: &TrainArgs,
    config: TrainConfig,
    origin: Origin,
    device: B::Device,
) -> Result<TrainHandle, CommandError> {
    Ok(match &args.resume {
        Some(folder) => resume::<Autodiff<B>>(folder, Some(&config.data), device)?,
        None => begin::<Autodiff<B>>(config, &args.out, origin, device)?,
    })
}

/// Shows the events of the training in `folder` until its last, and keeps its curves drawn.
fn follow(training: &TrainHandle, folder: &Path) -> Result<(), CommandError> {
    let mut bar = Progress::new(0);
    let mut stopping = false;
    loop {
        if interrupt::requested() && !std::mem::replace(&mut stopping, true) {
            training.send(TrainCommand::Stop);
        }
        let event = match training.events().recv_timeout(PATIENCE) {
            Err(crossbeam_channel::RecvTimeoutError::Timeout) => continue,
            Err(crossbeam_channel::RecvTimeoutError::Disconnected) => return Err(CommandError::TrainingLost),
            Ok(event) => event,
        };
        match event {
            TrainEvent::Started { step, steps, weights } => {
                eprintln!("{weights} weights, step {step} of {steps}");
                bar = Progress::new(steps);
            }
            TrainEvent::Step(r) => {
                let detail = format!("loss {:.5}, {} frames, {} unrolled", r.loss, r.length, r.unroll);
                bar.update(r.step, &detail);
            }
            TrainEvent::Validation(validation, best) => {
                bar.line(&describe(&validation, best));
                // A picture that fails is no reason to lose the training.
                if let Err(error) = curves::draw(folder) {
                    bar.line(&error.to_string());
                }
            }
            TrainEvent::Checkpoint(_) => {}
            TrainEvent::Failed(message) => return Err(CommandError::Training(message)),
            TrainEvent::Done { step } => {
                let time = bar.finish();
                println!("step {step} reached; this took {:.1} min", time.as_secs_f64() / 60.0);
                return Ok(());
            }
            TrainEvent::Stopped { step } => {
                bar.finish();
                println!("stopped at step {step}; --resume goes on");
                return Ok(());
            }
        }
    }
}

/// A validation in one line.
fn describe(v: &Validation, best: bool) -> String {
    let at = |values: &[f64]| {
        let each = QUOTED_FRAMES.iter().zip(values).filter(|(_, value)| value.is_finite());
        each.map(|(frame, value)| format!("{value:.3} @{frame}")).collect::<Vec<_>>().join(", ")
    };
    let mark = if best { ", best so far" } else { "" };
    format!(
        "step {}: MSE {:.4}, persistence {:.4}{mark}; RMSE {}; |ΔF|/F {}",
        v.step,
        v.mse,
        v.persistence,
        at(&v.rmse),
        at(&v.energy_error)
    )
}
