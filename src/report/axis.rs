//! Axes of charts: what they cover and where their marks are.

use plotters::{
    coord::combinators::{BindKeyPoints, LogCoord, WithKeyPoints},
    prelude::*,
};
use std::ops::Range;

/// How an axis is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Linear,
    Logarithmic,
}

/// An axis: what stands beside it, how it is divided, where its marks are and what it covers, unless that is left to the chart.
pub struct Axis {
    pub(super) label: &'static str,
    pub(super) scale: Scale,
    marks: Option<Vec<f64>>,
    pub(super) range: Option<Range<f64>>,
}

impl Axis {
    /// A logarithmic axis.
    pub const fn logarithmic(label: &'static str) -> Self {
        Self { label, scale: Scale::Logarithmic, marks: None, range: None }
    }

    /// A linear axis.
    pub const fn linear(label: &'static str) -> Self {
        Self { label, scale: Scale::Linear, marks: None, range: None }
    }

    /// The same axis with marks at these values, if it is logarithmic.
    pub fn marked(self, marks: Vec<f64>) -> Self {
        Self { marks: Some(marks), ..self }
    }

    /// The same axis over a range, which is above 0 if it is logarithmic; points outside are left out.
    pub fn over(self, range: Range<f64>) -> Self {
        Self { range: Some(range), ..self }
    }

    /// Whether it can show a value.
    pub(super) fn shows(&self, value: f64) -> bool {
        let fits = value.is_finite() && (self.scale == Scale::Linear || value > 0.0);
        fits && self.range.as_ref().is_none_or(|range| (range.start..=range.end).contains(&value))
    }

    /// A logarithmic axis over a range with marks at round numbers, unless others were asked for.
    pub(super) fn logarithm(&self, range: Range<f64>) -> WithKeyPoints<LogCoord<f64>> {
        let (marks, light) = (self.marks_of_decades(&range), of_decades(&range, &[1., 2., 3., 4., 5., 6., 7., 8., 9.]));
        range.log_scale().with_key_points(marks).with_light_points(light)
    }

    /// Marks of a logarithmic axis over a range: round numbers, unless others were asked for.
    pub(super) fn marks_of_decades(&self, range: &Range<f64>) -> Vec<f64> {
        if let Some(marks) = &self.marks {
            return marks.clone();
        }
        let decades = (range.end / range.start).log10();
        let marks = match decades {
            ..1.2 => of_decades(range, &[1.0, 2.0, 3.0, 5.0, 7.0]),
            ..3.0 => of_decades(range, &[1.0, 2.0, 5.0]),
            _ => of_decades(range, &[1.0]),
        };
        // Marks keep a distance of about half a line whatever the number of decades.
        marks.iter().step_by((decades / 12.0).ceil().max(1.0) as usize).copied().collect()
    }
}

/// These multiples of powers of ten inside a range.
fn of_decades(range: &Range<f64>, values: &[f64]) -> Vec<f64> {
    let exponents = range.start.log10().floor() as i32..=range.end.log10().ceil() as i32;
    let all = exponents.flat_map(|exponent| values.iter().map(move |value| value * 10f64.powi(exponent)));
    all.filter(|value| range.contains(value)).collect()
}

/// A range around `values`, wide enough on a logarithmic axis for marks at round numbers to lie inside.
pub(super) fn range(scale: Scale, values: &[f64]) -> Range<f64> {
    const FACTOR: f64 = 2.0;
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
    if low > high {
        return 0.1..10.0;
    }
    match scale {
        Scale::Logarithmic => {
            let margin = (FACTOR * low / high).sqrt().max(1.05);
            low / margin..high * margin
        }
        Scale::Linear => {
            let margin = if high > low { 0.04 * (high - low) } else { 0.5 * high.abs().max(1.0) };
            let bottom = if low >= 0.0 { (low - margin).max(0.0) } else { low - margin };
            bottom..high + margin
        }
    }
}
