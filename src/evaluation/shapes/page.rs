//! Bunny and slice in tables and charts.

use crate::evaluation::{
    EvaluationError, Evaluator,
    errors::{Sheet, Targets},
    spread::Quantity,
    trial::Trial,
};
use std::{path::Path, slice};

/// What the report says of the bunny.
const BUNNY: &str =
    if cfg!(feature = "bunny") { "the Stanford bunny, a closed body with a tanh profile, and " } else { "" };

/// Writes the tables and plots.
///
/// # Errors
/// When something cannot be drawn or written.
pub fn write(folder: &Path, trials: &[(&str, Trial)], evaluator: &Evaluator) -> Result<String, EvaluationError> {
    let mut text = format!(
        "Unlike the training data, on {}: {BUNNY}the slice, noise in a layer in the middle of a uniform field.\n\n",
        evaluator.plan.shapes.grid
    );
    for (name, trial) in trials {
        text += &format!("### {name}\n\n{} frames; all of them in `{name}.csv`.\n\n", trial.frames());
        let targets = if *name == "bunny" { Targets::Bunny } else { Targets::Nothing };
        let sheet = Sheet { stem: name, title: name, targets, trials: slice::from_ref(trial) };
        text += &sheet.write(folder, &Quantity::ALL, evaluator)?;
        text += &sheet.fine(&evaluator.plan.network());
    }
    Ok(text)
}
