//! The curves of a run as tables: `metrics.csv` and `validation.csv`.

use super::{
    folder::{FolderError, io_error},
    state::StepReport,
    validation::{QUOTED_FRAMES, Validation},
};
use crate::formats::{OutputFile, open_file};
use csv::StringRecord;
use serde::de::DeserializeOwned;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

/// Writes the headings of tables that are empty.
pub(super) fn begin(metrics: &mut File, validation: &mut File) -> io::Result<()> {
    if metrics.metadata()?.len() == 0 {
        append(metrics, "step,walk,loss,gradient,learning_rate,error_scale,length,unroll,size")?;
    }
    if validation.metadata()?.len() > 0 {
        return Ok(());
    }
    let quoted = |name: &str| QUOTED_FRAMES.map(|frame| format!(",{name}_{frame}")).concat();
    append(validation, &format!("step,mse,persistence{}{}", quoted("rmse"), quoted("energy_error")))
}

/// Adds a row to `metrics.csv`.
pub(super) fn add_step(metrics: &mut File, r: &StepReport) -> io::Result<()> {
    let row = format!(
        "{},{},{:e},{:e},{:e},{:e},{},{},{}",
        r.step,
        r.walk,
        r.loss,
        r.gradient,
        r.learning_rate,
        r.error_scale,
        r.length,
        r.unroll,
        r.shape.option()
    );
    append(metrics, &row)
}

/// Adds a row to `validation.csv`.
pub(super) fn add_validation(validation: &mut File, v: &Validation) -> io::Result<()> {
    let quoted = v.rmse.iter().chain(&v.energy_error).map(|value| format!(",{value:e}")).collect::<String>();
    append(validation, &format!("{},{:e},{:e}{quoted}", v.step, v.mse, v.persistence))
}

/// One write per line, so that a kill cannot leave half of it behind another.
fn append(file: &mut File, line: &str) -> io::Result<()> {
    file.write_all(format!("{line}\n").as_bytes())
}

/// Whether a row belongs to the part of a run up to `step`: none does when there is no step to continue from.
fn is_early(row: &StringRecord, step: Option<usize>) -> bool {
    row[0].parse::<usize>().is_ok_and(|row| step.is_some_and(|step| row <= step))
}

/// Keeps the heading of a table, if there is one, and the rows up to `step`, the number in the first column.
pub(super) fn cut<T: DeserializeOwned>(path: &Path, step: Option<usize>) -> Result<(), FolderError> {
    if !path.exists() {
        return Ok(());
    }
    let mut kept = OutputFile::create(path)?;
    walk_rows::<T>(path, |number, line, row| {
        let keeps = number == 0 || is_early(row, step);
        if keeps {
            writeln!(kept, "{line}").map_err(io_error(path))?;
        }
        Ok(keeps)
    })?;
    kept.finish()?;
    Ok(())
}

/// The reports in a table up to `step`.
pub(super) fn read_until<T: DeserializeOwned>(path: &Path, step: Option<usize>) -> Result<Vec<T>, FolderError> {
    if path.exists() {
        walk_rows(path, |number, _, row| Ok(number == 0 || is_early(row, step)))
    } else {
        Ok(Vec::new())
    }
}

/// All reports in a table, none where there is none.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, FolderError> {
    if path.exists() { walk_rows(path, |_, _, _| Ok(true)) } else { Ok(Vec::new()) }
}

/// The reports in the rows of a table that `takes` accepts, given the line's number, text and values.
fn walk_rows<T: DeserializeOwned>(
    path: &Path,
    mut takes: impl FnMut(usize, &str, &StringRecord) -> Result<bool, FolderError>,
) -> Result<Vec<T>, FolderError> {
    let mut reports = Vec::new();
    for (number, line) in BufReader::new(open_file(path).map_err(io_error(path))?).lines().enumerate() {
        let line = line.map_err(io_error(path))?;
        let row = StringRecord::from(line.split(',').collect::<Vec<_>>());
        if takes(number, &line, &row)? && number > 0 {
            // A row that cannot be read is missing from the curves; that is no reason to lose the run.
            match row.deserialize(None) {
                Ok(report) => reports.push(report),
                Err(error) => tracing::warn!("{}, line {}: {error}", path.display(), number + 1),
            }
        }
    }
    Ok(reports)
}
