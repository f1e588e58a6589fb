//! The window of time in which an exponent is fitted, and what comes out.

use super::series::{Look, Owner, Series};
use crate::metrics::exponent::{PowerLaw, fit_power_law};
use crate::{app::theme, report::number};
use serde::{Deserialize, Serialize};

/// Least ratio of the ends.
const LEAST: f64 = 1.05;

/// How far a window reaches back from the latest time before it is dragged.
const USUAL: f64 = 4.0;

/// A window of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    pub from: f64,
    pub to: f64,
}

/// One of its two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    From,
    To,
}

impl End {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::From, Self::To];

    /// What its handle is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::From => "Begin of the fit",
            Self::To => "End of the fit",
        }
    }
}

impl Window {
    /// The window that is used until the user drags one: the latest stretch of a run from `first` to `last`.
    pub fn usual([first, last]: [f64; 2]) -> Self {
        Self { from: (last / USUAL).max(first), to: last }
    }

    /// Whether it has a part in common with a run from `first` to `last`; that of an earlier run may not.
    pub fn meets(&self, [first, last]: [f64; 2]) -> bool {
        self.from < last && self.to > first
    }

    /// Where an end is.
    pub fn at(&self, end: End) -> f64 {
        match end {
            End::From => self.from,
            End::To => self.to,
        }
    }

    /// The same with an end moved to a time from `first` to `last`, within the limits that the other end sets.
    pub fn with(self, end: End, time: f64, first: f64, last: f64) -> Self {
        let time = time.clamp(first, last.max(first));
        match end {
            End::From => Self { from: time.min(self.to / LEAST), ..self },
            End::To => Self { to: time.max(self.from * LEAST), ..self },
        }
    }

    /// In words.
    pub fn text(&self) -> String {
        format!("t = {} to {}", number::significant(self.from), number::significant(self.to))
    }
}

/// The exponent of one curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    pub owner: Owner,
    pub name: String,
    /// `None` where too few points lie inside the window.
    pub law: Option<PowerLaw>,
}

impl Fit {
    /// Fits the curves of evolutions inside a window.
    pub fn all<'a>(series: impl IntoIterator<Item = &'a Series>, window: Window) -> Vec<Self> {
        let evolutions = series.into_iter().filter(|series| series.owner != Owner::Law && series.look == Look::Line);
        let fit = |series: &Series| {
            let (times, values): (Vec<_>, Vec<_>) = series.points.iter().map(|&[time, value]| (time, value)).unzip();
            // Times are multiples of the frame time but for rounding.
            let range = window.from * (1.0 - 1e-9)..=window.to * (1.0 + 1e-9);
            let law = fit_power_law(&times, &values, range);
            Self { owner: series.owner, name: series.name.clone(), law }
        };
        evolutions.map(fit).collect()
    }

    /// The exponent with its standard error.
    pub fn text(&self) -> String {
        let Some(law) = self.law else { return format!("{}: too few frames", self.name) };
        format!("{}: {} ± {}", self.name, number::fixed(law.exponent, 3), theme::readout(law.standard_error))
    }

    /// The line of the law across a window.
    pub fn line(&self, window: Window) -> Option<Series> {
        let law = self.law?;
        let points = End::BOTH.map(|end| [window.at(end), law.at(window.at(end))]).into();
        let exponent = number::fixed(law.exponent, 3);
        let name = format!("{}: n = {exponent}, {}", self.name, window.text());
        Some(Series { owner: self.owner, name, look: Look::Dashed, points })
    }
}
