//! The command line: one file per subcommand.

mod args;
mod dataset;
mod evaluate;
mod frames;
mod interrupt;
mod output;
mod progress;
mod simulate;
mod train;

use crate::{
    comparison::ComparisonError,
    evolution::EvolutionError,
    formats::FormatError,
    gpu::GpuError,
    initial::InitialError,
    network::ModelError,
    training::{dataset::DatasetError, evaluation::EvaluationError, overrides::ConfigError, run::TrainError},
};
use clap::{Parser, Subcommand};
use std::{io, path::PathBuf};
use thiserror::Error;
use tracing_subscriber::EnvFilter;

/// What is logged to stderr unless the environment variable `RUST_LOG` says otherwise.
const LOGGED: &str = "warn,wgpu_core=error,wgpu_hal=off,naga=error";

/// A laboratory for spinodal decomposition in 3D: a Cahn–Hilliard solver and a recurrent network, side by side.
#[derive(Debug, Parser)]
#[command(name = "spinodal", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run the solver alone and write its frames
    Simulate(simulate::SimulateArgs),
    /// Make sequences of the solver to train on
    Dataset(dataset::DatasetArgs),
    /// Train a network
    Train(train::TrainArgs),
    /// Measure a network against fresh runs of the solver
    Evaluate(evaluate::EvaluateArgs),
}

/// Why a command failed: one sentence, fit for stderr.
#[derive(Debug, Error)]
pub enum CommandError {
    #[error(transparent)]
    Comparison(#[from] ComparisonError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error(transparent)]
    Initial(#[from] InitialError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error("the training failed: {0}")]
    Training(String),
    #[error("the training ended unexpectedly; --resume goes on from its checkpoint")]
    TrainingLost,
    #[error("cannot write {}: {source}", .path.display())]
    Csv { path: PathBuf, source: csv::Error },
    #[error("cannot write {}: {source}", .path.display())]
    Output { path: PathBuf, source: io::Error },
    #[error("cannot write {}: this is a folder, but a .{extension} file is needed", .path.display())]
    IsDirectory { path: PathBuf, extension: &'static str },
    #[error("cannot write {}: the name must end in .{extension}", .path.display())]
    Extension { path: PathBuf, extension: &'static str },
    #[error("{} is not empty: choose another folder, or --force to write into it", .0.display())]
    NotEmpty(PathBuf),
    #[error("{init} has a grid of {found}³, but --grid says {grid}: leave --grid out")]
    GridConflict { init: String, found: usize, grid: usize },
}

/// Does what the command line asks.
///
/// # Errors
/// With the sentence to print.
pub fn run(cli: Cli) -> Result<(), CommandError> {
    log_to_stderr();
    match cli.command {
        Task::Simulate(args) => simulate::run(&args),
        Task::Dataset(args) => dataset::run(&args),
        Task::Train(args) => train::run(&args),
        Task::Evaluate(args) => evaluate::run(&args),
    }
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).without_time().init();
}
