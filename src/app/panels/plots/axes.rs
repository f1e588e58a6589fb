//! Axes of plots: round marks, also on logarithmic axes that show less than a decade, and how numbers stand beside
//! them.

use super::figure::Scale;
use crate::{app::theme, report::number::signed};
use bevy_egui::egui::{FontId, Vec2, Vec2b};
use egui_plot::{AxisHints, GridInput, GridMark, HoverPosition, Plot};
use std::ops::RangeInclusive;

/// Room for the numbers of an ordinate, in points.
const ORDINATE: f32 = 44.0;

/// A plot with axes divided so, which leaves scrolling and dragging to the window. What it shows is set by its bounds,
/// in decimal logarithms where an axis is logarithmic.
pub fn plot<'a>(id: impl Into<String>, height: f32, [x, y]: [Scale; 2]) -> Plot<'a> {
    Plot::new(id.into())
        .height(height)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_axis_zoom_drag(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_crosshair(false)
        .auto_bounds(Vec2b::FALSE)
        .grid_color(theme::line())
        .set_margin_fraction(Vec2::ZERO)
        .x_grid_spacer(move |input| x.marks(input))
        .y_grid_spacer(move |input| y.marks(input))
        .custom_x_axes(vec![axis(AxisHints::new_x()).formatter(move |mark, _| x.text(mark))])
        .custom_y_axes(vec![axis(AxisHints::new_y()).min_thickness(ORDINATE).formatter(move |mark, _| y.text(mark))])
}

/// A plot of decimal logarithms against steps, from step 0.
pub fn logarithmic<'a>(id: &str, height: f32) -> Plot<'a> {
    plot(id, height, [Scale::Linear, Scale::Logarithmic]).label_formatter(|position| match position {
        HoverPosition::NearDataPoint { plot_name, position, .. } => {
            Some(format!("step {}\n{plot_name} {}", position.x, theme::readout(10_f64.powf(position.y))))
        }
        HoverPosition::Elsewhere { .. } => None,
    })
}

fn axis(hints: AxisHints<'_>) -> AxisHints<'_> {
    hints.label_spacing(4.0..=8.0).tick_label_font(FontId::proportional(10.5)).tick_label_color(theme::tick())
}

impl Scale {
    /// Where a value lies on the axis; `None` where a logarithm has no place for it.
    pub fn place(self, value: f64) -> Option<f64> {
        let place = match self {
            Self::Linear => value,
            Self::Logarithmic if value > 0.0 => value.log10(),
            Self::Logarithmic => return None,
        };
        place.is_finite().then_some(place)
    }

    /// The value at a place of the axis.
    pub fn value(self, place: f64) -> f64 {
        match self {
            Self::Linear => place,
            Self::Logarithmic => 10_f64.powf(place),
        }
    }

    fn marks(self, input: GridInput) -> Vec<GridMark> {
        let (low, high) = input.bounds;
        let step_size = (high - low) / 4.0;
        let places = match self {
            Self::Linear => round_numbers(low..=high),
            Self::Logarithmic => round_powers(low..=high),
        };
        places.into_iter().map(|value| GridMark { value, step_size }).collect()
    }

    fn text(self, mark: GridMark) -> String {
        plain(self.value(mark.value))
    }
}

/// A number without trailing zeros.
fn plain(value: f64) -> String {
    signed(match value.abs() {
        0.0 => "0".into(),
        size if !(1e-4..1e5).contains(&size) => {
            let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
            format!("{rounded:e}")
        }
        _ => {
            let text = format!("{value:.5}");
            text.trim_end_matches('0').trim_end_matches('.').into()
        }
    })
}

/// About four round numbers in a range.
pub fn round_numbers(range: RangeInclusive<f64>) -> Vec<f64> {
    let (low, high) = range.into_inner();
    multiples(low, high, round_step((high - low) / 4.0))
}

/// Decimal logarithms of round numbers, in a range of logarithms: of 1, 2, 5 in each decade, of evenly spaced numbers
/// where there is less than a decade, of powers of ten where there are many.
pub fn round_powers(range: RangeInclusive<f64>) -> Vec<f64> {
    let (low, high) = range.into_inner();
    if !(low.is_finite() && high.is_finite()) || high - low > 60.0 {
        return Vec::new();
    }
    let decades = low.floor() as i32..=high.ceil() as i32;
    let numbers: Vec<f64> = match high - low {
        ..1.0 => {
            let (low, high) = (10_f64.powf(low), 10_f64.powf(high));
            // Steps are rounded up to 2.5 times this: at least two fit.
            multiples(low, high, round_step((high - low) / 5.0))
        }
        1.0..4.0 => decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(decade))).collect(),
        _ => decades.step_by(((high - low) / 6.0).ceil() as usize).map(|decade| 10_f64.powi(decade)).collect(),
    };
    numbers.into_iter().map(f64::log10).filter(|place| (low..=high).contains(place)).collect()
}

/// The smallest of 1, 2, 5, 10, … × a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let decade = 10_f64.powf(least.max(f64::MIN_POSITIVE).log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|digit| digit * decade).find(|step| *step >= least).unwrap_or(10.0 * decade)
}

fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let count = ((high - low) / step).clamp(0.0, 20.0) as usize + 2;
    let first = (low / step).ceil();
    (0..count).map(|index| (first + index as f64) * step).filter(|value| *value <= high).collect()
}
