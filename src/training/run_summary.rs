//! A quick look at the folder of a run.

use super::{
    checkpoint::read_progress,
    config::TrainConfig,
    folder::{FolderError, RunFolder},
};
use crate::formats::entries;
use std::path::{Path, PathBuf};

/// A run in its folder, finished or not.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// Its folder.
    pub folder: PathBuf,
    /// Its configuration, with its adjustments.
    pub config: TrainConfig,
    /// Optimiser steps made, as of its latest checkpoint.
    pub step: usize,
    /// Steps that it makes in all.
    pub steps: usize,
    /// Smallest mean squared error of a validation; its square root is an RMSE of φ.
    pub best: Option<f64>,
    /// Whether all steps are made.
    pub finished: bool,
    /// Whether it is running at this moment.
    pub busy: bool,
    /// Its latest model, once there is one.
    pub last: Option<PathBuf>,
    /// Its best model, once there is one.
    pub best_model: Option<PathBuf>,
}

impl RunSummary {
    /// Reads the state of the run in `folder`, even while it is running.
    ///
    /// # Errors
    /// When there is none, or its checkpoint cannot be read.
    pub fn read(folder: &Path) -> Result<Self, FolderError> {
        let config = RunFolder::config(folder)?;
        let checkpoint = RunFolder::checkpoint_path(folder);
        let (step, best) = if checkpoint.exists() { read_progress(&checkpoint)? } else { (0, None) };
        let steps = config.final_steps();
        let model = |best| Some(RunFolder::model_path(folder, best)).filter(|path| path.exists());
        Ok(Self {
            folder: folder.to_owned(),
            step,
            steps,
            best,
            finished: step >= steps,
            busy: RunFolder::is_busy(folder),
            last: model(false),
            best_model: model(true),
            config,
        })
    }

    /// The runs in the immediate subfolders of `folder`, by name. Whatever cannot be read is left out.
    pub fn list(folder: &Path) -> Vec<Self> {
        entries(folder).iter().filter_map(|path| Self::read(path).ok()).collect()
    }
}
