//! Pictures of a training: its curves, drawn from what it has reported.

use crate::{
    formats::{KnownFolder, OutputFiles},
    report::{
        ReportError,
        chart::{Axis, Chart, Curve, Style},
        colour::{Colour, GREEN, NETWORK, RED, REFERENCE, VIOLET},
    },
    training::{
        events::Curves,
        state::StepReport,
        validation::{QUOTED_FRAMES, Validation},
    },
};
use std::path::Path;

/// Steps whose losses are averaged for the smooth curve.
const WINDOW: usize = 100;

/// Colours of the quoted frames, the earliest first.
const COLOURS: [Colour; QUOTED_FRAMES.len()] = [REFERENCE, RED, VIOLET, NETWORK, GREEN];

/// Draws `loss.png` and, once there is a validation, `rmse.png` and `energy_error.png` into the folder of a run, and
/// into no other that takes its path meanwhile.
///
/// # Errors
/// When a picture cannot be drawn or written.
pub fn draw(place: &KnownFolder, curves: &Curves) -> Result<(), ReportError> {
    let files = OutputFiles::create(place.path())?;
    place.check()?;
    let folder = files.path();
    draw_loss(&folder.join("loss.png"), &curves.steps)?;
    let draw = |name, title, ordinate, values: fn(&Validation) -> &Quoted| {
        draw_validations(&folder.join(name), &curves.validations, title, ordinate, values)
    };
    if !curves.validations.is_empty() {
        draw("rmse.png", "RMSE of whole rollouts", "RMSE of φ", |v| &v.rmse)?;
        draw("energy_error.png", "Free energy of whole rollouts", "|ΔF|/F", |v| &v.energy_error)?;
    }
    files.finish(true)?;
    Ok(())
}

fn draw_loss(path: &Path, steps: &[StepReport]) -> Result<(), ReportError> {
    let mean = |part: &[StepReport]| {
        let sum = part.iter().fold((0.0, 0.0), |sum, report| (sum.0 + report.step as f64, sum.1 + report.loss));
        (sum.0 / part.len() as f64, sum.1 / part.len() as f64)
    };
    let smooth = steps.chunks(WINDOW).map(mean).collect();
    let curves = [Curve::line(format!("loss, mean over {WINDOW} steps"), VIOLET, smooth)];
    let (x, y) = (Axis::linear("step of the optimiser"), Axis::logarithmic("loss"));
    Chart { title: "Training", x, y, curves: &curves }.save(path)
}

/// Values at the quoted frames.
type Quoted = [f64; QUOTED_FRAMES.len()];

fn draw_validations(
    path: &Path,
    validations: &[Validation],
    title: &str,
    ordinate: &'static str,
    values: fn(&Validation) -> &Quoted,
) -> Result<(), ReportError> {
    let curve = |(index, (frame, colour))| {
        let points = validations.iter().map(|validation| (validation.step as f64, values(validation)[index])).collect();
        Curve::line(format!("frame {frame}"), colour, points).styled(Style::Marked)
    };
    let curves: Vec<_> = QUOTED_FRAMES.into_iter().zip(COLOURS).enumerate().map(curve).collect();
    let (x, y) = (Axis::linear("step of the optimiser"), Axis::logarithmic(ordinate));
    Chart { title, x, y, curves: &curves }.save(path)
}
