//! Colours of curves, on white.

pub use plotters::style::RGBColor as Colour;

/// As the surfaces: warm the reference, cool the network.
pub const REFERENCE: Colour = Colour(232, 122, 79);
pub const NETWORK: Colour = Colour(53, 167, 188);
pub const VIOLET: Colour = Colour(96, 80, 160);
pub const GREEN: Colour = Colour(110, 160, 60);
pub const RED: Colour = Colour(196, 60, 90);
pub const BROWN: Colour = Colour(130, 90, 60);
/// For lines that guide the eye.
pub const GUIDE: Colour = Colour(120, 120, 120);

/// What stands beside the reference, one after the other.
const SERIES: [Colour; 5] = [NETWORK, VIOLET, GREEN, RED, BROWN];

/// The colour of one of several curves that stand beside the reference; after the fifth they come again.
pub fn of_series(number: usize) -> Colour {
    SERIES[number % SERIES.len()]
}
