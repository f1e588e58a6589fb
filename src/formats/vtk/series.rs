//! Series of files that ParaView opens as one time series (`.series`).

use crate::formats::{FormatError, write_text};
use serde_json::json;
use std::path::Path;

/// Writes the list of a series: names of files beside it, and the time of each. ParaView reads it where its name is
/// that of a file of the series followed by `.series`, such as `run.vti.series`.
///
/// # Errors
/// When the file cannot be written.
pub fn write_series(path: &Path, files: &[(String, f64)]) -> Result<(), FormatError> {
    let files: Vec<_> = files.iter().map(|(name, time)| json!({ "name": name, "time": time })).collect();
    let series = json!({ "file-series-version": "1.0", "files": files });
    write_text(path, &format!("{series:#}\n"))
}
