//! Charts as PNG and SVG files, drawn without a window or system fonts.

pub use super::axis::Axis;
use super::{
    ReportError,
    axis::{Scale, range},
    colour::{Colour, GUIDE},
    lettering::{self, FONT},
    number::significant,
    png, svg,
};
use image::{
    RgbImage,
    imageops::{FilterType, resize},
};
use plotters::{
    coord::{Shift, ranged1d::ValueFormatter},
    prelude::*,
};
use std::{error::Error, ops::Range, path::Path};

/// Width and height of the file in pixels.
pub(super) const SIZE: (u32, u32) = (1200, 800);
/// Charts are drawn so many times larger and then reduced, for smooth lines.
const ENLARGED: u32 = 2;
/// Height of a line of the legend, and of the letters in it, in enlarged pixels.
const LINE: u32 = 34 * ENLARGED;
const LETTER: u32 = 22 * ENLARGED;
/// Half the width of a cross, in enlarged pixels.
const CROSS: u32 = 8 * ENLARGED;

/// One curve.
#[derive(Clone)]
pub struct Curve {
    /// Its name in the legend; without one it is not listed there.
    pub name: String,
    pub colour: Colour,
    pub style: Style,
    pub points: Vec<(f64, f64)>,
    /// A shade behind the curve, as abscissa, lower and upper end; may be empty.
    pub band: Vec<(f64, f64, f64)>,
}

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Line,
    Dashed,
    /// A line with a mark at each point.
    Marked,
    /// Marks alone.
    Points,
    /// Other marks alone.
    Crosses,
}

/// Curves in one frame, with their names below.
pub struct Chart<'a> {
    pub title: &'a str,
    pub x: Axis,
    pub y: Axis,
    pub curves: &'a [Curve],
}

impl Curve {
    /// A line through points; those that the axes cannot show are left out when it is drawn.
    pub fn line(name: impl Into<String>, colour: Colour, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), colour, style: Style::Line, points, band: Vec::new() }
    }

    /// The power law t^(−1/3) through a point, over the abscissae of `like`.
    pub fn cube_root_guide(like: &[(f64, f64)], through: (f64, f64)) -> Self {
        let (time, value) = through;
        let points = like.iter().map(|&(t, _)| (t, value * (t / time).powf(-1.0 / 3.0))).collect();
        Self::line("t^(−1/3)", GUIDE, points).styled(Style::Dashed)
    }

    /// The same curve drawn in another way.
    pub fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

