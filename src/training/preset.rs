//! Named starting points: of the data, and of the training.

use super::{config::TrainConfig, dataset_config::DatasetConfig, optimizer::Method};
use crate::{grid::Shape, network::CrnnConfig, settings::Span};

/// Named starting points of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Preset {
    /// Truncated backpropagation through self-fed walks of growing length.
    #[default]
    Default,
    /// A small network in minutes, to see one learn: made for the data of the same name.
    Quick,
    /// A network of a third of the weights, trained to usefulness in minutes.
    Small,
    /// Lanzoni et al. 2024: whole sequences, of which ever fewer frames are given. How long to train is inferred.
    Paper,
}

impl Preset {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Quick, Self::Small, Self::Default, Self::Paper];

    /// Its name, as the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Quick => "quick",
            Self::Small => "small",
            Self::Paper => "paper",
        }
    }

    /// What it is for, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Self::Default => "The full network (29,183 weights): about half an hour on two cores",
            Self::Quick => "A small network (10,959 weights) in a few minutes: watch it learn",
            Self::Small => "A small network (10,959 weights) trained for longer",
            Self::Paper => "The recipe of Lanzoni et al. 2024: many hours without a graphics card",
        }
    }
}

impl TrainConfig {
    /// The configuration that a preset stands for.
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Default => Self::default(),
            Preset::Quick => Self {
                steps: 5000,
                length: Span::new(8.0, 50.0),
                validate_every: 400,
                network: CrnnConfig { channels: 6, ..CrnnConfig::default() },
                ..Self::default()
            },
            Preset::Small => Self {
                steps: 9000,
                length: Span::new(8.0, 60.0),
                network: CrnnConfig { channels: 6, ..CrnnConfig::default() },
                ..Self::default()
            },
            Preset::Paper => Self {
                steps: 48_600,
                optimizer: Method::Adam,
                learning_rate: Span::new(1e-4, 1e-4),
                warmup: 0,
                batch: 2,
                clip: f64::MAX,
                averaging: 0.0,
                error_scale: Span::new(f64::INFINITY, f64::INFINITY),
                energy_weight: 0.0,
                overshoot_weight: 0.0,
                length: Span::new(50.0, 50.0),
                shortest: 50,
                growth: 1.0 / 3.0,
                given: Span::new(49.0, 1.0),
                unroll: vec![49],
                from_start: 1.0,
                ..Self::default()
            },
        }
    }
}

/// Named starting points of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DataPreset {
    /// Noise in boxes of three sizes.
    #[default]
    Default,
    /// What a small network needs, made in a minute or two.
    Quick,
    /// The data of the model `small`.
    Small,
    /// About those of Lanzoni et al. 2024: 1850 sequences of 50 frames.
    Paper,
}

impl DataPreset {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Quick, Self::Small, Self::Default, Self::Paper];

    /// Its name, as the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Quick => "quick",
            Self::Small => "small",
            Self::Paper => "paper",
        }
    }

    /// What it is for, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Self::Default => "300 sequences of 120 frames in boxes of 32³, 48³ and 64³",
            Self::Quick => "100 sequences of 50 frames in boxes of 32³ and 48³: a minute or two",
            Self::Small => "120 sequences of 60 frames in boxes of 32³ and 48³",
            Self::Paper => "1850 sequences of 50 frames, as in Lanzoni et al. 2024",
        }
    }
}

impl DatasetConfig {
    /// The configuration that a preset stands for.
    pub fn preset(preset: DataPreset) -> Self {
        let small_boxes = || [32, 32, 32, 48].map(Shape::cube).to_vec();
        match preset {
            DataPreset::Default => Self::default(),
            DataPreset::Quick => Self {
                sequences: 100,
                frames: Span::point(50.0),
                grids: small_boxes(),
                late_share: 0.15,
                ..Self::default()
            },
            DataPreset::Small => {
                Self { sequences: 120, frames: Span::point(60.0), grids: small_boxes(), ..Self::default() }
            }
            DataPreset::Paper => Self { sequences: 1850, frames: Span::point(50.0), ..Self::default() },
        }
    }
}
