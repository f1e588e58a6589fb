//! What a view shows: a field, in which colours, and what is written over it.

use super::Look;
use crate::{
    field::Field,
    grid::Grid,
    view::{ColourBy, Hue, Palette},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A view by what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ViewId {
    /// What all candidates are measured against.
    Reference,
    /// A candidate by its number.
    Candidate(usize),
    /// The mean of all networks, coloured by how far they differ.
    Ensemble,
    /// A held-out sequence of the training's data.
    Truth,
    /// The same sequence by the network in training.
    Prediction,
}

/// Views that share a box, and a camera while they are linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViewGroup {
    /// The run.
    Comparison,
    /// The training's preview.
    Training,
}

impl ViewId {
    /// Where it belongs.
    pub fn group(self) -> ViewGroup {
        match self {
            Self::Reference | Self::Candidate(_) | Self::Ensemble => ViewGroup::Comparison,
            Self::Truth | Self::Prediction => ViewGroup::Training,
        }
    }

    /// The colour of its name.
    pub fn hue(self) -> Hue {
        match self {
            Self::Reference | Self::Truth => Hue::REFERENCE,
            Self::Candidate(number) => Hue::of_candidate(number),
            Self::Prediction | Self::Ensemble => Hue::of_candidate(0),
        }
    }

    /// The colours of its surface, and of that of what it is compared with.
    pub fn palettes(self) -> [Palette; 2] {
        match self {
            Self::Reference | Self::Truth => [Palette::warm(), Palette::cool()],
            Self::Candidate(number) => [Palette::of_candidate(number), Palette::warm()],
            Self::Prediction | Self::Ensemble => [Palette::cool(), Palette::warm()],
        }
    }
}

/// A field as one view shows it.
#[derive(Clone)]
pub struct Subject {
    /// φ; `None` where there is none, and the title says why.
    pub field: Option<Arc<Field>>,
    /// The field that it is compared with, if any.
    pub other: Option<Arc<Field>>,
    /// The frame that it is of.
    pub frame: usize,
    /// Ambient occlusion and shadows are sampled at the nodes of this grid: the coarsest of those shown side by side.
    pub light: Grid,
    /// If set, the surface is coloured by |ψ − φ| whatever the look says, and the legend calls it this.
    pub legend: Option<&'static str>,
    /// Whether `field` is a body that is being placed in the view's own field, `other`, which is then drawn translucent
    /// whatever the look says.
    pub placing: bool,
    /// What is written over it.
    pub title: Arc<Title>,
}

/// What is written over a view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title {
    /// What it is.
    pub name: String,
    /// The moment.
    pub time: String,
    /// How it was made.
    pub detail: String,
    /// Why the picture says little, if it does.
    pub doubt: Option<String>,
    /// Why nothing is drawn; shown in the middle of the view.
    pub missing: Option<String>,
}

impl Subject {
    /// How it is drawn where others are drawn by `look`.
    pub fn look(&self, look: Look) -> Look {
        if self.placing {
            return Look { ghost: true, colour_by: ColourBy::Phase, ..look };
        }
        if self.legend.is_none() {
            return look;
        }
        // A map and a range that were chosen for something else do not suit it.
        let suits = look.colour_by == ColourBy::Difference;
        Look {
            colour_by: ColourBy::Difference,
            map: look.map.filter(|_| suits),
            range: look.range.filter(|_| suits),
            ghost: false,
            ..look
        }
    }

    /// The colours of its surface in a view, and of that of the other field.
    pub fn palettes(&self, view: ViewId) -> [Palette; 2] {
        let [own, other] = view.palettes();
        if self.placing { [Palette::of_body(), own] } else { [own, other] }
    }

    /// Whether both are of the same fields; words do not count.
    pub fn is(&self, other: &Self) -> bool {
        let same = |one: &Option<Arc<Field>>, other: &Option<Arc<Field>>| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same(&self.field, &other.field)
            && same(&self.other, &other.other)
            && (self.light, self.placing) == (other.light, other.placing)
    }
}
