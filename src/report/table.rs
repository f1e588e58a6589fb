//! Tables: as CSV files, and in Markdown.

use super::ReportError;
use crate::formats::OutputFile;
use serde::Serialize;
use std::path::Path;

/// Writes rows as a `.csv` file whose header names their fields.
///
/// # Errors
/// When the file cannot be written.
pub fn write_csv<R: Serialize>(path: &Path, rows: impl IntoIterator<Item = R>) -> Result<(), ReportError> {
    let mut file = OutputFile::create(path)?;
    let mut writer = csv::Writer::from_writer(&mut file);
    let written = rows.into_iter().try_for_each(|row| writer.serialize(row));
    let written = written.and_then(|()| Ok(writer.flush()?));
    written.map_err(|source| ReportError::Csv { path: path.to_owned(), source })?;
    drop(writer);
    file.finish()?;
    Ok(())
}

/// A table of numbers in Markdown, and an empty line behind. Cells are plain text, in which a bar is no border.
pub fn markdown(header: &[String], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let marks: Vec<_> = (0..header.len()).map(|column| if column == 0 { ":--" } else { "--:" }.to_owned()).collect();
    let mut text = line(header) + &line(&marks);
    text.extend(rows.into_iter().map(|row| line(&row)));
    text + "\n"
}

/// A list of facts in Markdown, and an empty line behind.
pub fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    facts.into_iter().map(|(what, value)| format!("- {what}: {value}\n")).collect::<String>() + "\n"
}

/// A header from words.
pub fn header(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
