//! `spinodal rollout`: the network alone, to a field file.

use super::{
    CommandError,
    args::{EngineArgs, InitialArgs, NetworkArgs, SolverArgs},
    frames::{self, Out},
    output, say, warn,
};
use crate::{comparison::Setup, engines, settings::FRAMES};
use clap::Args;
use std::path::PathBuf;

/// Options of `spinodal rollout`.
#[derive(Debug, Args)]
pub struct RolloutArgs {
    #[command(flatten)]
    initial: InitialArgs,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    engine: EngineArgs,
    /// Frames to compute after the initial field
    #[arg(long, value_name = "K", default_value_t = FRAMES.default, value_parser = FRAMES.parser())]
    frames: usize,
    /// Field file to write: [K + 1, NX/2, NY/2, NZ/2] f32, frame 0 is what the network starts from
    #[arg(long, value_name = "FILE.npy")]
    out: PathBuf,
    /// Replace the file if it exists; only a complete run does
    #[arg(long)]
    force: bool,
}

/// Runs the command.
///
/// # Errors
/// When an input is refused, the device fails or the output cannot be written.
pub fn run(args: &RolloutArgs) -> Result<(), CommandError> {
    output::check_file(&args.out, "npy")?;
    let spec = args.network.spec();
    let setup = args.initial.setup(&SolverArgs::default(), args.engine)?;
    let setup = Setup { candidates: vec![spec.clone()], ..setup };
    setup.initial.path().map_or(Ok(()), |input| output::check_not_input(&args.out, input))?;
    args.network.model.as_ref().map_or(Ok(()), |model| output::check_not_same(&args.out, model))?;
    output::check_new(&args.out, args.force)?;
    let inputs = setup.load()?;
    warn(inputs.all_warnings());
    let engine = engines::choose(setup.engine)?;
    let model = inputs.models.first().and_then(Option::as_ref);
    let network = spec.start(&engine, &setup.reference, model, &inputs.field)?;
    let out = Out { path: &args.out, force: args.force };
    let run = frames::record(network, args.frames, out, setup.options.concentration, |_, _| {})?;
    let (_, said) = run.finish()?;
    say::result(said)
}
