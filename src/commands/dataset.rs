//! `spinodal dataset`: sequences of the solver, to train on.

use super::{CommandError, interrupt, progress::Progress, say};
use crate::{
    formats::shown,
    settings::{Overrides, THREADS, read_config},
    training::{
        dataset_config::DatasetConfig,
        estimate::DatasetPlan,
        generate::{DatasetProgress, generate},
        preset::DataPreset,
    },
};
use clap::Args;
use parking_lot::Mutex;
use std::{path::PathBuf, thread::available_parallelism};

/// Options of `spinodal dataset`.
#[derive(Debug, Clone, Args)]
pub struct DatasetArgs {
    /// Folder to make the dataset in; an interrupted dataset is resumed
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Configuration to start from
    #[arg(long, value_enum, default_value_t)]
    pub preset: DataPreset,
    /// Configuration in TOML, instead of a preset; options on the command line override it
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    pub config: Option<PathBuf>,
    /// Sequences made at a time [default: one per core]; the result does not depend on it
    #[arg(long, value_parser = THREADS.parser())]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub overrides: Overrides<DatasetConfig>,
}

/// Makes the dataset.
///
/// # Errors
/// When the configuration is refused, the disk is too small or cannot be written.
pub fn run(args: &DatasetArgs) -> Result<(), CommandError> {
    let mut config = match &args.config {
        Some(path) => read_config(path)?,
        None => DatasetConfig::preset(args.preset),
    };
    args.overrides.apply(&mut config)?;
    let threads = args.threads.unwrap_or_else(|| available_parallelism().map_or(1, Into::into));
    interrupt::listen();
    let bar = Mutex::new(Progress::new(config.sequences));
    let report = |progress| match progress {
        DatasetProgress::Planned(DatasetPlan { sequences, present, bytes, seconds }) => {
            let minutes = seconds / 60.0;
            let megabytes = bytes as f64 / 1e6;
            say::note(format_args!(
                "{sequences} sequences, {present} of them present: {megabytes:.0} MB and about {minutes:.1} min to go"
            ));
        }
        DatasetProgress::Made { made, .. } => bar.lock().update(made, ""),
    };
    let manifest = generate(&config, &args.out, threads, interrupt::requested, &report)?;
    bar.into_inner().finish();
    match manifest {
        Some(_) => say::result(format_args!("{} sequences in {}", config.sequences, shown(&args.out))),
        None => say::result("stopped; the same command resumes it"),
    }
}
