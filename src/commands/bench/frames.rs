//! What a frame costs, evolution by evolution.

use super::{
    super::{
        CommandError,
        args::{EngineArgs, InitialArgs, NetworkArgs, SolverArgs},
        progress::Progress,
        warn,
    },
    graphics,
};
use crate::{
    comparison::Method,
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    gpu::Engine,
    network,
};
use clap::Args;
use std::time::Instant;

/// Steps per frame of the spectral solver: it is stable at any step, and is timed at 20 times that of the
/// explicit scheme.
const SPECTRAL_STEPS: usize = 20;

/// Which frames.
#[derive(Debug, Args)]
pub struct FramesArgs {
    /// Frames to average over, after one to warm up
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    frames: u32,
    #[command(flatten)]
    initial: InitialArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

/// One evolution with its name in the table.
struct Candidate {
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
    for (done, Candidate { name, evolution }) in candidates.into_iter().enumerate() {
        progress.update(done, &name);
        let size = evolution.grid();
        table.push((name, size, milliseconds_per_frame(evolution, args.frames)?));
    }
    progress.finish();
    let reference = table.first().map_or(f64::NAN, |row| row.2);
    println!("{:<52} {:>11} {:>14} {:>10}", "evolution", "grid", "ms per frame", "ratio");
    for (name, size, milliseconds) in table {
        println!("{name:<52} {:>11} {milliseconds:>14.2} {:>10.2}", size.to_string(), milliseconds / reference);
    }
    Ok(())
}

/// All evolutions that this machine can run, the explicit solver on the CPU first.
fn candidates(args: &FramesArgs, with_gpu: bool) -> Result<Vec<Candidate>, CommandError> {
    let setup = args.initial.setup(&SolverArgs::default(), &args.network, EngineArgs::default())?;
    let inputs = setup.load()?;
    warn(&inputs.warnings);
    let coarse = network::start(&inputs.field, setup.coarsening).map_err(EvolutionError::from)?;
    let explicit = setup.parameters;
    let time_step = explicit.frame_time() / SPECTRAL_STEPS as f64;
    let mut spectral = setup.clone();
    spectral.method = Method::Spectral;
    spectral.parameters = Parameters { time_step, steps_per_frame: SPECTRAL_STEPS, ..explicit };

    let named = |name: String, evolution| Candidate { name, evolution };
    let mut candidates = vec![
        named("explicit solver, CPU".into(), setup.solver(&Engine::Cpu, &inputs.field)?),
        named(format!("spectral solver, Δt = {time_step}, CPU"), spectral.solver(&Engine::Cpu, &inputs.field)?),
        named("network, CPU".into(), network::evolve(&Engine::Cpu, &inputs.model, &coarse)?),
    ];
    if let Some(gpu) = graphics(with_gpu) {
        let (engine, adapter) = (Engine::Gpu(gpu.clone()), gpu.description());
        candidates.push(named(format!("explicit solver, {adapter}"), setup.solver(&engine, &inputs.field)?));
        candidates.push(named(format!("network, {adapter}"), network::evolve(&engine, &inputs.model, &coarse)?));
    }
    Ok(candidates)
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
