//! Which models there are, and what their files say.

use crate::{
    formats::entries,
    network::{Card, CrnnConfig, ModelSource},
    training::run_summary::RunSummary,
};
use std::path::{Path, PathBuf, absolute};

/// Where a model was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It comes with the program.
    Builtin,
    /// It takes part in the run.
    Run,
    /// It was opened before.
    Opened,
    /// It is of a training run.
    Training,
    /// It lies in the folder that was chosen.
    Folder,
}

impl Origin {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Builtin, Self::Run, Self::Opened, Self::Training, Self::Folder];

    /// Heading of its part of the list.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Builtin => "With the program",
            Self::Run => "In the run",
            Self::Opened => "Opened before",
            Self::Training => "Trained here",
            Self::Folder => "In the folder",
        }
    }
}

/// A model by its file.
#[derive(Debug, Clone)]
pub struct FoundModel {
    pub source: ModelSource,
    pub origin: Origin,
    /// What else is known about it, such as how far its training is.
    pub state: Option<String>,
    /// What its file says, or why it cannot be used.
    pub reading: Result<Reading, String>,
}

/// What the file of a model says.
#[derive(Debug, Clone)]
pub struct Reading {
    pub config: CrnnConfig,
    pub card: Card,
}

/// Where to look for models.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Those of the run.
    pub run: Vec<ModelSource>,
    /// Those that were opened before.
    pub opened: Vec<PathBuf>,
    /// Training runs lie in the folders below this one.
    pub runs: PathBuf,
    /// All models in this folder.
    pub folder: Option<PathBuf>,
}

impl Places {
    /// Reads all models, each once: under the first of its origins. To be called away from the window's thread.
    pub fn search(&self) -> Vec<FoundModel> {
        let (mut all, mut files) = (Vec::new(), Vec::new());
        let mut add = |source: ModelSource, origin, state| {
            // A path from the folder of today may name a file that is known from the root.
            let file = source.path().and_then(|path| absolute(path).ok());
            if !files.contains(&file) {
                files.push(file);
                let reading = read(&source);
                all.push(FoundModel { source, origin, state, reading });
            }
        };
        add(ModelSource::Builtin, Origin::Builtin, None);
        self.run.iter().for_each(|source| add(source.clone(), Origin::Run, None));
        let opened = self.opened.iter().filter(|path| path.is_file());
        opened.for_each(|path| add(ModelSource::File(path.clone()), Origin::Opened, None));
        for run in RunSummary::list(&self.runs) {
            let state = progress(&run);
            for model in [run.best_model, run.last].into_iter().flatten() {
                add(ModelSource::File(model), Origin::Training, Some(state.clone()));
            }
        }
        let folder = self.folder.iter().flat_map(|folder| models_in(folder));
        folder.for_each(|path| add(ModelSource::File(path), Origin::Folder, None));
        all
    }
}

fn read(source: &ModelSource) -> Result<Reading, String> {
    let model = source.load().map_err(|error| error.to_string())?;
    Ok(Reading { config: model.config, card: model.card })
}

fn progress(run: &RunSummary) -> String {
    let state = if run.busy {
        ", running"
    } else if run.finished {
        ", finished"
    } else {
        ""
    };
    let best = run.best.map(|mse| format!(", best RMSE {:.4}", mse.sqrt())).unwrap_or_default();
    format!("step {} of {}{state}{best}", run.step, run.steps)
}

/// The files of models in a folder, by name.
fn models_in(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| is_model(path)).collect()
}

fn is_model(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "safetensors" || extension == "pt") && path.is_file()
}
