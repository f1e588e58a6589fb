//! How tiles look and what their tabs do.

use super::{Contents, Pane};
use bevy_egui::egui::{Color32, Response, RichText, Sense, Stroke, Style, Ui, Visuals, WidgetText};
use egui_tiles::{Behavior, SimplificationOptions, TabState, Tile, TileId, Tiles, UiResponse};

/// Height of tabs, in points.
const TABS: f32 = 22.0;

/// What the tree of tiles asks of the window.
pub struct Behaviour<'a> {
    pub contents: &'a mut dyn Contents,
    /// The pane whose tab was double-clicked.
    pub maximise: Option<Pane>,
}

impl Behavior<Pane> for Behaviour<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut Pane) -> UiResponse {
        self.contents.show(ui, *pane);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        RichText::new(self.contents.title(*pane)).size(12.0).into()
    }

    fn is_tab_closable(&self, tiles: &Tiles<Pane>, tile: TileId) -> bool {
        tiles.get_pane(&tile).is_some()
    }

    fn on_tab_button(&mut self, tiles: &mut Tiles<Pane>, tile: TileId, tab: Response) -> Response {
        let Some(Tile::Pane(pane)) = tiles.get(tile) else { return tab };
        if tab.double_clicked() {
            self.maximise = Some(*pane);
        }
        tab.on_hover_text(format!("{}\nDrag: move · double click: show alone", pane.about()))
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    fn tab_bar_height(&self, _: &Style) -> f32 {
        TABS
    }

    fn gap_width(&self, _: &Style) -> f32 {
        4.0
    }

    fn min_size(&self) -> f32 {
        48.0
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        visuals.extreme_bg_color
    }

    fn tab_bg_color(&self, visuals: &Visuals, _: &Tiles<Pane>, _: TileId, state: &TabState) -> Color32 {
        if state.active { visuals.panel_fill } else { Color32::TRANSPARENT }
    }

    fn tab_outline_stroke(&self, _: &Visuals, _: &Tiles<Pane>, _: TileId, _: &TabState) -> Stroke {
        Stroke::NONE
    }

    fn tab_bar_hline_stroke(&self, _: &Visuals) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(&self, visuals: &Visuals, _: &Tiles<Pane>, _: TileId, state: &TabState) -> Color32 {
        if state.active { visuals.strong_text_color() } else { visuals.weak_text_color() }
    }

    fn dragged_overlay_color(&self, visuals: &Visuals) -> Color32 {
        visuals.panel_fill.gamma_multiply(0.5)
    }
}

/// The title over a pane that is shown alone; true once all are to be shown again.
pub fn title_row(ui: &mut Ui, title: &str) -> bool {
    let row = |ui: &mut Ui| {
        ui.set_height(TABS);
        ui.add_space(8.0);
        ui.label(RichText::new(title).size(12.0).strong());
        ui.small_button("Show all").on_hover_text("Show all tiles again (Esc, or double click the title)").clicked()
    };
    let row = ui.horizontal(row);
    let title = ui.interact(row.response.rect, ui.id().with("title"), Sense::click());
    row.inner || title.double_clicked()
}