impl Chart<'_> {
    /// Draws the chart into a file: an SVG if its name ends so, and a PNG otherwise.
    ///
    /// # Errors
    /// When it cannot be drawn or written.
    pub fn save(&self, path: &Path) -> Result<(), ReportError> {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg")) {
            return svg::save(self, path);
        }
        let failed = |reason: String| ReportError::Image { path: path.to_owned(), reason };
        let (width, height) = (SIZE.0 * ENLARGED, SIZE.1 * ENLARGED);
        let mut pixels = vec![0; width as usize * height as usize * 3];
        {
            let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
            self.draw(&area).map_err(|error| failed(error.to_string()))?;
        }
        let image = RgbImage::from_raw(width, height, pixels).ok_or_else(|| failed("its size is wrong".into()))?;
        png::save(&resize(&image, SIZE.0, SIZE.1, FilterType::Triangle), path)
    }

    fn draw(&self, area: &DrawingArea<BitMapBackend, Shift>) -> Result<(), Box<dyn Error>> {
        lettering::register()?;
        area.fill(&WHITE)?;
        let lines = self.named().count().div_ceil(2) as u32;
        let (above, below) = area.split_vertically(area.dim_in_pixel().1 - lines * LINE - LINE / 2);
        self.draw_legend(&below)?;
        let (x, y) = self.ranges();
        let mut frame = ChartBuilder::on(&above);
        frame
            .caption(self.title, (FONT, 32 * ENLARGED))
            .margin(16 * ENLARGED)
            .x_label_area_size(60 * ENLARGED)
            .y_label_area_size(100 * ENLARGED);
        match (self.x.scale, self.y.scale) {
            (Scale::Linear, Scale::Linear) => self.fill(frame.build_cartesian_2d(x, y)?),
            (Scale::Linear, Scale::Logarithmic) => self.fill(frame.build_cartesian_2d(x, self.y.logarithm(y))?),
            (Scale::Logarithmic, Scale::Linear) => self.fill(frame.build_cartesian_2d(self.x.logarithm(x), y)?),
            (Scale::Logarithmic, Scale::Logarithmic) => {
                self.fill(frame.build_cartesian_2d(self.x.logarithm(x), self.y.logarithm(y))?)
            }
        }?;
        area.present()?;
        Ok(())
    }

    /// The curves that the legend lists.
    pub(super) fn named(&self) -> impl Iterator<Item = &Curve> {
        self.curves.iter().filter(|curve| !curve.name.is_empty())
    }

    /// Two columns of names, each behind a piece of its curve.
    fn draw_legend(&self, area: &DrawingArea<BitMapBackend, Shift>) -> Result<(), Box<dyn Error>> {
        let (piece, column) = (40 * ENLARGED as i32, 540 * ENLARGED as i32);
        for (curve, number) in self.named().zip(0..) {
            let (x, y) = (116 * ENLARGED as i32 + number % 2 * column, LINE as i32 / 2 + number / 2 * LINE as i32);
            let dashes = match curve.style {
                Style::Dashed => vec![(0, 16), (24, 40)],
                Style::Line | Style::Marked => vec![(0, 40)],
                Style::Points | Style::Crosses => vec![],
            };
            for (from, to) in dashes {
                let ends = [from, to].map(|along| (x + along * ENLARGED as i32, y));
                area.draw(&PathElement::new(ends, curve.colour.stroke_width(3 * ENLARGED)))?;
            }
            if matches!(curve.style, Style::Marked | Style::Points) {
                area.draw(&Circle::new((x + piece / 2, y), 6 * ENLARGED, curve.colour.filled()))?;
            }
            if curve.style == Style::Crosses {
                area.draw(&Cross::new((x + piece / 2, y), CROSS, curve.colour.stroke_width(4 * ENLARGED)))?;
            }
            let place = (x + piece * 5 / 4, y - LETTER as i32 / 2);
            area.draw(&Text::new(curve.name.as_str(), place, (FONT, LETTER)))?;
        }
        Ok(())
    }

    /// Draws everything inside the axes.
    fn fill<'a, X, Y>(
        &self,
        mut frame: ChartContext<'a, BitMapBackend<'a>, Cartesian2d<X, Y>>,
    ) -> Result<(), Box<dyn Error>>
    where
        X: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        frame
            .configure_mesh()
            .x_desc(self.x.label)
            .y_desc(self.y.label)
            .label_style((FONT, LETTER))
            .set_all_tick_mark_size(6 * ENLARGED)
            .x_label_formatter(&|value| significant(*value))
            .y_label_formatter(&|value| significant(*value))
            .light_line_style(BLACK.mix(0.05))
            .bold_line_style(BLACK.mix(0.14))
            .draw()?;
        for curve in self.curves.iter().filter(|curve| !curve.band.is_empty()) {
            let shown = |band: &&(f64, f64, f64)| self.shows((band.0, band.1)) && band.2.is_finite();
            let band: Vec<_> = curve.band.iter().filter(shown).collect();
            let upper = band.iter().map(|band| (band.0, band.2));
            let lower = band.iter().rev().map(|band| (band.0, band.1));
            frame.draw_series([Polygon::new(upper.chain(lower).collect::<Vec<_>>(), curve.colour.mix(0.2))])?;
        }
        for curve in self.curves {
            let line = curve.colour.stroke_width(3 * ENLARGED);
            let points: Vec<_> = curve.points.iter().copied().filter(|&point| self.shows(point)).collect();
            if matches!(curve.style, Style::Marked | Style::Points) {
                let mark = |&point: &_| Circle::new(point, 6 * ENLARGED, curve.colour.filled());
                frame.draw_series(points.iter().map(mark))?;
            }
            if curve.style == Style::Crosses {
                let mark = |&point: &_| Cross::new(point, CROSS, curve.colour.stroke_width(4 * ENLARGED));
                frame.draw_series(points.iter().map(mark))?;
            }
            match curve.style {
                Style::Dashed => frame.draw_series(DashedLineSeries::new(points, 12 * ENLARGED, 8 * ENLARGED, line))?,
                Style::Line | Style::Marked => frame.draw_series(LineSeries::new(points, line))?,
                Style::Points | Style::Crosses => continue,
            };
        }
        Ok(())
    }

    /// Whether the axes can show a point.
    pub(super) fn shows(&self, (x, y): (f64, f64)) -> bool {
        self.x.shows(x) && self.y.shows(y)
    }

    /// Ranges of both axes around all that is shown.
    pub(super) fn ranges(&self) -> (Range<f64>, Range<f64>) {
        let edges = |(x, low, high): &(f64, f64, f64)| [(*x, *low), (*x, *high)];
        let points =
            self.curves.iter().flat_map(|curve| curve.points.iter().copied().chain(curve.band.iter().flat_map(edges)));
        let (x, y): (Vec<_>, Vec<_>) = points.filter(|&point| self.shows(point)).unzip();
        let over = |axis: &Axis, values: &[f64]| axis.range.clone().unwrap_or_else(|| range(axis.scale, values));
        (over(&self.x, &x), over(&self.y, &y))
    }
}
