//! Led networks in tables and charts.

use super::plan::LedPlan;
use crate::{
    evaluation::{
        EvaluationError, Evaluator,
        errors::{Sheet, Targets},
        spread::Quantity,
        trial::Trial,
    },
    report::{
        number::{error, fixed},
        table::markdown,
    },
};
use std::{iter, path::Path, slice};

/// The frame of the first table.
const FRAME: usize = 10;

/// Writes the tables and plots.
///
/// # Errors
/// When something cannot be drawn or written.
pub fn write(folder: &Path, trials: &[(&str, Trial)], evaluator: &Evaluator) -> Result<String, EvaluationError> {
    let LedPlan { grid, leads, .. } = &evaluator.plan.led;
    let frame = trials.iter().map(|(_, trial)| trial.frames()).max().unwrap_or(0).min(FRAME);
    let columns = leads.iter().map(|&lead| match lead {
        0 => "alone from the start".to_owned(),
        lead => format!("led for {lead}"),
    });
    let columns: Vec<_> = iter::once("field".to_owned()).chain(columns).collect();
    let row = |(name, trial): &(&str, Trial)| {
        let cell = |&lead: &usize| {
            let rmse = Quantity::Rmse.of(trial, &evaluator.plan.led(lead), frame).filter(|_| lead <= frame);
            rmse.map_or("–".to_owned(), |rmse| error(rmse, |rmse| fixed(rmse, 3)))
        };
        iter::once((*name).to_owned()).chain(leads.iter().map(cell)).collect()
    };
    let mut text = format!(
        "Two fields on {grid} whose first frames are unlike anything that networks are trained on. A led network has the \
         solver's field up to the given frame and starts from there. RMSE of φ at frame {frame}, on the network's nodes:\n\n{}",
        markdown(&columns, trials.iter().map(row))
    );
    for (name, trial) in trials {
        let stem = format!("led_{name}");
        text += &format!("### {name}\n\n{} frames; all of them in `{stem}.csv`.\n\n", trial.frames());
        let sheet = Sheet { stem: &stem, title: name, targets: Targets::Nothing, trials: slice::from_ref(trial) };
        text += &sheet.write(folder, &[Quantity::Rmse], evaluator)?;
    }
    Ok(text)
}
