//! Rows as a `.csv` table: the reference's columns, then a group of columns for each candidate.

use super::{Entry, Row, Standing};
use crate::{
    formats::{FormatError, read_text},
    metrics::PairMetrics,
};
use std::{iter, path::Path};

/// Columns of the reference.
const REFERENCE: [&str; 4] = ["frame", "time", "energy", "mean"];

/// Columns of a candidate; in the table its name and a dot stand before them.
const CANDIDATE: [&str; 10] = [
    "standing",
    "rmse",
    "displacement",
    "rmse_fine",
    "rmse_floor",
    "displacement_fine",
    "displacement_floor",
    "energy",
    "energy_error",
    "mean",
];

/// The line that names the columns.
pub fn header(candidates: &[String]) -> String {
    let reference = REFERENCE.map(|column| match column {
        "energy" | "mean" => format!("reference.{column}"),
        other => other.to_owned(),
    });
    let group = |name: &String| CANDIDATE.map(|column| quoted(&format!("{name}.{column}")));
    reference.into_iter().chain(candidates.iter().flat_map(group)).collect::<Vec<_>>().join(",")
}

/// A cell that may hold separators.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// A row as a line of a table of so many candidates. Numbers are written with as many digits as bring them back to the
/// last bit. The group of a candidate that came later is empty.
pub fn line(row: &Row, candidates: usize) -> String {
    let reference = [row.frame.to_string(), row.time.to_string(), row.energy.to_string(), row.mean.to_string()];
    let group = |entry: &Entry| {
        let figures = entry.metrics.map(figures).map(|figures| figures.map(|value| value.to_string()));
        [entry.standing.word().to_owned()].into_iter().chain(figures.unwrap_or_default())
    };
    let missing = candidates.saturating_sub(row.candidates.len()) * CANDIDATE.len();
    let cells = reference.into_iter().chain(row.candidates.iter().flat_map(group));
    cells.chain(iter::repeat_n(String::new(), missing)).collect::<Vec<_>>().join(",")
}

fn figures(metrics: PairMetrics) -> [f64; 9] {
    [
        metrics.rmse,
        metrics.displacement,
        metrics.rmse_fine,
        metrics.rmse_floor,
        metrics.displacement_fine,
        metrics.displacement_floor,
        metrics.energy_candidate,
        metrics.energy_error,
        metrics.mean_candidate,
    ]
}

/// Reads the complete rows of a table of `candidates`, and how many bytes its heading and these rows take. A last line
/// without its end is left out.
///
/// # Errors
/// When the table cannot be read, or is of other candidates.
pub fn read(path: &Path, candidates: &[String]) -> Result<(Vec<Row>, u64), FormatError> {
    let unusable = |reason: String| FormatError::Unusable { path: path.to_owned(), kind: "table", reason };
    let text = read_text(path).map_err(|source| FormatError::Read { path: path.to_owned(), source })?;
    let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    // A program killed while it wrote the heading has recorded nothing.
    let Some(heading) = lines.next() else { return Ok((Vec::new(), 0)) };
    if heading.trim_end() != header(candidates) {
        return Err(unusable("its columns are not those of this run".into()));
    }
    let (mut rows, mut bytes) = (Vec::new(), heading.len() as u64);
    for line in lines {
        let row = parse(line.trim_end(), candidates.len());
        let row = row.filter(|row| row.frame == rows.len());
        rows.push(row.ok_or_else(|| unusable(format!("line {} is not understood", rows.len() + 2)))?);
        bytes += line.len() as u64;
    }
    Ok((rows, bytes))
}

fn parse(line: &str, candidates: usize) -> Option<Row> {
    let cells: Vec<_> = line.split(',').collect();
    let (reference, groups) = cells.split_at_checked(REFERENCE.len())?;
    let number = |cell: &str| cell.parse::<f64>().ok();
    let [frame, time, energy, mean] = reference else { return None };
    let groups: Vec<_> = groups.chunks(CANDIDATE.len()).collect();
    let empty = |group: &&&[&str]| group.len() == CANDIDATE.len() && group.iter().all(|cell| cell.is_empty());
    let present = groups.len() - groups.iter().rev().take_while(empty).count();
    let (energy, mean) = (number(energy)?, number(mean)?);
    let entries: Vec<_> = groups[..present].iter().map(|group| entry(group, energy, mean)).collect::<Option<_>>()?;
    let row = Row { frame: frame.parse().ok()?, time: number(time)?, energy, mean, candidates: entries };
    (groups.len() == candidates).then_some(row)
}

fn entry(group: &[&str], energy_reference: f64, mean_reference: f64) -> Option<Entry> {
    let (standing, cells) = group.split_first()?;
    let standing = Standing::of(standing)?;
    if standing == Standing::Stopped {
        return cells.iter().all(|cell| cell.is_empty()).then_some(Entry { standing, metrics: None });
    }
    let values: Vec<f64> = cells.iter().map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
    let [
        rmse,
        displacement,
        rmse_fine,
        rmse_floor,
        displacement_fine,
        displacement_floor,
        energy_candidate,
        energy_error,
        mean_candidate,
    ] = values[..]
    else {
        return None;
    };
    let metrics = PairMetrics {
        rmse,
        displacement,
        rmse_fine,
        rmse_floor,
        displacement_fine,
        displacement_floor,
        energy_reference,
        energy_candidate,
        energy_error,
        mean_reference,
        mean_candidate,
    };
    Some(Entry { standing, metrics: Some(metrics) })
}
