//! Models in the window: which there are, what they are good for, and several of them as one.

mod card;
pub mod ensemble;
mod found;
mod opened;
mod panel;

pub use found::{FoundModel, Origin, Places, Reading};
pub use panel::{Action, show};

use super::{
    errand::{self, Errand, answer},
    home::from_home,
    session::Session,
};
use crate::network::ModelSource;
use bevy::prelude::Resource;
use bevy_egui::egui::Context;
use ensemble::Ensemble;
use opened::Opened;
use std::path::Path;

/// The models as the panels see them.
#[derive(Resource)]
pub struct Models {
    /// All that were found.
    pub found: Vec<FoundModel>,
    /// The one whose card is shown.
    pub chosen: ModelSource,
    /// What is typed for a folder.
    pub folder: String,
    places: Places,
    opened: Opened,
    search: Option<Errand<Vec<FoundModel>>>,
    /// Whether to search again once there is time.
    stale: bool,
    /// Whether the list is open.
    listed: bool,
    /// Several networks as one.
    pub ensemble: Ensemble,
}

impl Models {
    /// Training runs lie in the folder `runs` below `home`; models that were opened are remembered there, too.
    pub fn new(home: &Path) -> Self {
        Self {
            found: Vec::new(),
            chosen: ModelSource::Builtin,
            folder: String::new(),
            places: Places { runs: home.join("runs"), ..Places::default() },
            opened: Opened::of(home.join("models.txt")),
            search: None,
            stale: true,
            listed: false,
            ensemble: Ensemble::default(),
        }
    }

    /// Receives what was found, and searches again where that may have changed. Searches only while models are
    /// `listed`, and computes the ensemble only while it is `seen`.
    pub fn refresh(&mut self, session: &Session, listed: bool, seen: bool) {
        self.remember(session);
        self.opened.refresh();
        if let Some(found) = answer(&mut self.search) {
            self.found = found;
        }
        // Others may have been trained since it was closed.
        self.stale |= listed && !self.listed;
        self.listed = listed;
        if listed && self.stale && self.search.is_none() && !self.opened.is_reading() {
            self.stale = false;
            self.places.opened = self.opened.paths().to_vec();
            let places = self.places.clone();
            self.search = Errand::run("models", move || places.search());
        }
        self.ensemble.refresh(session, seen);
    }

    /// Follows which models the run uses.
    fn remember(&mut self, session: &Session) {
        let Some(snapshot) = &session.snapshot else { return };
        let used = || snapshot.setup.candidates.iter().filter_map(|candidate| candidate.model());
        if used().eq(&self.places.run) {
            return;
        }
        self.places.run = used().cloned().collect();
        self.stale = true;
        for source in &self.places.run {
            // Those of training runs are found there.
            if source.path().is_some_and(|path| !path.starts_with(&self.places.runs)) {
                self.opened.remember(source);
            }
        }
    }

    /// Has the window check again soon while something is under way.
    pub fn wake(&self, ctx: &Context) {
        let looks = self.search.is_some() || self.opened.is_reading() || (self.listed && self.stale);
        if looks || self.ensemble.is_busy() {
            ctx.request_repaint_after(errand::LOOK);
        }
    }

    /// Whether models are being looked for.
    pub fn is_searching(&self) -> bool {
        self.search.is_some()
    }

    /// Looks for models again, in another folder, too, if one is typed.
    pub fn search(&mut self) {
        let typed = self.folder.trim();
        self.places.folder = (!typed.is_empty()).then(|| from_home(typed));
        self.stale = true;
    }

    /// Does what was asked for.
    pub fn obey(&mut self, action: Action, session: &mut Session) {
        match action {
            Action::Show(source) => self.chosen = source,
            Action::Add { source, coarsening } => session.add_network(source, coarsening),
            Action::Remove(candidate) => session.take_out(candidate),
            Action::Replace(source) => session.set_model(source),
            Action::Search => self.search(),
        }
    }
}
