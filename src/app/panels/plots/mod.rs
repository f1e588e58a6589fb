//! Plots of a run: errors, energies, structure and cost against time, each of which can be chosen, zoomed and saved.
//!
//! - [`figure`]: which plots there are; [`series`]: their curves; [`window`]: exponents fitted by hand;
//! - [`survey`], [`costs`]: what rows do not hold; [`export`], `files`: plots as files;
//! - [`axes`], `draw`, `card`: how a plot looks and what can be done with it.

pub mod axes;
mod card;
pub mod costs;
mod draw;
pub mod export;
pub mod figure;
mod files;
pub mod series;
pub mod survey;
pub mod window;

pub use axes::logarithmic;
pub use figure::{DISPLACEMENT, ENERGY, Figure, RMSE};

use super::dialogs::Dialogs;
use crate::{
    app::{errand, session::Session, theme},
    comparison::Snapshot,
    recording::Frame,
};
use bevy::prelude::Resource;
use bevy_egui::egui::{RichText, ScrollArea, Ui};
use card::Cached;
use costs::Costs;
use egui_plot::PlotBounds;
use export::Export;
use files::Files;
use serde::{Deserialize, Serialize};
use series::{Owner, Sources};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use survey::Survey;
use window::Window;

/// Least height of a plot in points.
const MIN_HEIGHT: f32 = 96.0;

/// Largest height of a plot in points.
const MAX_HEIGHT: f32 = 400.0;

/// The chosen plots, and how they are shown.
#[derive(Resource, Serialize, Deserialize)]
#[serde(default)]
pub struct PlotsState {
    chosen: BTreeSet<Figure>,
    /// Curves that were switched off by their names.
    hidden: BTreeSet<(Figure, Owner)>,
    /// Where exponents are fitted, once that was dragged.
    windows: BTreeMap<Figure, Window>,
    #[serde(skip)]
    zoomed: BTreeMap<Figure, PlotBounds>,
    #[serde(skip)]
    cache: BTreeMap<Figure, Cached>,
    #[serde(skip)]
    survey: Survey,
    #[serde(skip)]
    costs: Costs,
    #[serde(skip)]
    files: Files,
    /// Which frame was shown, and whether the run played, before the latest click.
    #[serde(skip)]
    before_click: Option<(Option<usize>, bool)>,
}

impl Default for PlotsState {
    fn default() -> Self {
        Self {
            chosen: [Figure::Error, Figure::Displacement, Figure::Energy].into(),
            hidden: BTreeSet::new(),
            windows: BTreeMap::new(),
            zoomed: BTreeMap::new(),
            cache: BTreeMap::new(),
            survey: Survey::default(),
            costs: Costs::default(),
            files: Files::default(),
            before_click: None,
        }
    }
}

impl PlotsState {
    /// Notes what the present frame cost; to be called whether the plots are shown or not.
    pub fn observe(&mut self, session: &Session) {
        if let Some(snapshot) = &session.snapshot {
            self.costs.observe(snapshot);
        }
    }

    /// Whether a plot is chosen.
    pub fn is_chosen(&self, figure: Figure) -> bool {
        self.chosen.contains(&figure)
    }

    /// Chooses a plot, or no longer.
    pub fn choose(&mut self, figure: Figure, chosen: bool) {
        if chosen {
            self.chosen.insert(figure)
        } else {
            self.chosen.remove(&figure)
        };
    }

    /// The window in which the exponent of a plot is fitted, if the user has dragged it.
    pub fn window(&self, figure: Figure) -> Option<Window> {
        self.windows.get(&figure).copied()
    }

    /// Plots that the user wants saved, and that no dialog was opened for yet.
    pub fn exports(&self) -> &[Export] {
        self.files.pending()
    }

    /// Opens a dialog for each plot to be saved, and reports those that were.
    pub fn save(&mut self, dialogs: &Dialogs, session: &mut Session) {
        self.files.hand_over(dialogs, session);
    }

    /// Draws the menu and all plots that are chosen, one below the other.
    pub fn show(&mut self, ui: &mut Ui, session: &mut Session) {
        ui.horizontal(|ui| {
            self.menu(ui);
            if let Some(path) = &self.files.latest {
                let name = path.file_name().unwrap_or_default().display();
                ui.weak(format!("Saved {name}")).on_hover_text(path.display().to_string());
            }
        });
        let (Some(snapshot), Some(frame)) = (session.snapshot.clone(), session.frame()) else {
            ui.weak("No run yet.");
            return;
        };
        self.measure(ui, &snapshot, &frame);
        let alone = snapshot.candidates.is_empty();
        let figures: Vec<_> =
            self.chosen.iter().copied().filter(|figure| !(alone && figure.needs_candidates())).collect();
        if figures.is_empty() {
            ui.weak("No plot is chosen.");
        }
        let room = ui.available_height();
        let beside: f32 = figures.iter().map(|figure| card::rows(ui, *figure)).sum();
        let height = ((room - beside) / figures.len().max(1) as f32).floor().clamp(MIN_HEIGHT, MAX_HEIGHT);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for figure in figures {
                self.card(ui, figure, height, session, (&snapshot, &frame));
            }
        });
    }

    /// The menu of plots.
    fn menu(&mut self, ui: &mut Ui) {
        let button = ui.button("Plots ⏷").on_hover_text("Choose which plots are shown");
        theme::menu(&button, |ui| {
            ui.set_min_width(220.0);
            for figure in Figure::ALL {
                let mut chosen = self.is_chosen(figure);
                if ui.checkbox(&mut chosen, figure.name()).on_hover_text(figure.about()).changed() {
                    self.choose(figure, chosen);
                }
            }
            ui.separator();
            if ui.button("Default plots").on_hover_text("RMSE, displacement and free energy, all curves").clicked() {
                let usual = Self::default();
                (self.chosen, self.hidden) = (usual.chosen, usual.hidden);
                ui.close();
            }
            ui.label(RichText::new(HELP).small().weak());
        });
    }

    /// Has measured what the plots need beside the rows.
    fn measure(&mut self, ui: &Ui, snapshot: &Arc<Snapshot>, frame: &Arc<Frame>) {
        let over_time = self.is_chosen(Figure::Length) || self.is_chosen(Figure::Euler);
        if (over_time || self.is_chosen(Figure::Structure)) && self.survey.pursue(snapshot, frame, over_time) {
            ui.ctx().request_repaint_after(errand::LOOK);
        }
    }

    /// What the plots are made of.
    fn sources<'a>(&'a self, snapshot: &'a Snapshot, shown: &'a Frame) -> Sources<'a> {
        Sources { snapshot, shown, survey: &self.survey, costs: &self.costs }
    }
}

/// What can be done with a plot.
const HELP: &str = "Click: show that frame · drag a box or Ctrl + wheel: zoom · double click: show all · click a name: hide its \
    curve · right click: save";
