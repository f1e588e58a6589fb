//! `spinodal bench`: what a frame costs, and what a step of training costs.

mod frames;
mod generic_network;
mod training;

use super::{CommandError, say};
use crate::gpu::Gpu;
use clap::Args;

/// Options of `spinodal bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Print only this table
    #[arg(long, value_enum)]
    only: Option<Table>,
    /// Leave out the graphics device
    #[arg(long)]
    no_gpu: bool,
    #[command(flatten)]
    frames: frames::FramesArgs,
    #[command(flatten)]
    training: training::TrainingArgs,
}

/// The tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Table {
    /// Milliseconds per frame, evolution by evolution
    Frames,
    /// Milliseconds per step of training, our kernels beside burn's own operations
    Training,
}

/// Runs the command.
///
/// # Errors
/// When an input is refused or an evolution fails.
pub fn run(args: &BenchArgs) -> Result<(), CommandError> {
    let has_training = args.only != Some(Table::Frames);
    if has_training {
        training::check_memory(&args.training)?;
    }
    if args.only != Some(Table::Training) {
        frames::run(&args.frames, !args.no_gpu)?;
    }
    if args.only.is_none() {
        say::result("")?;
    }
    if has_training {
        training::run(&args.training, !args.no_gpu)?;
    }
    Ok(())
}

/// The graphics device, if it is wanted and there is one.
fn graphics(wanted: bool) -> Option<Gpu> {
    let gpu = wanted.then(Gpu::open)?;
    gpu.inspect_err(|error| tracing::warn!("the table has no GPU: {error}")).ok()
}
