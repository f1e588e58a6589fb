//! Colour maps that keep their order in grey and for colour-blind eyes.

use super::palette::{encoded, linear};
use serde::{Deserialize, Serialize};

/// Colours that a map is kept as; between them it is linear.
pub(super) const KNOTS: usize = 33;

/// From a number to a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColourMap {
    /// Dark violet to yellow: for sizes. By Smith and van der Walt, 2015, for matplotlib (CC0).
    #[default]
    Viridis,
    /// Dark blue to yellow: for sizes, nearly the same to red-green blind eyes. Nuñez, Anderton and Renslow, PLoS ONE
    /// 13 (2018) e0199239.
    Cividis,
    /// Blue over near white to brown: for what has a sign. Crameri, Scientific colour maps, doi:10.5281/zenodo.1243862
    /// (MIT), without the darkest tenth of each end, on which the shading of a surface could not be seen.
    Vik,
}

impl ColourMap {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 3] = [Self::Viridis, Self::Cividis, Self::Vik];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viridis => "viridis",
            Self::Cividis => "cividis",
            Self::Vik => "vik",
        }
    }

    /// Linear RGB at `t`, 0 to 1; what lies beyond has the colour of the end.
    pub fn colour(self, t: f32) -> [f32; 3] {
        let place = t.clamp(0.0, 1.0) * (KNOTS - 1) as f32;
        let first = (place as usize).min(KNOTS - 2);
        let [low, high] = [first, first + 1].map(|knot| linear(self.table()[knot]));
        [0, 1, 2].map(|i| low[i] + (place - first as f32) * (high[i] - low[i]))
    }

    /// sRGB at `t`, for a legend.
    pub fn srgb(self, t: f32) -> [u8; 3] {
        encoded(self.colour(t))
    }

    /// Its knots as the shaders want them: linear RGB and a fourth number.
    pub(super) fn words(self) -> impl Iterator<Item = u32> {
        let colours = self.table().iter().map(|&rgb| linear(rgb));
        colours.flat_map(|[r, g, b]| [r, g, b, 1.0]).map(f32::to_bits)
    }

    /// sRGB, equally far apart.
    fn table(self) -> &'static [u32; KNOTS] {
        match self {
            Self::Viridis => &VIRIDIS,
            Self::Cividis => &CIVIDIS,
            Self::Vik => &VIK,
        }
    }
}

#[rustfmt::skip]
const VIRIDIS: [u32; KNOTS] = [
    0x440154, 0x470D60, 0x48186A, 0x482374, 0x472D7B, 0x453781, 0x424086, 0x3E4989,
    0x3B528B, 0x375B8D, 0x33638D, 0x2F6B8E, 0x2C728E, 0x297A8E, 0x26828E, 0x23898E,
    0x21918C, 0x1F988B, 0x1FA088, 0x22A785, 0x28AE80, 0x32B67A, 0x3FBC73, 0x4EC36B,
    0x5EC962, 0x70CF57, 0x84D44B, 0x98D83E, 0xADDC30, 0xC2DF23, 0xD8E219, 0xECE51B,
    0xFDE725,
];

#[rustfmt::skip]
const CIVIDIS: [u32; KNOTS] = [
    0x00224E, 0x00285B, 0x002E6A, 0x053371, 0x1A386F, 0x273E6E, 0x32436D, 0x3B496C,
    0x434E6C, 0x4B546C, 0x535A6D, 0x5A5F6E, 0x61656F, 0x686A71, 0x6F7073, 0x767676,
    0x7D7C78, 0x848279, 0x8C8878, 0x938E78, 0x9B9476, 0xA39A74, 0xABA072, 0xB4A76F,
    0xBCAE6C, 0xC4B468, 0xCDBB63, 0xD5C25E, 0xDEC958, 0xE7D150, 0xF0D846, 0xF9E03A,
    0xFEE838,
];

#[rustfmt::skip]
const VIK: [u32; KNOTS] = [
    0x02397A, 0x034481, 0x044D87, 0x07578D, 0x116496, 0x1E6F9D, 0x307DA6, 0x4289AF,
    0x5496B7, 0x6AA4C1, 0x7DB0C9, 0x94BED2, 0xA7C9DA, 0xBAD5E2, 0xCFE0E8, 0xE0E6E9,
    0xECE5E0, 0xEEDDD3, 0xECD1C3, 0xE6C4B0, 0xE1B8A0, 0xDBAA8D, 0xD69F7E, 0xD29470,
    0xCC875F, 0xC87C51, 0xC27041, 0xBE6533, 0xB75A26, 0xAD4A16, 0xA13C0B, 0x912D06,
    0x852206,
];
