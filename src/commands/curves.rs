//! Pictures of a training: its curves, drawn from the tables in its folder.

use super::{
    CommandError,
    chart::{Axis, Chart, Colour, Curve, GREEN, NETWORK, RED, SOLVER, Style, VIOLET},
};
use crate::training::{
    folder::{METRICS, VALIDATION},
    validation::QUOTED_FRAMES,
};
use std::{collections::HashMap, path::Path};

/// Steps whose losses are averaged for the smooth curve.
const WINDOW: usize = 100;

/// Colours of the quoted frames, the earliest first.
const COLOURS: [Colour; QUOTED_FRAMES.len()] = [SOLVER, RED, VIOLET, NETWORK, GREEN];

/// Draws `loss.png` and, once there is a validation, `rmse.png` and `energy_error.png` into the folder of a run.
///
/// # Errors
/// When a table cannot be read, or a picture not be drawn or written.
pub fn draw(folder: &Path) -> Result<(), CommandError> {
    draw_loss(folder)?;
    let table = read_table(&folder.join(VALIDATION))?;
    if table.values().all(Vec::is_empty) {
        return Ok(());
    }
    draw_validation(folder, &table, "rmse", "RMSE of whole rollouts", "RMSE of φ")?;
    draw_validation(folder, &table, "energy_error", "Free energy of whole rollouts", "|ΔF|/F")
}

fn draw_loss(folder: &Path) -> Result<(), CommandError> {
    let table = read_table(&folder.join(METRICS))?;
    let steps = points(&table, "loss");
    let mean = |part: &[(f64, f64)]| {
        let sum = part.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        (sum.0 / part.len() as f64, sum.1 / part.len() as f64)
    };
    let smooth = steps.chunks(WINDOW).map(mean).collect();
    let curves = [Curve::line(format!("loss, mean over {WINDOW} steps"), VIOLET, smooth)];
    let (x, y) = (Axis::linear("step of the optimiser"), Axis::logarithmic("loss"));
    Chart { title: "Training", x, y, curves: &curves }.save(&folder.join("loss.png"))
}

fn draw_validation(
    folder: &Path,
    table: &Table,
    column: &str,
    title: &str,
    ordinate: &'static str,
) -> Result<(), CommandError> {
    let curve = |(frame, colour)| {
        let points = points(table, &format!("{column}_{frame}"));
        Curve::line(format!("frame {frame}"), colour, points).styled(Style::Marked)
    };
    let curves: Vec<_> = QUOTED_FRAMES.into_iter().zip(COLOURS).map(curve).collect();
    let (x, y) = (Axis::linear("step of the optimiser"), Axis::logarithmic(ordinate));
    Chart { title, x, y, curves: &curves }.save(&folder.join(format!("{column}.png")))
}

/// Columns of numbers by name.
type Table = HashMap<String, Vec<f64>>;

/// A column of a run's table against its steps.
fn points(table: &Table, column: &str) -> Vec<(f64, f64)> {
    let values = |name| table.get(name).into_iter().flatten().copied();
    values("step").zip(values(column)).collect()
}

fn read_table(path: &Path) -> Result<Table, CommandError> {
    let failed = |source| CommandError::Csv { path: path.to_owned(), source };
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let names = reader.headers().map_err(failed)?.clone();
    let mut table: Table = names.iter().map(|name| (name.to_owned(), Vec::new())).collect();
    for row in reader.records() {
        for (name, value) in names.iter().zip(&row.map_err(failed)?) {
            table.entry(name.to_owned()).or_default().push(value.parse().unwrap_or(f64::NAN));
        }
    }
    Ok(table)
}
