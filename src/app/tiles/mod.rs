//! The window as tiles: which are open, where they are, and how they are rearranged.

mod behaviour;
mod pane;
mod ready;

pub use pane::Pane;
pub use ready::Ready;

use super::views::ViewId;
use behaviour::{Behaviour, title_row};
use bevy::prelude::Resource;
use bevy_egui::egui::{Context, Key, Modifiers, Rect, Ui};
use egui_tiles::{Container, Tile, TileId, Tiles, Tree};
use itertools::Itertools;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What the tiles hold.
pub trait Contents {
    /// Draws a pane in the remaining space.
    fn show(&mut self, ui: &mut Ui, pane: Pane);

    /// What its tab says.
    fn title(&self, pane: Pane) -> String;
}

/// The tiles of the window.
#[derive(Resource, Serialize, Deserialize)]
pub struct Layout {
    tree: Tree<Pane>,
    /// Candidates that have been given a view, be it open or closed since.
    candidates: usize,
    /// The one tile that is shown, if any.
    #[serde(skip)]
    maximised: Option<Pane>,
}

impl Default for Layout {
    fn default() -> Self {
        Self::ready(Ready::Compare, 1)
    }
}

impl Layout {
    /// A ready layout for so many candidates.
    pub fn ready(ready: Ready, candidates: usize) -> Self {
        Self { tree: ready.tree(candidates), candidates, maximised: None }
    }

    /// The layout that a file tells of, if it makes sense: each tile hangs in the tree once and not too deep, no pane is
    /// open twice, and the shares of tiles are numbers. What a window never sets is as usual.
    pub fn sound(mut self) -> Option<Self> {
        let tiles = &mut self.tree.tiles;
        let (mut found, mut ahead) = (HashSet::new(), Vec::from_iter(self.tree.root.map(|root| (root, 0))));
        while let Some((id, depth)) = ahead.pop() {
            let tile = tiles.get(id).filter(|_| depth < DEPTH && found.insert(id))?;
            ahead.extend(children(tile).into_iter().map(|child| (child, depth + 1)));
        }
        let loose: Vec<_> = tiles.tile_ids().filter(|id| !found.contains(id)).collect();
        loose.into_iter().for_each(|id| drop(tiles.remove(id)));
        tiles.recompute_next_tile_id();
        let are_sound = panes(tiles).all_unique() && tiles.tiles().all(has_sound_shares);
        self.tree.set_width(f32::INFINITY);
        self.tree.set_height(f32::INFINITY);
        are_sound.then_some(self)
    }

    /// Opens a view for each new candidate, and closes those of candidates that are gone. Where no view of the run is
    /// open, as in the layout for training, none is opened.
    pub fn follow(&mut self, candidates: usize) {
        let view = |number| Pane::View(ViewId::Candidate(number));
        let is_gone = |pane: &Pane| matches!(pane, Pane::View(ViewId::Candidate(number)) if *number >= candidates);
        let gone: Vec<_> = panes(&self.tree.tiles).filter(is_gone).collect();
        gone.into_iter().for_each(|pane| self.close(pane));
        let watching = self.is_open(Pane::View(ViewId::Reference)) || (0..candidates).any(|n| self.is_open(view(n)));
        for number in (self.candidates..candidates).filter(|_| watching) {
            self.open(view(number));
        }
        self.candidates = candidates;
    }

    /// Whether a pane is there, though it may lie behind another.
    pub fn is_open(&self, pane: Pane) -> bool {
        self.tree.tiles.find_pane(&pane).is_some()
    }

    /// Where a pane was drawn in the latest update, if it is open and not behind another.
    pub fn place(&self, pane: Pane) -> Option<Rect> {
        let tile = self.tree.tiles.find_pane(&pane)?;
        self.tree.tiles.rect(tile).filter(|_| self.maximised.is_none() && self.tree.active_tiles().contains(&tile))
    }

    /// Closes a pane.
    pub fn close(&mut self, pane: Pane) {
        if let Some(tile) = self.tree.tiles.find_pane(&pane) {
            self.tree.remove_recursively(tile);
        }
        self.maximised = self.maximised.filter(|maximised| *maximised != pane);
    }

