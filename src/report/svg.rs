//! Charts as scalable drawings.

use super::{
    ReportError,
    axis::Scale,
    chart::{Axis, Chart, Curve, SIZE, Style},
    number::significant,
};
use crate::formats::{FormatError, OutputFile};
use plotters::prelude::Ranged;
use std::{io::Write, ops::Range, path::Path};

/// The frame of the axes: left, top, right and bottom.
const FRAME: [f64; 4] = [116.0, 64.0, 1176.0, 690.0];

/// Height of a line of the legend.
const LINE: f64 = 32.0;

/// An axis with the part of the drawing that it spans.
struct Span<'a> {
    axis: &'a Axis,
    range: Range<f64>,
    ends: [f64; 2],
}

impl Span<'_> {
    /// Where a value lies.
    fn place(&self, value: f64) -> f64 {
        let share = |value: f64, Range { start, end }: &Range<f64>| (value - start) / (end - start);
        let share = match self.axis.scale {
            Scale::Linear => share(value, &self.range),
            Scale::Logarithmic => share(value.log10(), &(self.range.start.log10()..self.range.end.log10())),
        };
        self.ends[0] + share * (self.ends[1] - self.ends[0])
    }

    fn marks(&self) -> Vec<f64> {
        match self.axis.scale {
            Scale::Linear => plotters::coord::types::RangedCoordf64::from(self.range.clone()).key_points(8),
            Scale::Logarithmic => self.axis.marks_of_decades(&self.range),
        }
    }
}

/// Draws a chart into a file.
pub fn save(chart: &Chart, path: &Path) -> Result<(), ReportError> {
    let mut file = OutputFile::create(path)?;
    let written = file.write_all(text(chart).as_bytes());
    written.map_err(|source| FormatError::Write { path: path.to_owned(), source })?;
    file.finish()?;
    Ok(())
}

fn text(chart: &Chart) -> String {
    let [left, top, right, bottom] = FRAME;
    let (x, y) = chart.ranges();
    let spans = [
        Span { axis: &chart.x, range: x, ends: [left, right] },
        Span { axis: &chart.y, range: y, ends: [bottom, top] },
    ];
    let height = bottom + 84.0 + chart.named().count().div_ceil(2) as f64 * LINE;
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {height}" font-family="Ubuntu, sans-serif" font-size="20">"#,
        SIZE.0
    );
    out += r#"<rect width="100%" height="100%" fill="white"/>"#;
    out += &written([(left + right) / 2.0, 40.0], "middle", r#"font-size="28""#, chart.title);
    out += &written([(left + right) / 2.0, bottom + 62.0], "middle", "", chart.x.label);
    let turned = format!(r#"transform="rotate(-90 28 {})""#, (top + bottom) / 2.0);
    out += &written([28.0, (top + bottom) / 2.0], "middle", &turned, chart.y.label);
    for mark in spans[0].marks() {
        let x = spans[0].place(mark);
        out += &format!(r##"<path d="M{x:.1} {top}V{bottom}" stroke="#e0e0e0"/>"##);
        out += &written([x, bottom + 28.0], "middle", "", &significant(mark));
    }
    for mark in spans[1].marks() {
        let y = spans[1].place(mark);
        out += &format!(r##"<path d="M{left} {y:.1}H{right}" stroke="#e0e0e0"/>"##);
        out += &written([left - 10.0, y + 7.0], "end", "", &significant(mark));
    }
    out += &format!(r#"<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="black"/>"#);
    for curve in chart.curves {
        let place = |x: f64, y: f64| [spans[0].place(x), spans[1].place(y)];
        let shown = |low: f64, high: f64, x: f64| chart.shows((x, low)) && chart.shows((x, high));
        let band: Vec<_> = curve.band.iter().filter(|band| shown(band.1, band.2, band.0)).collect();
        let upper = band.iter().map(|band| place(band.0, band.2));
        let edge: Vec<_> = upper.chain(band.iter().rev().map(|band| place(band.0, band.1))).collect();
        if !edge.is_empty() {
            out += &format!(r#"<path d="{}Z" fill="{}" fill-opacity="0.2"/>"#, path(&edge), colour(curve));
        }
        let points = curve.points.iter().filter(|&&point| chart.shows(point)).map(|&(x, y)| place(x, y));
        out += &drawn(curve, &points.collect::<Vec<_>>());
    }
    for (number, curve) in chart.named().enumerate() {
        let x = left + (number % 2) as f64 * 540.0;
        let y = bottom + 96.0 + (number / 2) as f64 * LINE;
        let piece: &[[f64; 2]] = match curve.style {
            Style::Points | Style::Crosses => &[[x + 20.0, y]],
            _ => &[[x, y], [x + 40.0, y]],
        };
        out += &drawn(curve, piece);
        out += &written([x + 50.0, y + 7.0], "start", "", &curve.name);
    }
    out + "</svg>\n"
}

/// A curve through places of the drawing.
fn drawn(curve: &Curve, places: &[[f64; 2]]) -> String {
    let colour = colour(curve);
    let line = |dashes: &str| {
        format!(r#"<path d="{}" fill="none" stroke="{colour}" stroke-width="3"{dashes}/>"#, path(places))
    };
    let marks = || places.iter().map(|[x, y]| format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="6" fill="{colour}"/>"#));
    let crosses = places.iter().map(|[x, y]| {
        format!(r#"<path d="M{:.1} {:.1}l16 16m0 -16l-16 16" stroke="{colour}" stroke-width="4"/>"#, x - 8.0, y - 8.0)
    });
    match curve.style {
        Style::Line => line(""),
        Style::Dashed => line(r#" stroke-dasharray="12 8""#),
        Style::Marked => line("") + &marks().collect::<String>(),
        Style::Points => marks().collect(),
        Style::Crosses => crosses.collect(),
    }
}

fn path(places: &[[f64; 2]]) -> String {
    let point = |(number, [x, y]): (usize, &[f64; 2])| format!("{}{x:.1} {y:.1}", if number == 0 { 'M' } else { 'L' });
    places.iter().enumerate().map(point).collect()
}

fn written([x, y]: [f64; 2], anchor: &str, more: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!(r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" {more}>{text}</text>"#)
}

fn colour(curve: &Curve) -> String {
    let plotters::style::RGBColor(red, green, blue) = curve.colour;
    format!("#{red:02x}{green:02x}{blue:02x}")
}
