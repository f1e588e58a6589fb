//! Text on charts and pictures, in the font that comes with the window.

use super::ReportError;
use image::{Rgba, RgbaImage};
use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// The name of the font, once it is registered.
pub(super) const FONT: &str = "lettering";

const UNDRAWN: ReportError = ReportError::Lettering("its font cannot be drawn");

/// Makes the font known.
///
/// # Errors
/// When the font is damaged.
pub(super) fn register() -> Result<(), ReportError> {
    register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT)
        .map_err(|_| ReportError::Lettering("the font is unreadable"))
}

/// How wide a line is in letters so many pixels high.
///
/// # Errors
/// When the font is damaged.
pub(super) fn width(text: &str, height: u32) -> Result<u32, ReportError> {
    Ok(font(height)?.box_size(text).map_err(|_| UNDRAWN)?.0)
}

fn font(height: u32) -> Result<FontDesc<'static>, ReportError> {
    register()?;
    Ok(FontDesc::new(FontFamily::Name(FONT), f64::from(height), FontStyle::Normal))
}

/// Writes one line with its upper left corner at a pixel, so many pixels high, over what is there; says how wide it is.
///
/// # Errors
/// When the font is damaged.
pub(super) fn write(
    image: &mut RgbaImage,
    text: &str,
    [left, top]: [u32; 2],
    height: u32,
    colour: [u8; 3],
) -> Result<u32, ReportError> {
    // The font's own zero lies half the height above its baseline, where capital letters are over halfway down.
    let place = (left as i32, (top + height / 4) as i32);
    let drawn = font(height)?.draw(text, place, |x, y, share| {
        if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
            && let Some(pixel) = image.get_pixel_mut_checked(x, y)
        {
            *pixel = over(*pixel, colour, share.clamp(0.0, 1.0));
        }
        Ok::<(), ReportError>(())
    });
    drawn.map_err(|_| UNDRAWN)??;
    width(text, height)
}

/// A colour that covers a share of a pixel (Porter & Duff's "over").
fn over(Rgba([red, green, blue, alpha]): Rgba<u8>, colour: [u8; 3], share: f32) -> Rgba<u8> {
    let behind = f32::from(alpha) / 255.0 * (1.0 - share);
    let whole = share + behind;
    if whole <= 0.0 {
        return Rgba([red, green, blue, alpha]);
    }
    let below = [red, green, blue];
    let mixed =
        [0, 1, 2].map(|i| ((share * f32::from(colour[i]) + behind * f32::from(below[i])) / whole).round() as u8);
    Rgba([mixed[0], mixed[1], mixed[2], (255.0 * whole).round() as u8])
}
