//! What a tile of the window holds.

use crate::app::views::ViewId;
use serde::{Deserialize, Serialize};

/// A tile by its content. There is at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pane {
    /// A field in its box.
    View(ViewId),
    /// The figures of the frame shown.
    Figures,
    /// Figures against time.
    Plots,
    /// The recorded frames.
    Timeline,
    /// Data, recipe and run of a training.
    Training,
    /// The curves of a training.
    Learning,
    /// Models to compare, with their cards.
    Models,
    /// What is simulated, and from where.
    Scene,
}

impl Pane {
    /// All panes that do not depend on the candidates.
    pub const FIXED: [Self; 11] = [
        Self::View(ViewId::Reference),
        Self::Figures,
        Self::Plots,
        Self::Timeline,
        Self::Training,
        Self::Learning,
        Self::View(ViewId::Truth),
        Self::View(ViewId::Prediction),
        Self::Scene,
        Self::Models,
        Self::View(ViewId::Ensemble),
    ];

    /// Its default name.
    pub fn name(self) -> String {
        match self {
            Self::View(ViewId::Reference) => "Reference".into(),
            Self::View(ViewId::Candidate(number)) => format!("Candidate {}", number + 1),
            Self::View(ViewId::Ensemble) => "Ensemble".into(),
            Self::View(ViewId::Truth) => "Held-out sequence".into(),
            Self::View(ViewId::Prediction) => "Network in training".into(),
            Self::Figures => "Figures".into(),
            Self::Plots => "Plots".into(),
            Self::Timeline => "Timeline".into(),
            Self::Training => "Training".into(),
            Self::Learning => "Learning curves".into(),
            Self::Models => "Models".into(),
            Self::Scene => "Scene".into(),
        }
    }

    /// What it shows, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::View(ViewId::Reference) => "The reference's field.",
            Self::View(ViewId::Candidate(_)) => "A candidate's field.",
            Self::View(ViewId::Ensemble) => "The mean of all networks, coloured by how far they differ: their spread.",
            Self::View(ViewId::Truth) => "A sequence kept out of the training, as the solver computed it.",
            Self::View(ViewId::Prediction) => "The same sequence by the network in training, at its latest validation.",
            Self::Figures => "Errors, energies and times of the frame shown.",
            Self::Plots => "Errors and energies against time.",
            Self::Timeline => "All recorded frames: drag to go back to one.",
            Self::Training => "Make data, choose a recipe, train a network.",
            Self::Learning => "Loss and validation errors of the training.",
            Self::Models => "Networks to compare, each with its card.",
            Self::Scene => "Scenes to open and save; initial field, box, equation and solver of the next run.",
        }
    }
}
