//! The data of a training: existing datasets, the one being made, and the draft of the next with its cost.

use crate::app::errand::{Errand, answer};
use crate::training::{
    dataset_config::DatasetConfig,
    dataset_run::{DatasetCommand, DatasetEvent, DatasetHandle, begin_dataset},
    dataset_summary::{DatasetSummary, SequencePreview},
    estimate::{DatasetPlan, estimate},
    preset::DataPreset,
};
use std::{
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

/// Sequences that are shown of a dataset.
pub const SHOWN: usize = 8;

/// The first of the three steps.
pub struct Data {
    /// The folder that holds the datasets.
    home: PathBuf,
    /// What is to be made.
    pub draft: DatasetConfig,
    pub preset: Option<DataPreset>,
    /// The name of its folder.
    pub name: String,
    /// The dataset to train on.
    chosen: Option<PathBuf>,
    found: Vec<DatasetSummary>,
    search: Option<Errand<Vec<DatasetSummary>>>,
    /// The cost of the draft in its folder; estimated again when one of them changes.
    plan: Option<Result<DatasetPlan, String>>,
    planned: Option<(DatasetConfig, PathBuf)>,
    question: Option<Errand<Result<DatasetPlan, String>>>,
    job: Option<Job>,
    previews: Vec<Arc<SequencePreview>>,
    look: Option<Errand<Vec<Arc<SequencePreview>>>>,
    /// Why the last dataset could not be made.
    pub failure: Option<String>,
}

/// A dataset that is being made.
pub struct Job {
    handle: DatasetHandle,
    /// Sequences there, and asked for.
    pub made: usize,
    pub total: usize,
    /// Seconds that the others will take; `None` before the first is there.
    pub seconds_left: Option<f64>,
    /// Whether it waits.
    pub paused: bool,
    /// Whether it is stopping.
    pub stopping: bool,
}

impl Data {
    /// Datasets in the folders below `home`.
    pub fn new(home: PathBuf) -> Self {
        let preset = DataPreset::Quick;
        let mut data = Self {
            home,
            draft: DatasetConfig::preset(preset),
            preset: Some(preset),
            name: preset.name().into(),
            chosen: None,
            found: Vec::new(),
            search: None,
            plan: None,
            planned: None,
            question: None,
            job: None,
            previews: Vec::new(),
            look: None,
            failure: None,
        };
        data.search();
        data
    }

    /// Searches for datasets.
    pub fn search(&mut self) {
        let home = self.home.clone();
        self.search = Errand::run("datasets", move || DatasetSummary::list(&home));
    }

    /// The datasets that are there.
    pub fn found(&self) -> &[DatasetSummary] {
        &self.found
    }

    /// The dataset to train on, if there is one.
    pub fn chosen(&self) -> Option<&Path> {
        self.chosen.as_deref()
    }

    /// The one that is being made.
    pub fn job(&self) -> Option<&Job> {
        self.job.as_ref()
    }

    /// Sequences of the dataset that is being made or was chosen.
    pub fn previews(&self) -> &[Arc<SequencePreview>] {
        &self.previews
    }

    /// The cost of the draft, once estimated.
    pub fn plan(&self) -> Option<&Result<DatasetPlan, String>> {
        self.plan.as_ref().filter(|_| self.planned.as_ref() == Some(&self.wanted()))
    }

    /// The draft, and the folder that it is to be made in.
    fn wanted(&self) -> (DatasetConfig, PathBuf) {
        (self.draft.clone(), self.home.join(self.name.trim()))
    }

    /// Takes the dataset in a folder to train on.
    pub fn choose(&mut self, folder: &Path) {
        self.chosen = Some(folder.to_owned());
        self.previews.clear();
        let folder = folder.to_owned();
        self.look = Errand::run("previews", move || previews(&folder));
    }

    /// Takes the draft of a preset.
    pub fn take(&mut self, preset: DataPreset) {
        self.draft = DatasetConfig::preset(preset);
        self.preset = Some(preset);
        self.name = preset.name().into();
    }

    /// Makes the dataset of the draft, or what is missing of it, in the folder that is named, unless one is being made.
    pub fn make(&mut self) {
        if self.job.is_some() {
            return;
        }
        let (config, folder) = self.wanted();
        self.failure = None;
        match begin_dataset(config, &folder, None) {
            Ok(handle) => {
                self.previews.clear();
                let total = self.draft.sequences;
                let job = Job { handle, made: 0, total, seconds_left: None, paused: false, stopping: false };
                self.job = Some(job);
            }
            Err(error) => self.failure = Some(error.to_string()),
        }
    }

    /// Sends a command to the worker.
    pub fn tell(&mut self, command: DatasetCommand) {
        if let Some(job) = &mut self.job {
            job.stopping |= command == DatasetCommand::Stop;
            job.handle.send(command);
        }
    }

    /// Whether an answer is awaited.
    pub fn is_busy(&self) -> bool {
        self.job.is_some() || self.search.is_some() || self.question.is_some() || self.look.is_some()
    }

    /// Receives answers and events. True once a dataset is finished, which is then the chosen one.
    pub fn refresh(&mut self) -> bool {
        if let Some(found) = answer(&mut self.search) {
            self.found = found;
            if self.chosen.is_none()
                && let Some(first) = self.found.iter().find(|summary| summary.finished)
            {
                let folder = first.folder.clone();
                self.choose(&folder);
            }
        }
        if let Some(plan) = answer(&mut self.question) {
            self.plan = Some(plan);
        }
        if let Some(previews) = answer(&mut self.look) {
            self.previews = previews;
        }
        let events: Vec<_> = self.job.iter().flat_map(|job| job.handle.events().try_iter()).collect();
        let mut finished = false;
        for event in events {
            finished |= self.hear(event);
        }
        finished
    }

    /// Handles one event; true if a dataset is finished.
    fn hear(&mut self, event: DatasetEvent) -> bool {
        let Some(job) = &mut self.job else { return false };
        match event {
            DatasetEvent::Planned(plan) => (job.made, job.seconds_left) = (plan.present, Some(plan.seconds)),
            DatasetEvent::Made { made, total, seconds_left } => {
                (job.made, job.total, job.seconds_left) = (made.max(job.made), total, Some(seconds_left));
            }
            DatasetEvent::Preview(preview) => {
                if self.previews.len() == SHOWN {
                    self.previews.remove(0);
                }
                self.previews.push(preview);
            }
            DatasetEvent::Paused(paused) => job.paused = paused,
            DatasetEvent::Done(folder) => {
                self.end();
                self.choose(&folder);
                return true;
            }
            DatasetEvent::Stopped => self.end(),
            DatasetEvent::Failed(reason) => {
                self.failure = Some(reason);
                self.end();
            }
        }
        false
    }

    fn end(&mut self) {
        self.job = None;
        // Less is missing than before.
        self.planned = None;
        self.search();
    }

    /// Estimates the cost of the draft, unless it is known or under way.
    pub fn ask_plan(&mut self) {
        let wanted = self.wanted();
        if self.question.is_some() || self.planned.as_ref() == Some(&wanted) {
            return;
        }
        let (config, folder) = wanted.clone();
        self.planned = Some(wanted);
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let ask = move || estimate(&config, Some(&folder), threads).map_err(|error| error.to_string());
        self.question = Errand::run("estimate", ask);
    }
}

/// The ends of some sequences of the dataset in `folder`, evenly spread.
fn previews(folder: &Path) -> Vec<Arc<SequencePreview>> {
    let Ok(summary) = DatasetSummary::read(folder) else { return Vec::new() };
    let every = (summary.present.len() / SHOWN).max(1);
    let shown = summary.present.iter().step_by(every).take(SHOWN);
    shown.filter_map(|&index| summary.preview(index).ok().map(Arc::new)).collect()
}
