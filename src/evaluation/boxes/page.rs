//! Boxes of noise in tables and charts.

use crate::{
    evaluation::{
        EvaluationError, Evaluator,
        errors::{Sheet, Targets},
        spread::Quantity,
        trial::Trial,
    },
    grid::Shape,
    report::number::counted,
};
use std::path::Path;

/// Writes the tables and plots of boxes.
///
/// # Errors
/// When something cannot be drawn or written.
pub fn boxes(folder: &Path, trials: &[Trial], evaluator: &Evaluator) -> Result<String, EvaluationError> {
    let grid = evaluator.plan.boxes.grid;
    let sheet = Sheet { stem: "boxes", title: &format!("boxes of {grid}"), targets: Targets::Boxes, trials };
    write(folder, grid, &sheet, evaluator)
}

/// Writes the tables and plots of larger boxes.
///
/// # Errors
/// When something cannot be drawn or written.
pub fn large(folder: &Path, trials: &[Trial], evaluator: &Evaluator) -> Result<String, EvaluationError> {
    let grid = evaluator.plan.large.grid;
    let sheet = Sheet { stem: "large", title: &format!("boxes of {grid}"), targets: Targets::Nothing, trials };
    write(folder, grid, &sheet, evaluator)
}

fn write(folder: &Path, grid: Shape, sheet: &Sheet, evaluator: &Evaluator) -> Result<String, EvaluationError> {
    let (stem, count) = (sheet.stem, sheet.trials.len());
    let Some(frames) = sheet.trials.iter().map(Trial::frames).max() else {
        return Ok("No frame was finished.\n\n".into());
    };
    let coarse = evaluator.plan.network().grid(&grid.into()).map_or(String::new(), |grid| grid.to_string());
    let intro = format!(
        "{} of {frames} frames, each from its own Perlin noise; the network's grid is {coarse}. `{stem}.csv` holds every frame \
         of every run, `{stem}_summary.csv` means and worst runs.\n\n",
        counted(count, "run")
    );
    let errors = sheet.write(folder, &Quantity::ALL, evaluator)?;
    Ok(intro + &errors + &sheet.fine(&evaluator.plan.network()))
}
