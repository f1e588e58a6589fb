//! `spinodal simulate`: the solver alone, to a field file.

use super::{
    CommandError,
    args::{EngineArgs, InitialArgs, NetworkArgs, SolverArgs},
    frames, output, warn,
};
use crate::gpu::Engine;
use clap::Args;
use std::path::PathBuf;

/// Options of `spinodal simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    #[command(flatten)]
    initial: InitialArgs,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    engine: EngineArgs,
    /// Frames to compute after the initial field
    #[arg(long, value_name = "K", default_value_t = 50)]
    frames: usize,
    /// Field file to write: [K + 1, N, N, N] f32, frame 0 is the initial field
    #[arg(long, value_name = "FILE.npy")]
    out: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When an input is refused, the device fails or the output cannot be written.
pub fn run(args: &SimulateArgs) -> Result<(), CommandError> {
    output::check_file(&args.out, "npy")?;
    let setup = args.initial.setup(&args.solver, &NetworkArgs::default(), args.engine)?;
    output::check_not_input(&args.out, &setup.initial)?;
    let field = setup.initial_field()?;
    warn(setup.doubts_of_field(&field));
    let engine = Engine::choose(setup.engine)?;
    let solver = setup.solver(&engine, &field)?;
    frames::record(solver, args.frames, &args.out, args.initial.concentration)
}
