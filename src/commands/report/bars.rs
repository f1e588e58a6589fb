//! What the model is held to, as a table.

use crate::{
    commands::table::{header, markdown, significant},
    evaluation::{
        Findings, Plan,
        bars::{Bar, Doubt, Limit, bars},
    },
};

/// The table of all bars.
pub fn write(plan: &Plan, findings: &Findings) -> String {
    let bars = bars(plan, findings);
    let measured = bars.iter().filter(|bar| bar.met().is_some()).count();
    let met = bars.iter().filter(|bar| bar.met() == Some(true)).count();
    let row = |bar: &Bar| vec![bar.what.clone(), limit(bar.limit), measure(bar), frozen(bar), verdict(bar)];
    format!(
        "## What it is held to\n\n{met} of {} are met; {} could not be judged. “φ frozen” is what the initial field would \
         have: a bar above that is met by doing nothing.\n\n{}",
        bars.len(),
        bars.len() - measured,
        markdown(&header(&["", "bar", "measured", "φ frozen", "met"]), bars.iter().map(row))
    )
}

fn limit(limit: Limit) -> String {
    match limit {
        Limit::AtMost(most) => format!("≤ {}", significant(most)),
        Limit::Within { centre, margin } => format!("{} ± {}", significant(centre), significant(margin)),
    }
}

fn measure(bar: &Bar) -> String {
    match bar.measured {
        None => "not measured".into(),
        Some(value) if !value.is_finite() => "diverged".into(),
        Some(value) => significant(value),
    }
}

fn frozen(bar: &Bar) -> String {
    bar.frozen.map_or("–".into(), significant)
}

fn verdict(bar: &Bar) -> String {
    match (bar.met(), bar.doubt) {
        (Some(true), _) => "yes".into(),
        (Some(false), _) => "**no**".into(),
        (None, Some(Doubt::Frames(frames) | Doubt::End(frames))) if bar.measured.is_some() => {
            format!("open: fewer than {frames} frames")
        }
        (None, Some(Doubt::Asks(asked))) if bar.measured.is_some() => format!("open: asks for {asked}"),
        (None, _) => "open".into(),
    }
}
