//! Costs as rows of `.csv` files.

use super::Cost;
use crate::{
    evaluation::{EvaluationError, candidates::NETWORK},
    formats::open_file,
    grid::GridError,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One evolution in one box, at one frame.
#[derive(Serialize, Deserialize)]
pub struct Row {
    grid: String,
    evolution: String,
    frame: usize,
    milliseconds_per_frame: f64,
    rmse: f64,
}

impl From<&Cost> for Row {
    fn from(cost: &Cost) -> Self {
        let Cost { grid, name, frame, milliseconds, rmse, .. } = cost.clone();
        Self { grid: grid.option(), evolution: name, frame, milliseconds_per_frame: milliseconds, rmse }
    }
}

/// Reads `cost_front.csv` of an earlier report: costs in one box.
///
/// # Errors
/// When the file cannot be read, is no such table, or lacks the network.
pub fn read_front(path: &Path) -> Result<Vec<Cost>, EvaluationError> {
    let refused = |reason: String| EvaluationError::Costs { path: path.to_owned(), reason };
    let file = open_file(path).map_err(|error| refused(error.to_string()))?;
    let mut reader = csv::Reader::from_reader(file);
    let cost = |row: Result<Row, csv::Error>| {
        let Row { grid, evolution, frame, milliseconds_per_frame, rmse } =
            row.map_err(|error| refused(error.to_string()))?;
        let grid = grid.parse().map_err(|error: GridError| refused(error.to_string()))?;
        let is_network = evolution == NETWORK;
        Ok(Cost { grid, name: evolution, is_network, frame, milliseconds: milliseconds_per_frame, rmse })
    };
    let costs: Vec<_> = reader.deserialize().map(cost).collect::<Result<_, EvaluationError>>()?;
    if !costs.iter().any(|cost| cost.is_network) {
        return Err(refused("it has no rows of the network".into()));
    }
    if costs.iter().any(|cost| cost.grid != costs[0].grid) {
        return Err(refused("it has boxes of several sizes: use the cost_front.csv of a report".into()));
    }
    Ok(costs)
}
