//! What a model saw in training, as its card says.

use super::Card;
use crate::grid::Shape;
use serde::Deserialize;

/// The range of a model's training data, over all stages of its training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// Standard deviation over sequences of the mean of φ.
    pub mean_deviation: f64,
    /// The solver's boxes, each once.
    pub grids: Vec<Shape>,
    /// Whether some sequences start from noise in a layer of a field at rest near φ = 0.
    pub slices: bool,
    /// Whether some start from white noise.
    pub white_noise: bool,
}

/// The parts of a card's configuration that matter here.
#[derive(Deserialize)]
struct Stages {
    stage: Vec<Stage>,
}

#[derive(Deserialize)]
struct Stage {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    mean_deviation: f64,
    #[serde(default)]
    grids: Vec<Shape>,
    #[serde(default)]
    slice_share: f64,
    #[serde(default)]
    quench_share: f64,
}

impl Card {
    /// What the model saw; `None` where the card does not tell, as of checkpoints by other programs.
    pub fn seen(&self) -> Option<Seen> {
        // A card by another version may be written differently: then it tells nothing.
        let Stages { stage } = toml::from_str(&self.configuration).ok()?;
        let mut seen = Seen::default();
        for Stage { data } in &stage {
            seen.mean_deviation = seen.mean_deviation.max(data.mean_deviation);
            seen.slices |= data.slice_share > 0.0;
            seen.white_noise |= data.quench_share > 0.0;
            for grid in &data.grids {
                if !seen.grids.contains(grid) {
                    seen.grids.push(*grid);
                }
            }
        }
        (!stage.is_empty()).then_some(seen)
    }
}
