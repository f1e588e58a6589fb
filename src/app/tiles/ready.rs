//! Preset layouts.

use super::Pane;
use crate::app::views::ViewId;
use egui_tiles::{Container, Grid, Linear, LinearDir, TileId, Tiles, Tree};

/// A layout by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// Reference, candidates, figures and plots.
    Compare,
    /// The training beside its preview.
    Train,
    /// Two large views and the timeline.
    Lecture,
}

impl Ready {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Compare, Self::Train, Self::Lecture];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compare => "Compare",
            Self::Train => "Train",
            Self::Lecture => "Lecture",
        }
    }

    /// What it is for.
    pub fn about(self) -> &'static str {
        match self {
            Self::Compare => "The reference, all candidates, figures, plots and the timeline.",
            Self::Train => "Data, recipe and run of a training, its curves, and a held-out sequence beside it.",
            Self::Lecture => "Large views and the timeline: for a projector.",
        }
    }

    /// The tiles, with views of so many candidates.
    pub fn tree(self, candidates: usize) -> Tree<Pane> {
        let mut tiles = Tiles::default();
        let root = match self {
            Self::Compare => {
                let left = watch(&mut tiles, candidates, 0.11);
                let (figures, plots) = (tiles.insert_pane(Pane::Figures), tiles.insert_pane(Pane::Plots));
                let right = split(&mut tiles, LinearDir::Vertical, figures, plots, 0.4);
                split(&mut tiles, LinearDir::Horizontal, left, right, 0.7)
            }
            Self::Train => {
                let training = tiles.insert_pane(Pane::Training);
                let views = [ViewId::Truth, ViewId::Prediction].map(|view| tiles.insert_pane(Pane::View(view)));
                let views = tiles.insert_horizontal_tile(views.into());
                let curves = tiles.insert_pane(Pane::Learning);
                let right = split(&mut tiles, LinearDir::Vertical, views, curves, 0.56);
                split(&mut tiles, LinearDir::Horizontal, training, right, 0.32)
            }
            Self::Lecture => watch(&mut tiles, candidates, 0.11),
        };
        Tree::new("tiles", root, tiles)
    }
}

/// All views of the run above the timeline, which takes a share of the height.
fn watch(tiles: &mut Tiles<Pane>, candidates: usize, share: f32) -> TileId {
    let views = [ViewId::Reference].into_iter().chain((0..candidates).map(ViewId::Candidate));
    let views: Vec<_> = views.map(|view| tiles.insert_pane(Pane::View(view))).collect();
    let views = tiles.insert_new(Container::Grid(Grid::new(views)).into());
    let timeline = tiles.insert_pane(Pane::Timeline);
    split(tiles, LinearDir::Vertical, views, timeline, 1.0 - share)
}

/// Two tiles side by side or one above the other, of which the first takes this share of the room.
fn split(tiles: &mut Tiles<Pane>, direction: LinearDir, first: TileId, second: TileId, share: f32) -> TileId {
    let linear = Linear::new_binary(direction, [first, second], share);
    tiles.insert_new(Container::Linear(linear).into())
}
