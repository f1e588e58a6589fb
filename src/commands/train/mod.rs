//! `spinodal train`: a network, from a dataset.

mod curves;

use super::{CommandError, args::EngineArgs, interrupt, progress::Progress, say};
use crate::{
    formats::KnownFolder,
    settings::{Overrides, read_config},
    threads,
    training::{
        config::TrainConfig,
        events::{Curves, TrainCommand, TrainEvent},
        folder::RunFolder,
        preset::Preset,
        run::{SavedRun, TrainHandle, begin},
        validation::{QUOTED_FRAMES, Validation},
    },
};
use clap::Args;
use crossbeam_channel::RecvTimeoutError;
use std::{
    env, iter,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Options of `spinodal train`.
#[derive(Debug, Clone, Args)]
pub struct TrainArgs {
    /// Folder of the run: configuration, curves, checkpoints, models
    #[arg(long, value_name = "DIR", default_value = "run")]
    pub out: PathBuf,
    /// Continue the run in this folder with the configuration recorded there. Only --data may name another place,
    /// --steps a larger number of steps, and --engine another engine, on which the last digits differ
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "config", "preset"])]
    pub resume: Option<PathBuf>,
    /// Configuration to start from
    #[arg(long, value_enum, default_value_t)]
    pub preset: Preset,
    /// Configuration in TOML, instead of a preset; options on the command line override it
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub overrides: Overrides<TrainConfig>,
}

/// How often Ctrl-C is looked for.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long the present walk or validation may take to end. One that is given up is repeated when the run is resumed.
const GRACE: Duration = Duration::from_millis(1000);

/// Trains until the last step or Ctrl-C.
///
/// # Errors
/// When the configuration or the data is refused, or the training fails.
pub fn run(args: &TrainArgs) -> Result<(), CommandError> {
    interrupt::listen();
    match &args.resume {
        Some(folder) => follow(&go_on(args, folder)?, folder),
        None => follow(&begin(config(args)?, &args.out, command_line(), args.engine.choice())?, &args.out),
    }
}

/// What is to be trained, and how.
fn config(args: &TrainArgs) -> Result<TrainConfig, CommandError> {
    let mut config = match &args.config {
        Some(path) => read_config(path)?,
        None => TrainConfig::preset(args.preset),
    };
    args.overrides.apply(&mut config)?;
    Ok(config)
}

/// Continues the run in `folder`; only its data may be elsewhere, and its steps more.
fn go_on(args: &TrainArgs, folder: &Path) -> Result<TrainHandle, CommandError> {
    let mut run = SavedRun::open(folder)?;
    let recorded = run.config().clone();
    let mut asked = recorded.clone();
    args.overrides.apply(&mut asked)?;
    let (data, steps) = (asked.data.clone(), asked.steps);
    if asked != (TrainConfig { data: data.clone(), steps, ..recorded.clone() }) {
        let last = Some(RunFolder::model_path(folder, false)).filter(|model| model.exists());
        return Err(CommandError::OtherRun(last));
    }
    if steps != recorded.steps {
        run = run.with_steps(steps)?;
    }
    Ok(run.resume(Some(&data), args.engine.choice())?)
}

/// This command, as the card of the model will tell it.
fn command_line() -> String {
    let arguments = env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    iter::once("spinodal".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// Shows the events of the training in `folder` until its last, and keeps its curves drawn.
fn follow(training: &TrainHandle, folder: &Path) -> Result<(), CommandError> {
    let mut bar = Progress::new(0);
    let (mut curves, mut place) = (Curves::default(), None);
    let (mut stopping, mut drawn) = (None::<Instant>, false);
    loop {
        if interrupt::requested() && stopping.is_none() {
            stopping = Some(Instant::now());
            training.send(TrainCommand::Stop);
        }
        if stopping.is_some_and(|since| since.elapsed() > GRACE) {
            bar.finish();
            // Whoever returned would wait for that walk.
            let said = say::result(stopped(RunFolder::saved_step(folder)));
            threads::leave(said.inspect_err(say::failure).is_err().into());
        }
        let event = match training.events().recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => {
                let begun = RunFolder::checkpoint_path(folder).exists();
                return Err(CommandError::TrainingLost(begun.then(|| folder.to_owned())));
            }
            Ok(event) => event,
        };
        curves.follow(&event);
        match event {
            TrainEvent::Verifying
            | TrainEvent::Preview(_)
            | TrainEvent::Checkpoint(_)
            | TrainEvent::Adjusted(_)
            | TrainEvent::Paused(_) => {}
            TrainEvent::Yardstick(validation) => {
                bar.line(&format!("built-in network: {}", describe(&validation, false)))
            }
            TrainEvent::Refused(reason) => bar.line(&reason),
            TrainEvent::Started(started) => {
                place = Some(KnownFolder::at(folder));
                let steps = started.config.final_steps();
                say::note(format_args!("{} weights, step {} of {steps}", started.weights, started.step));
                bar = Progress::new(steps);
            }
            TrainEvent::Step(r, _) => {
                let detail = format!("loss {:.5}, {} frames, {} unrolled", r.loss, r.length, r.unroll);
                bar.update(r.step, &detail);
            }
            TrainEvent::Validation(validation, best) => {
                bar.line(&describe(&validation, best));
                if stopping.is_none() {
                    draw(place.as_ref(), &curves, &bar);
                    drawn = true;
                }
            }
            TrainEvent::Failed(message) => return Err(CommandError::Training(message)),
            TrainEvent::Done { step } => {
                // The run may have been killed after its last validation.
                if !drawn {
                    draw(place.as_ref(), &curves, &bar);
                }
                let time = bar.finish();
                let minutes = time.as_secs_f64() / 60.0;
                return say::result(format_args!("step {step} reached; this took {minutes:.1} min"));
            }
            TrainEvent::Stopped { .. } => {
                bar.finish();
                return say::result(stopped(RunFolder::saved_step(folder)));
            }
        }
    }
}

/// Where a training that has stopped can be continued.
fn stopped(step: Option<usize>) -> String {
    match step {
        None => "stopped before the first step".into(),
        Some(0) => "stopped before the first walk was complete; continue with --resume".into(),
        Some(step) => format!("stopped at step {step}; continue with --resume"),
    }
}

/// Draws the curves of a training that has started. A picture that fails is no reason to lose it.
fn draw(place: Option<&KnownFolder>, curves: &Curves, bar: &Progress) {
    if let Some(Err(error)) = place.map(|place| curves::draw(place, curves)) {
        bar.line(&error.to_string());
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
