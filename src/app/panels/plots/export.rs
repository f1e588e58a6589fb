//! A plot as a file: its curves as a table, or a picture of it.

use super::{
    figure::{Figure, Scale},
    series::{Look, Owner, Series},
};
use crate::report::{
    ReportError,
    chart::{Axis, Chart, Curve, Style},
    colour::Colour,
    table::write_csv,
};
use std::{collections::BTreeMap, ops::Range, path::Path};

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Svg,
    Png,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Svg, Self::Png];

    /// What its files end with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }

    /// What such a file holds.
    pub fn about(self) -> &'static str {
        match self {
            Self::Csv => "The curves shown as a table, with all their points",
            Self::Svg => "A drawing that can be scaled",
            Self::Png => "A picture",
        }
    }
}

/// A plot that is to be saved.
#[derive(Debug, Clone)]
pub struct Export {
    pub figure: Figure,
    pub format: Format,
    /// The frame shown.
    pub frame: usize,
    /// The curves shown.
    pub series: Vec<Series>,
    /// Fitted lines.
    pub fits: Vec<Series>,
    /// What its axes cover, if it is not all.
    pub ranges: Option<[Range<f64>; 2]>,
}

impl Export {
    /// The name that is proposed for its file.
    pub fn name(&self) -> String {
        let stem = self.figure.stem();
        let extension = self.format.extension();
        match self.figure.is_of_frame() {
            true => format!("{stem}-frame-{}.{extension}", self.frame),
            false => format!("{stem}.{extension}"),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be drawn or written.
    pub fn write(&self, path: &Path) -> Result<(), ReportError> {
        match self.format {
            Format::Csv => write_csv(path, self.table()),
            Format::Svg | Format::Png => self.draw(path),
        }
    }

    /// A column for the abscissa and one for each curve, under their names; empty where a curve has no value.
    pub fn table(&self) -> Vec<Vec<String>> {
        let curves: Vec<_> = self.series.iter().filter(|series| series.owner != Owner::Law).collect();
        let mut lines: BTreeMap<Ordered, Vec<String>> = BTreeMap::new();
        for (column, series) in curves.iter().enumerate() {
            for &[x, y] in &series.points {
                let line = lines.entry(Ordered(x)).or_insert_with(|| vec![String::new(); curves.len()]);
                line[column] = y.to_string();
            }
        }
        let [abscissa, ordinate] = self.figure.axes();
        let names = curves.iter().map(|series| format!("{ordinate}: {}", series.name));
        let header = [abscissa.to_owned()].into_iter().chain(names).collect();
        let lines = lines.into_iter().map(|(x, values)| [x.0.to_string()].into_iter().chain(values).collect());
        [header].into_iter().chain(lines).collect()
    }

    fn draw(&self, path: &Path) -> Result<(), ReportError> {
        let ordinates = self.series.iter().filter(|series| series.look != Look::Upright);
        let ordinates: Vec<f64> = ordinates.flat_map(|series| series.points.iter().map(|point| point[1])).collect();
        let curves: Vec<_> = self.series.iter().chain(&self.fits).map(|series| curve(series, &ordinates)).collect();
        let [x, y] = self.figure.axes();
        let [mut x, mut y] = [(x, self.figure.scales()[0]), (y, self.figure.scales()[1])].map(axis);
        if let Some([over_x, over_y]) = self.ranges.clone() {
            (x, y) = (x.over(over_x), y.over(over_y));
        }
        Chart { title: self.figure.name(), x, y, curves: &curves }.save(path)
    }
}

fn axis((label, scale): (&'static str, Scale)) -> Axis {
    match scale {
        Scale::Linear => Axis::linear(label),
        Scale::Logarithmic => Axis::logarithmic(label),
    }
}

/// A curve of the chart; a line across the plot goes from the least to the largest of `ordinates`.
fn curve(series: &Series, ordinates: &[f64]) -> Curve {
    let [red, green, blue] = series.owner.hue().on_light;
    let style = match series.look {
        Look::Line => Style::Line,
        Look::Dashed | Look::Upright => Style::Dashed,
        Look::Mark => Style::Points,
    };
    let points = match series.look {
        Look::Upright => {
            let ends = [f64::min, f64::max].map(|pick| ordinates.iter().copied().reduce(pick));
            series.points.iter().flat_map(|point| ends.into_iter().flatten().map(|end| (point[0], end))).collect()
        }
        _ => series.points.iter().map(|point| (point[0], point[1])).collect(),
    };
    Curve::line(&series.name, Colour(red, green, blue), points).styled(style)
}

/// A number that sorts.
#[derive(PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
