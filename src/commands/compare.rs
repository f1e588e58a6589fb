//! `spinodal compare`: solver and network side by side, with everything a figure needs.

use super::{
    CommandError,
    archive::Archive,
    args::{EngineArgs, InitialArgs, NetworkArgs, SolverArgs},
    interrupt, output,
    progress::Progress,
    warn,
};
use crate::{comparison::Comparison, gpu::Engine};
use clap::Args;
use std::path::PathBuf;

/// Options of `spinodal compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    #[command(flatten)]
    initial: InitialArgs,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    engine: EngineArgs,
    /// Frames to compute after the initial field
    #[arg(long, value_name = "K", default_value_t = 50)]
    frames: usize,
    /// Frames of which surfaces and images are written [default: the first and the last]
    #[arg(long, value_name = "K,K,…", value_delimiter = ',')]
    surfaces: Vec<usize>,
    /// Folder to write into, created if need be
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write into a folder that is not empty, over an earlier comparison if it holds one
    #[arg(long)]
    force: bool,
}

/// Runs the command. Ctrl-C and failures leave a complete folder with the frames so far.
///
/// # Errors
/// When an input is refused, the device fails or the output cannot be written.
pub fn run(args: &CompareArgs) -> Result<(), CommandError> {
    output::check_directory(&args.out, args.force)?;
    if let Some(&frame) = args.surfaces.iter().find(|&&frame| frame > args.frames) {
        return Err(CommandError::NoSuchFrame { frame, frames: args.frames });
    }
    let setup = args.initial.setup(&args.solver, &args.network, args.engine)?;
    Archive::check(&args.out, &setup.initial)?;
    let inputs = setup.load()?;
    warn(&inputs.warnings);
    let engine = Engine::choose(setup.engine)?;
    let mut comparison = Comparison::new(inputs, engine.clone())?;

    interrupt::listen();
    let surfaces = if args.surfaces.is_empty() { vec![0, args.frames] } else { args.surfaces.clone() };
    let mut archive = Archive::create(&args.out, &comparison, &engine, surfaces, args.initial.concentration)?;
    let mut progress = Progress::new(args.frames);
    let mut outcome = archive.add(&mut comparison);
    while outcome.is_ok() && comparison.frame() < args.frames && !interrupt::requested() {
        outcome = comparison.advance().map_err(CommandError::from).and_then(|()| archive.add(&mut comparison));
        let row = comparison.measured();
        progress.update(row.frame, &format!("RMSE {:.4}, δ {:.3}", row.rmse, row.displacement));
    }
    progress.finish();
    if outcome.is_ok() && args.surfaces.is_empty() && comparison.frame() < args.frames {
        outcome = archive.write_surfaces(&mut comparison);
    }
    let summary = archive.finish(&comparison)?;
    outcome?;
    println!("{summary}");
    Ok(())
}
