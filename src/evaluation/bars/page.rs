//! The targets as a table.

use super::{Bar, Doubt, Limit, bars};
use crate::{
    evaluation::{Findings, Plan},
    report::{
        number::{error, or_dash, significant},
        table::{header, markdown},
    },
};

/// The table of all targets.
pub fn write(plan: &Plan, findings: &Findings) -> String {
    let bars = bars(plan, findings);
    let measured = bars.iter().filter(|bar| bar.met().is_some()).count();
    let met = bars.iter().filter(|bar| bar.met() == Some(true)).count();
    let row = |bar: &Bar| vec![bar.what.clone(), limit(bar.limit), measure(bar), frozen(bar), verdict(bar)];
    format!(
        "## Targets\n\nThe model meets {met} of {} targets; {} could not be judged. “φ frozen” is the value for the initial \
         field if it never changed: a target above it is met by doing nothing.\n\n{}",
        bars.len(),
        bars.len() - measured,
        markdown(&header(&["", "target", "measured", "φ frozen", "met"]), bars.iter().map(row))
    )
}

fn limit(limit: Limit) -> String {
    match limit {
        Limit::AtMost(most) => format!("≤ {}", significant(most)),
        Limit::Within { centre, margin } => format!("{} ± {}", significant(centre), significant(margin)),
    }
}

fn measure(bar: &Bar) -> String {
    bar.measured.map_or("not measured".into(), |value| error(value, significant))
}

fn frozen(bar: &Bar) -> String {
    or_dash(bar.frozen, significant)
}

fn verdict(bar: &Bar) -> String {
    match (bar.met(), bar.doubt) {
        (Some(true), _) => "yes".into(),
        (Some(false), _) => "**no**".into(),
        (None, Some(Doubt::Frames(frames) | Doubt::End(frames))) if bar.measured.is_some() => {
            format!("open: fewer than {frames} frames")
        }
        (None, Some(Doubt::Asks(asked))) if bar.measured.is_some() => format!("open: needs {asked}"),
        (None, _) => "open".into(),
    }
}
