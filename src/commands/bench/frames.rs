//! What a frame costs, evolution by evolution.

use super::{
    super::{
        CommandError,
        args::{CandidateArgs, EngineArgs, InitialArgs, SolverArgs},
        progress::Progress,
        say, warn,
    },
    graphics,
};
use crate::{
    comparison::{CandidateSpec, Inputs, SolverCandidate},
    evolution::{Evolution, EvolutionError},
    gpu::Engine,
    solver::Method,
};
use clap::Args;
use std::time::Instant;

/// Steps per frame of the spectral solver: it is stable at any step, and is timed at 20 times that of the explicit
/// scheme.
const SPECTRAL_STEPS: f64 = 20.0;

/// Tolerance of the adaptive solver: its error is then far below that of the shipped network.
const TOLERANCE: f64 = 0.01;

/// Which frames.
#[derive(Debug, Args)]
pub struct FramesArgs {
    /// Frames to average over, after one to warm up
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    frames: u32,
    #[command(flatten)]
    initial: InitialArgs,
    #[command(flatten)]
    candidates: CandidateArgs,
}

/// One evolution with its name in the table.
struct Timed {
    name: String,
    evolution: Box<dyn Evolution>,
}

/// Prints the table; `with_gpu` says whether the graphics device is in it.
///
/// # Errors
/// When an input is refused or an evolution fails.
pub fn run(args: &FramesArgs, with_gpu: bool) -> Result<(), CommandError> {
    let candidates = candidates(args, with_gpu)?;
    let mut progress = Progress::new(candidates.len());
    let mut table = Vec::new();
    for (done, Timed { name, evolution }) in candidates.into_iter().enumerate() {
        progress.update(done, &name);
        let size = evolution.grid();
        table.push((name, size, milliseconds_per_frame(evolution, args.frames)?));
    }
    progress.finish();
    let reference = table.first().map_or(f64::NAN, |row| row.2);
    say::result(format_args!("{:<52} {:>11} {:>14} {:>10}", "evolution", "grid", "ms per frame", "ratio"))?;
    table.into_iter().try_for_each(|(name, size, milliseconds)| {
        let (size, ratio) = (size.to_string(), milliseconds / reference);
        say::result(format_args!("{name:<52} {size:>11} {milliseconds:>14.2} {ratio:>10.2}"))
    })
}

/// All evolutions that this machine can run, the explicit solver on the CPU first.
fn candidates(args: &FramesArgs, with_gpu: bool) -> Result<Vec<Timed>, CommandError> {
    let mut setup = args.candidates.apply(args.initial.setup(&SolverArgs::default(), EngineArgs::default())?);
    let time_step = Some(setup.reference.parameters.frame_time() / SPECTRAL_STEPS);
    let spectral = SolverCandidate { time_step, ..SolverCandidate::of(Method::Spectral) };
    let adaptive = SolverCandidate { tolerance: Some(TOLERANCE), ..SolverCandidate::of(Method::Adaptive) };
    setup.candidates.splice(0..0, [spectral, adaptive].map(CandidateSpec::Solver));
    let inputs = setup.load()?;
    warn(inputs.all_warnings());
    let Inputs { setup, field, models, .. } = inputs;
    let reference = setup.reference;
    let candidates: Vec<_> = setup.candidates.into_iter().zip(models).collect();

    let mut engines = vec![(Engine::Cpu, "CPU".to_owned())];
    engines.extend(graphics(with_gpu).map(|gpu| (Engine::Gpu(gpu.clone()), gpu.description())));
    let mut timed = Vec::new();
    for (engine, place) in &engines {
        let runs_here = |uses_device: bool| uses_device || matches!(engine, Engine::Cpu);
        if runs_here(reference.uses_device()) {
            let name = format!("{} solver, {place}", reference.method);
            timed.push(Timed { name, evolution: reference.start(engine, &field)? });
        }
        for (candidate, model) in candidates.iter().filter(|(candidate, _)| runs_here(candidate.uses_device())) {
            let name = format!("{candidate}, {place}");
            timed.push(Timed { name, evolution: candidate.start(engine, &reference, model.as_ref(), &field)? });
        }
    }
    Ok(timed)
}

/// Wall-clock time per frame, to the last value read back.
fn milliseconds_per_frame(mut evolution: Box<dyn Evolution>, frames: u32) -> Result<f64, EvolutionError> {
    evolution.advance()?;
    evolution.field()?;
    let start = Instant::now();
    for _ in 0..frames {
        evolution.advance()?;
    }
    evolution.field()?;
    Ok(start.elapsed().as_secs_f64() * 1e3 / f64::from(frames))
}
