//! How things are coloured: by what, by which map, over which range, and on which ground.

use super::{ColourMap, Palette, palette::linear};
use crate::surface::gpu::Quantity;
use serde::{Deserialize, Serialize};

/// What decides the colour of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColourBy {
    /// The palette: one colour per side of a surface, on planes one per phase.
    #[default]
    Phase,
    /// φ by a map. On planes; a surface, on which φ is the same everywhere, shows the palette.
    Field,
    /// Mean curvature of the surface. Planes show the palette.
    Curvature,
    /// |ψ−φ|, ψ being the other field.
    Difference,
    /// Distance to the other interface along the surface's normal. Planes show the palette, and the distance by their
    /// lines.
    Distance,
    /// The other field itself: the spread of an ensemble, 0 to 1.
    Spread,
}

impl ColourBy {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 6] =
        [Self::Phase, Self::Field, Self::Curvature, Self::Difference, Self::Distance, Self::Spread];

    /// What has to be found at the vertices of a surface to colour it so, if anything.
    pub fn quantity(self) -> Option<Quantity> {
        match self {
            Self::Phase | Self::Field => None,
            Self::Curvature => Some(Quantity::MeanCurvature),
            Self::Difference => Some(Quantity::Difference),
            Self::Distance => Some(Quantity::Distance),
            Self::Spread => Some(Quantity::Other),
        }
    }

    /// The map that suits it: a diverging one for what has a sign.
    pub fn map(self) -> ColourMap {
        match self {
            Self::Phase | Self::Field | Self::Curvature | Self::Distance => ColourMap::Vik,
            Self::Difference | Self::Spread => ColourMap::Viridis,
        }
    }

    /// What stands beside a legend: name and unit.
    pub fn label(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Field => "φ",
            Self::Curvature => "mean curvature (1/grid unit)",
            Self::Difference => "|ψ − φ|",
            Self::Distance => "distance of the interfaces (grid units)",
            Self::Spread => "spread of the ensemble",
        }
    }

    /// The range to begin with, before [`crate::surface::gpu::VertexValues::range`] knows a better one.
    pub fn range(self) -> [f32; 2] {
        match self {
            Self::Phase | Self::Field => [-1.0, 1.0],
            Self::Curvature => [-0.5, 0.5],
            Self::Difference | Self::Spread => [0.0, 1.0],
            Self::Distance => [-2.0, 2.0],
        }
    }
}

/// How a surface or a plane is coloured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    pub palette: Palette,
    pub colour_by: ColourBy,
    /// The values at the ends of the map; what lies beyond has the colour of the end.
    pub range: [f32; 2],
    pub map: ColourMap,
    /// 1 is opaque. Of what is less, only the nearest layer of each side is seen.
    pub opacity: f32,
}

impl Style {
    /// Opaque, coloured by phase.
    pub fn phase(palette: Palette) -> Self {
        Self { palette, ..Self::by(ColourBy::Phase) }
    }

    /// Opaque, with the map and range that suit `colour_by`.
    pub fn by(colour_by: ColourBy) -> Self {
        Self { palette: Palette::warm(), colour_by, range: colour_by.range(), map: colour_by.map(), opacity: 1.0 }
    }
}

/// What is behind everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// A dark gradient, as in the window.
    #[default]
    Dark,
    /// A light gradient.
    Light,
    /// Pure white, for print.
    White,
    /// Nothing, for pictures that are laid over others.
    Transparent,
}

impl Ground {
    /// Linear RGB and opacity at the top and at the bottom of a picture.
    pub(super) fn gradient(self) -> [[f32; 4]; 2] {
        let [top, bottom, opacity] = match self {
            Self::Dark => return [[0.0185, 0.0212, 0.0262, 1.0], [0.0052, 0.0058, 0.0074, 1.0]],
            Self::Light => [0xF4_F6_F8, 0xDC_E1_E7, 1],
            Self::White => [0xFF_FF_FF, 0xFF_FF_FF, 1],
            Self::Transparent => [0, 0, 0],
        };
        [top, bottom].map(|rgb| {
            let [red, green, blue] = linear(rgb);
            [red, green, blue, opacity as f32]
        })
    }

    /// How much it takes of the colour of what is furthest. Hollows are dark: what fades to light looks nearer than
    /// they do.
    pub(super) fn fog(self) -> f32 {
        match self {
            Self::Dark => 0.15,
            Self::Light | Self::White => 0.06,
            Self::Transparent => 0.0,
        }
    }

    /// Linear RGB of the lines of the box.
    pub(super) fn line(self) -> [f32; 3] {
        match self {
            Self::Dark => [0.36, 0.42, 0.50],
            Self::Light | Self::White => linear(0x5A_66_74),
            Self::Transparent => linear(0x8A_94_A0),
        }
    }
}
