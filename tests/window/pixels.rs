//! What is seen on pictures of the window.

use image::RgbaImage;

/// Parts of the window in pixels: x, y, width, height. They leave out titles, panel edges and the message banner.
pub const SOLVER: Area = (20, 150, 460, 560);
pub const NETWORK: Area = (526, 150, 460, 560);
pub const VIEWS: Area = (0, 110, 1000, 640);
pub const FIGURES: Area = (1020, 70, 410, 220);
pub const BANNER: Area = (200, 50, 600, 80);
pub const DIALOG: Area = (480, 370, 480, 160);

pub const BAR: Area = (0, 0, 700, 42);

/// The middle of the button that steps.
pub const ON_STEP: &str = "61 21";

pub type Area = (u32, u32, u32, u32);

pub fn cut(picture: &RgbaImage, (x, y, width, height): Area) -> RgbaImage {
    image::imageops::crop_imm(picture, x, y, width, height).to_image()
}

/// Fraction of the pixels in `area` that `is` true of.
pub fn fraction(picture: &RgbaImage, area: Area, is: impl Fn([i32; 3]) -> bool) -> f64 {
    let part = cut(picture, area);
    let count = part.pixels().filter(|pixel| is([0, 1, 2].map(|channel| i32::from(pixel.0[channel])))).count();
    count as f64 / f64::from(area.2 * area.3)
}

/// Fraction of the pixels in `area` that differ.
pub fn change(before: &RgbaImage, after: &RgbaImage, area: Area) -> f64 {
    let (before, after) = (cut(before, area), cut(after, area));
    let count = before.pixels().zip(after.pixels()).filter(|(one, other)| one != other).count();
    count as f64 / f64::from(area.2 * area.3)
}

pub fn colours(picture: &RgbaImage, area: Area) -> usize {
    cut(picture, area).pixels().map(|pixel| pixel.0).collect::<std::collections::HashSet<_>>().len()
}

/// The solver's surface is drawn in warm colours, the network's in cool ones, both shaded.
pub fn assert_both_surfaces(picture: &RgbaImage) {
    let warm = |[red, _, blue]: [i32; 3]| red > blue + 30;
    let cool = |[red, _, blue]: [i32; 3]| blue > red + 30;
    for (name, area, is) in [("solver", SOLVER, &warm as &dyn Fn(_) -> _), ("network", NETWORK, &cool)] {
        let covered = fraction(picture, area, is);
        assert!((0.03..0.9).contains(&covered), "the {name}'s surface covers {covered:.3} of its view");
        let shades = colours(picture, area);
        assert!(shades > 200, "the {name}'s view has {shades} colours");
    }
    assert!(fraction(picture, SOLVER, cool) < 0.03, "the solver's view holds the network's colours");
    assert!(fraction(picture, NETWORK, warm) < 0.03, "the network's view holds the solver's colours");
}

/// How much of the banner's place has its colour.
pub fn alerts(picture: &RgbaImage) -> f64 {
    fraction(picture, BANNER, |[red, green, blue]| red > green + 15 && red > blue + 12 && red < 80)
}
