//! What each tile shows.

use super::{
    Session, ViewId,
    brush::BrushTool,
    models::{self, Models},
    panels::{plots::PlotsState, readouts, timeline::Timeline},
    scenes::{self, Scenes},
    theme,
    tiles::{Contents, Pane},
    training::{self, Training},
    views::Views,
    window::canvas::Canvases,
};
use bevy::prelude::ResMut;
use bevy_egui::egui;

/// What the panes show, and what they change.
pub struct Panes<'a, 'w> {
    pub session: &'a mut Session,
    pub timeline: &'a mut Timeline,
    pub plots: &'a mut PlotsState,
    pub training: &'a mut Training,
    pub models: &'a mut Models,
    pub scenes: &'a mut Scenes,
    pub views: &'a mut Views,
    pub tool: &'a mut BrushTool,
    pub canvases: &'a mut ResMut<'w, Canvases>,
}

impl Contents for Panes<'_, '_> {
    fn show(&mut self, ui: &mut egui::Ui, pane: Pane) {
        if let Pane::View(view) = pane {
            let paints = self.tool.paints(view);
            let shown = self.views.show(ui, view, self.canvases, paints);
            if let Some((response, picture)) = shown.filter(|_| paints) {
                self.tool.obey(ui, (view, &response), picture, self.session);
            }
            return;
        }
        theme::panel().show(ui, |ui| match pane {
            Pane::Figures => readouts::show(ui, self.session),
            Pane::Plots => self.plots.show(ui, self.session),
            Pane::Timeline => self.timeline.show(ui, self.session),
            Pane::Training => training::show(ui, self.training, self.session, &mut self.views.sketches),
            Pane::Learning => training::show_learning(ui, self.training),
            Pane::Models => models::show(ui, self.models, self.session),
            Pane::Scene => {
                let view = self.views.as_scene();
                scenes::show(ui, self.scenes, self.session, &mut self.views.sketches, view);
            }
            Pane::View(_) => {}
        });
    }

    fn title(&self, pane: Pane) -> String {
        match pane {
            Pane::View(view @ ViewId::Candidate(_)) => self.session.view_name(view),
            other => other.name(),
        }
    }
}