    /// Opens a pane beside those of its kind, and brings it to the front.
    pub fn open(&mut self, pane: Pane) {
        self.maximised = None;
        if !self.is_open(pane) {
            let neighbours = neighbours(pane);
            let tiles = &mut self.tree.tiles;
            let anchor = neighbours.iter().find_map(|neighbour| tiles.find_pane(neighbour));
            let tile = tiles.insert_pane(pane);
            let inserted = anchor.is_some_and(|anchor| match pane {
                Pane::View(_) => add_beside(tiles, anchor, tile),
                _ => add_as_tab(tiles, anchor, tile),
            });
            if !inserted {
                let root = self.tree.root.map(|root| self.tree.tiles.insert_horizontal_tile(vec![root, tile]));
                self.tree.root = root.or(Some(tile));
            }
        }
        self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(found) if *found == pane));
    }

    /// Handles the keys 1, 2 and 3: the preset layouts, for so many candidates.
    pub fn keys(&mut self, ctx: &Context, candidates: usize) {
        if ctx.memory(|memory| memory.focused().is_some()) {
            return;
        }
        for (ready, key) in Ready::ALL.into_iter().zip([Key::Num1, Key::Num2, Key::Num3]) {
            if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                *self = Self::ready(ready, candidates);
            }
        }
    }

    /// Draws the tiles.
    pub fn show(&mut self, ui: &mut Ui, contents: &mut dyn Contents) {
        if let Some(pane) = self.maximised {
            let escaped = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
            if title_row(ui, &contents.title(pane)) || escaped {
                self.maximised = None;
                ui.ctx().request_repaint();
            }
            return contents.show(ui, pane);
        }
        let mut behaviour = Behaviour { contents, maximise: None };
        self.tree.ui(&mut behaviour, ui);
        if let Some(pane) = behaviour.maximise {
            self.maximised = Some(pane);
            ui.ctx().request_repaint();
        }
    }
}

/// How deep tiles may lie within each other: drawing one draws those within it.
const DEPTH: usize = 64;

/// Shares that a tile may have: far more, and their sum is no number.
const MOST_SHARES: f32 = 1e6;

fn panes(tiles: &Tiles<Pane>) -> impl Iterator<Item = Pane> {
    tiles.tiles().filter_map(|tile| if let Tile::Pane(pane) = tile { Some(*pane) } else { None })
}

fn children(tile: &Tile<Pane>) -> Vec<TileId> {
    if let Tile::Container(container) = tile { container.children_vec() } else { Vec::new() }
}

fn has_sound_shares(tile: &Tile<Pane>) -> bool {
    let is_share = |share: &f32| (0.0..=MOST_SHARES).contains(share);
    match tile {
        Tile::Container(Container::Linear(linear)) => linear.shares.iter().all(|(_, share)| is_share(share)),
        Tile::Container(Container::Grid(grid)) => grid.col_shares.iter().chain(&grid.row_shares).all(is_share),
        Tile::Container(Container::Tabs(_)) | Tile::Pane(_) => true,
    }
}

/// Beside which panes one is opened, the first that is open.
fn neighbours(pane: Pane) -> Vec<Pane> {
    match pane {
        Pane::View(ViewId::Truth | ViewId::Prediction) => {
            [ViewId::Truth, ViewId::Prediction, ViewId::Reference].map(Pane::View).into()
        }
        Pane::View(view) => {
            let before = if let ViewId::Candidate(number) = view { number } else { 8 };
            let candidates = (0..before).rev().map(|number| Pane::View(ViewId::Candidate(number)));
            candidates.chain([Pane::View(ViewId::Reference)]).collect()
        }
        Pane::Models | Pane::Scene => vec![Pane::Plots, Pane::Training, Pane::Models, Pane::Scene, Pane::Figures],
        Pane::Timeline | Pane::Figures | Pane::Plots | Pane::Training | Pane::Learning => {
            vec![Pane::Plots, Pane::Figures, Pane::Learning, Pane::Training, Pane::Timeline]
        }
    }
}

/// Adds a tile to the row, column or grid that an open one belongs to.
fn add_beside(tiles: &mut Tiles<Pane>, anchor: TileId, tile: TileId) -> bool {
    let mut at = anchor;
    while let Some(parent) = tiles.parent_of(at) {
        match tiles.get_mut(parent) {
            Some(Tile::Container(Container::Tabs(_))) | None => at = parent,
            Some(Tile::Container(container)) => {
                container.add_child(tile);
                return true;
            }
            Some(Tile::Pane(_)) => return false,
        }
    }
    false
}

/// Adds a tile as a tab beside an open one.
fn add_as_tab(tiles: &mut Tiles<Pane>, anchor: TileId, tile: TileId) -> bool {
    let Some(parent) = tiles.parent_of(anchor) else { return false };
    if let Some(Tile::Container(Container::Tabs(tabs))) = tiles.get_mut(parent) {
        tabs.add_child(tile);
        return true;
    }
    let tabs = tiles.insert_tab_tile(vec![anchor, tile]);
    if let Some(Tile::Container(container)) = tiles.get_mut(parent) {
        return container.replace_child(anchor, tabs).is_some();
    }
    false
}
