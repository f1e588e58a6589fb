//! Colours of evolutions: of their surfaces, and of their curves and names, on light and on dark ground.

/// Linear RGB, 0 to 1, of a surface's two sides and of its caps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Seen from φ < 0.
    pub outside: [f32; 3],
    /// Seen from φ > 0.
    pub inside: [f32; 3],
    /// Flat caps on the faces of the box.
    pub cap: [f32; 3],
}

impl Palette {
    /// For the reference.
    pub fn warm() -> Self {
        Self::of(0xE8_7A_4F, 0x7A_4A_5C, 0xF6_C6_92)
    }

    /// For the first candidate.
    pub fn cool() -> Self {
        Self::of(0x35_A7_BC, 0x3C_55_83, 0xA5_DD_D8)
    }

    /// For a candidate by its number. After the last palette the first one comes again, as with [`Hue::of_candidate`].
    pub fn of_candidate(number: usize) -> Self {
        match number % CANDIDATES.len() {
            0 => Self::cool(),
            1 => Self::of(0x9A_7F_E8, 0x4A_45_8A, 0xCF_C4_F8),
            2 => Self::of(0x76_B0_4A, 0x3F_6A_55, 0xC6_E2_A2),
            3 => Self::of(0xDA_6F_A8, 0x70_42_78, 0xF4_BE_DA),
            4 => Self::of(0xD0_A8_2E, 0x75_60_3A, 0xF0_DE_9C),
            _ => Self::of(0x5B_8E_E6, 0x3A_4A_8C, 0xB9_D0_F8),
        }
    }

    /// For a body that is being placed.
    pub fn of_body() -> Self {
        Self::of(0xE6_E2_D8, 0x8C_8A_86, 0xF4_F2_EC)
    }

    fn of(outside: u32, inside: u32, cap: u32) -> Self {
        Self { outside: linear(outside), inside: linear(inside), cap: linear(cap) }
    }
}

/// The colour of an evolution's curves and name, in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hue {
    /// On dark ground, as in the window.
    pub on_dark: [u8; 3],
    /// On light ground, as in charts.
    pub on_light: [u8; 3],
}

/// Of the candidates, in their order.
pub const CANDIDATES: [Hue; 6] = [
    Hue::of(0x4A_BC_CF, 0x35_A7_BC),
    Hue::of(0xB3_9E_F5, 0x60_50_A0),
    Hue::of(0x98_C8_6C, 0x6E_A0_3C),
    Hue::of(0xEE_8F_C0, 0xC4_3C_8A),
    Hue::of(0xE2_C4_55, 0xA0_7A_12),
    Hue::of(0x7F_AB_F5, 0x2F_62_C4),
];

impl Hue {
    /// Of the reference.
    pub const REFERENCE: Self = Self::of(0xF0_92_62, 0xE8_7A_4F);

    /// Of a candidate by its number; after the last one the first comes again.
    pub fn of_candidate(number: usize) -> Self {
        CANDIDATES[number % CANDIDATES.len()]
    }

    const fn of(on_dark: u32, on_light: u32) -> Self {
        Self { on_dark: bytes(on_dark), on_light: bytes(on_light) }
    }
}

/// `0xRRGGBB` as three bytes.
const fn bytes(rgb: u32) -> [u8; 3] {
    let [_, red, green, blue] = rgb.to_be_bytes();
    [red, green, blue]
}

/// sRGB `0xRRGGBB` to linear RGB (IEC 61966-2-1).
pub(super) fn linear(rgb: u32) -> [f32; 3] {
    bytes(rgb).map(|byte| {
        let encoded = f32::from(byte) / 255.0;
        if encoded <= 0.04045 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
    })
}

/// Linear RGB to sRGB, the inverse of [`linear`].
pub(super) fn encoded(linear: [f32; 3]) -> [u8; 3] {
    linear.map(|channel| {
        let low = 12.92 * channel;
        let encoded = if channel <= 0.0031308 { low } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 };
        (255.0 * encoded).round().clamp(0.0, 255.0) as u8
    })
}
