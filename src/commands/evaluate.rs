//! `spinodal evaluate`: a model against fresh runs of the solver.

use super::{CommandError, args::EngineArgs, progress::Progress};
use crate::{
    formats::OutputFile,
    gpu::Engine,
    network::Model,
    training::{
        evaluation::{Evaluation, Plan, SETTLED, evaluate},
        validation::QUOTED_FRAMES,
    },
};
use clap::Args;
use std::path::{Path, PathBuf};

/// Options of `spinodal evaluate`.
#[derive(Debug, Clone, Args)]
pub struct EvaluateArgs {
    /// Model file [default: the built-in model]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Nodes per side of the solver's boxes
    #[arg(long, default_value_t = Plan::default().grid)]
    pub grid: usize,
    /// Runs compared with the solver, each from noise of its own
    #[arg(long, default_value_t = Plan::default().runs)]
    pub runs: usize,
    /// Frames of each
    #[arg(long, default_value_t = Plan::default().frames)]
    pub frames: usize,
    /// Runs of the network alone
    #[arg(long, default_value_t = Plan::default().long_runs)]
    pub long_runs: usize,
    /// Frames of each
    #[arg(long, default_value_t = Plan::default().long_frames)]
    pub long_frames: usize,
    /// Seed of the initial fields, other than that of any dataset trained on
    #[arg(long, default_value_t = Plan::default().seed)]
    pub seed: u64,
    /// Table of all frames, CSV
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Write the model to this file with the measured errors on its card
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// Measures the model and prints what was found.
///
/// # Errors
/// When the model cannot be read, an evolution fails or the table cannot be written.
pub fn run(args: &EvaluateArgs) -> Result<(), CommandError> {
    let mut model = match &args.model {
        Some(path) => Model::load(path)?,
        None => Model::builtin()?,
    };
    let engine = Engine::choose(args.engine.engine)?;
    let plan = Plan {
        grid: args.grid,
        runs: args.runs,
        frames: args.frames,
        long_runs: args.long_runs,
        long_frames: args.long_frames,
        seed: args.seed,
        ..Plan::default()
    };
    let mut bar = Progress::new(plan.total());
    let evaluation = evaluate(&model, &plan, &engine, &mut |done| bar.update(done, ""))?;
    bar.finish();
    print(&plan, &evaluation);
    if let Some(path) = &args.csv {
        write_csv(&evaluation, path)?;
    }
    if let Some(path) = &args.record {
        model.card.errors = evaluation.summary();
        model.save(path)?;
    }
    Ok(())
}

fn print(plan: &Plan, evaluation: &Evaluation) {
    println!("{} boxes of {}³, network on {}³", plan.runs, plan.grid, plan.grid / plan.coarsening);
    println!("{:>6} {:>9} {:>12} {:>9} {:>9}", "frame", "RMSE", "persistence", "δ", "|ΔF|/F");
    let quoted = |frame: usize| QUOTED_FRAMES.contains(&frame) || frame.is_multiple_of(100);
    for e in evaluation.frames.iter().filter(|errors| quoted(errors.frame)) {
        let energy = 100.0 * e.energy_error;
        println!("{:>6} {:>9.4} {:>12.4} {:>9.3} {energy:>8.2}%", e.frame, e.rmse, e.persistence, e.displacement);
    }
    let (mse, persistence) = (evaluation.mse, evaluation.persistence);
    println!("MSE over {} frames {mse:.4}, persistence {persistence:.4}: {:.1} times", plan.frames, persistence / mse);
    for (number, run) in evaluation.long_runs.iter().enumerate() {
        println!(
            "alone, run {number}: {} frames, |φ| ≤ {:.3}, from frame {SETTLED} on ≤ {:.3}, at the end ≤ {:.3}; mean drift {:.1e}",
            run.frames, run.largest, run.largest_settled, run.largest_at_end, run.mean_drift
        );
    }
}

fn write_csv(evaluation: &Evaluation, path: &Path) -> Result<(), CommandError> {
    let mut file = OutputFile::create(path)?;
    let mut writer = csv::Writer::from_writer(&mut file);
    let written = evaluation.frames.iter().try_for_each(|errors| writer.serialize(errors));
    let written = written.and_then(|()| Ok(writer.flush()?));
    written.map_err(|source| CommandError::Csv { path: path.to_owned(), source })?;
    drop(writer);
    Ok(file.finish()?)
}
