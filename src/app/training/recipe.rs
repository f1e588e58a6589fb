//! The recipe of a training, as it is being written.

use crate::training::{config::TrainConfig, preset::Preset};

/// The second of the three steps.
pub struct RecipeDraft {
    pub draft: TrainConfig,
    /// The preset that it was taken from, until it is changed.
    pub preset: Option<Preset>,
    /// The name of the run's folder.
    pub name: String,
}

impl Default for RecipeDraft {
    /// The one for a small network.
    fn default() -> Self {
        let preset = Preset::Quick;
        Self { draft: TrainConfig::preset(preset), preset: Some(preset), name: preset.name().into() }
    }
}

impl RecipeDraft {
    /// Takes that of a preset.
    pub fn take(&mut self, preset: Preset) {
        self.draft = TrainConfig::preset(preset);
        self.preset = Some(preset);
    }
}
