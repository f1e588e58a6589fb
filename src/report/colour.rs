//! Colours of curves, on white: those of the window's evolutions.

use crate::view::{CANDIDATES, Hue};
pub use plotters::style::RGBColor as Colour;

pub const REFERENCE: Colour = on_white(Hue::REFERENCE);
pub const NETWORK: Colour = on_white(CANDIDATES[0]);
pub const VIOLET: Colour = on_white(CANDIDATES[1]);
pub const GREEN: Colour = on_white(CANDIDATES[2]);
pub const RED: Colour = on_white(CANDIDATES[3]);
pub const BROWN: Colour = on_white(CANDIDATES[4]);
/// For lines that guide the eye.
pub const GUIDE: Colour = Colour(120, 120, 120);

/// The colour of one of several curves that stand beside the reference.
pub fn of_series(number: usize) -> Colour {
    on_white(Hue::of_candidate(number))
}

const fn on_white(hue: Hue) -> Colour {
    let [red, green, blue] = hue.on_light;
    Colour(red, green, blue)
}
