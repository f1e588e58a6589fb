//! Colours of a surface.

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
    /// For the solver.
    pub fn warm() -> Self {
        Self { outside: linear(0xE8_7A_4F), inside: linear(0x7A_4A_5C), cap: linear(0xF6_C6_92) }
    }

    /// For the network.
    pub fn cool() -> Self {
        Self { outside: linear(0x35_A7_BC), inside: linear(0x3C_55_83), cap: linear(0xA5_DD_D8) }
    }
}

/// sRGB `0xRRGGBB` to linear RGB (IEC 61966-2-1).
fn linear(rgb: u32) -> [f32; 3] {
    [16, 8, 0].map(|shift| {
        let encoded = f32::from((rgb >> shift) as u8) / 255.0;
        if encoded <= 0.04045 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
    })
}
