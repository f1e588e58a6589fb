//! Training in the window: data, recipe, run, and the network that learns.

mod data;
mod learning;
mod others;
mod panel;
mod recipe;
mod run;
mod smoothing;

pub use data::Data;
pub use learning::show as show_learning;
pub use panel::show;
pub use recipe::RecipeDraft;
pub use run::{Phase, Run};

use super::{
    errand,
    views::{Subject, Title, ViewId},
};
use crate::{
    grid::Grid,
    training::{preset::DataPreset, preset::Preset},
};
use bevy::prelude::Resource;
use bevy_egui::egui::Context;
use std::{
    mem,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A training as the panels see it.
#[derive(Resource)]
pub struct Training {
    pub data: Data,
    pub recipe: RecipeDraft,
    pub run: Run,
    /// Whether a small network is trained as soon as its data are there.
    quick: bool,
}

impl Training {
    /// Datasets and runs lie in two folders below `home`.
    pub fn new(home: &Path) -> Self {
        Self {
            data: Data::new(home.join("data")),
            recipe: RecipeDraft::default(),
            run: Run::new(home.join("runs")),
            quick: false,
        }
    }

    /// The folder for datasets and runs, where the system keeps such data.
    pub fn usual_home() -> PathBuf {
        dirs::data_dir().unwrap_or_default().join("spinodal")
    }

    /// Receives what was reported since the last call.
    pub fn refresh(&mut self) {
        let made = self.data.refresh();
        if self.data.job().is_none() && mem::take(&mut self.quick) && made {
            self.begin();
        }
        self.run.refresh();
    }

    /// Whether a training runs, or begins as soon as its data are there.
    pub fn is_engaged(&self) -> bool {
        self.quick || self.run.is_active()
    }

    /// Has the window check again soon while something is under way.
    pub fn wake(&self, ctx: &Context) {
        if self.data.job().is_some() || self.run.is_active() {
            ctx.request_repaint_after(errand::WATCH);
        } else if self.data.is_busy() || self.run.is_busy() {
            ctx.request_repaint_after(errand::LOOK);
        }
    }

    /// Makes the data of a small network and trains it on them, unless data are being made or a training runs.
    pub fn train_small(&mut self) {
        if self.data.job().is_some() || self.is_engaged() {
            return;
        }
        self.recipe.take(Preset::Quick);
        self.data.take(DataPreset::Quick);
        self.recipe.name = self.run.free_name(Preset::Quick.name());
        self.quick = true;
        self.data.make();
    }

    /// Begins the run that the recipe asks for, on the data that were chosen, unless another one is active.
    pub fn begin(&mut self) {
        let Some(data) = self.data.chosen().filter(|_| !self.run.is_active()) else { return };
        let mut config = self.recipe.draft.clone();
        config.data = data.to_owned();
        self.run.begin(config, &self.recipe.name);
        let stem = self.recipe.preset.map_or("run", Preset::name);
        self.recipe.name = self.run.free_name(stem);
    }

    /// The box of the preview.
    pub fn grid(&self) -> Option<Grid> {
        self.run.frame().map(|frame| frame.truth.grid())
    }

    /// What a view of the training shows.
    pub fn subject(&self, view: ViewId) -> Option<Subject> {
        let step = self.run.preview()?.step;
        let frame = self.run.frame()?;
        let (field, other, name, detail) = match view {
            ViewId::Truth => (&frame.truth, &frame.predicted, "Held-out sequence", "by the solver".to_owned()),
            ViewId::Prediction => {
                let detail = format!("after {step} steps, RMSE {}", super::theme::readout(frame.rmse));
                (&frame.predicted, &frame.truth, "Network in training", detail)
            }
            ViewId::Reference | ViewId::Candidate(_) | ViewId::Ensemble => return None,
        };
        let time = format!("t = {:.0}", frame.time);
        let title = Title { name: name.into(), time, detail, ..Title::default() };
        let (field, other) = (Some(field.clone()), Some(other.clone()));
        let light = frame.truth.grid();
        Some(Subject { field, other, frame: frame.frame, light, legend: None, placing: false, title: Arc::new(title) })
    }
}
