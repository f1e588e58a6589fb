//! A report of a comparison: one page of text with the results first, plots, and pictures of its first and last frames.

use super::Setup;
use crate::{
    formats::{FormatError, write_text},
    gpu::Gpu,
    metrics::PairMetrics,
    recording::{Frame, METRICS, RUN, Row, table as figures},
    report::{
        ReportError,
        mosaic::Mosaic,
        number::{percent, significant},
        plots, png, table,
    },
    view::Ground,
};
use std::{fs, path::Path};

const PAGE: &str = "report.md";
const ERROR: &str = "error.png";
const ENERGY: &str = "energy.png";
const FIRST: &str = "first.png";
const LAST: &str = "last.png";

/// The files of a report; a new one in the same folder takes their places.
pub const REPORT_FILES: [&str; 6] = [PAGE, METRICS, ERROR, ENERGY, FIRST, LAST];

/// What the quantities of the table are.
const MEANING: &str = "RMSE: root mean square of ψ − φ, candidate minus reference, on the candidate's own nodes. \
                       δ = √(⟨(ψ−φ)²⟩ / ⟨|∇φ|²⟩): rms displacement of the interface in grid units. \
                       |ΔF|/F: relative error of the free energy, both on these nodes. F/V: free energy per volume of \
                       each field on its own nodes.\n\n";

/// Writes the report of a comparison into a folder, which is created if need be: `rows` are the figures of its frames
/// from the first on, `changes` the frames that do not follow from its setup, `ends` its first and last frame. Pictures
/// so wide and high are drawn where there is a device. A folder that is a recording has its table already.
///
/// # Errors
/// When there are no rows, something cannot be drawn, or the files cannot be written.
pub fn write_report(
    folder: &Path,
    setup: &Setup,
    rows: &[Row],
    changes: &[usize],
    ends: [&Frame; 2],
    gpu: Option<&Gpu>,
    size: [u32; 2],
) -> Result<(), ReportError> {
    fs::create_dir_all(folder).map_err(|source| FormatError::Write { path: folder.to_owned(), source })?;
    let names = setup.names();
    plots::draw_error(rows, &names, &folder.join(ERROR))?;
    plots::draw_energy(rows, &names, &folder.join(ENERGY))?;
    let is_recording = folder.join(RUN).exists();
    if !is_recording {
        let table: String = rows.iter().map(|row| figures::line(row, setup.candidates.len()) + "\n").collect();
        write_text(&folder.join(METRICS), &format!("{}\n{table}", figures::header(&names)))?;
    }
    if let Some(gpu) = gpu {
        let mut mosaic = Mosaic::new(gpu, &names, size, Ground::White)?;
        for (frame, name) in ends.into_iter().zip([FIRST, LAST]) {
            png::save(&mosaic.draw(frame, 0.0)?, &folder.join(name))?;
        }
    }
    let about = doubts(rows, changes);
    Ok(write_text(&folder.join(PAGE), &page(setup, &names, rows, &about, gpu.is_some(), is_recording))?)
}

fn page(setup: &Setup, names: &[String], rows: &[Row], doubts: &str, is_drawn: bool, is_recording: bool) -> String {
    let last = rows.last();
    let time = last.map_or(0.0, |row| row.time);
    let mut text = format!("# {}, {} nodes, to t = {}\n\n", setup.initial, setup.options.grid, significant(time));
    text += doubts;
    text += &results(names, rows);
    text += "![Errors over time](error.png)\n\n![Free energies over time](energy.png)\n\n";
    if is_drawn {
        text += "![The first frame](first.png)\n\n![The last frame](last.png)\n\n";
    }
    if is_recording {
        text += "This folder is also the recording of the run: `spinodal FOLDER` opens it.\n\n";
    }
    text += "## What is measured\n\n";
    text += MEANING;
    text += &settings(setup, names);
    text
}

/// What a reader of the results should know, a paragraph each.
fn doubts(rows: &[Row], changes: &[usize]) -> String {
    let mut text = String::new();
    if !changes.is_empty() {
        let frames = changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let word = if changes.len() == 1 { "frame" } else { "frames" };
        text += &format!(
            "The run was changed by hand, or continued from its fields alone, at {word} {frames}: what follows there \
             does not come from the settings below.\n\n"
        );
    }
    let frames = rows.last().map_or(0, |row| row.frame + 1);
    if rows.len() < frames {
        text += &format!("The figures of {} of {frames} frames were not kept.\n\n", frames - rows.len());
    }
    text
}

/// A sentence and a column of a table for each candidate.
fn results(names: &[String], rows: &[Row]) -> String {
    let mut text = String::new();
    for (candidate, name) in names.iter().enumerate() {
        let end = rows.iter().rev().find_map(|row| Some((row, row.metrics(candidate)?)));
        let Some((row, metrics)) = end else { continue };
        let stopped = rows.last().is_some_and(|last| last.frame > row.frame);
        let at = if stopped { "before it diverged and was stopped" } else { "at the end" };
        text += &format!(
            "- **{name}** {at}, at frame {}: RMSE {}, δ {} grid units, |ΔF|/F {}, F/V {} (reference {})\n",
            row.frame,
            significant(metrics.rmse),
            significant(metrics.displacement),
            percent(metrics.energy_error, 2),
            significant(metrics.energy_candidate),
            significant(row.energy),
        );
    }
    if names.is_empty() {
        let energy = rows.last().map_or(0.0, |row| row.energy);
        text += &format!("- the reference ends with F/V {}\n", significant(energy));
    }
    let chosen = shown(rows);
    let of = |what: &str| names.iter().map(move |name| format!("{name}: {what}")).collect::<Vec<_>>();
    let header = [table::header(&["frame", "t"]), of("RMSE"), of("δ"), of("|ΔF|/F")].concat();
    let cells = chosen.into_iter().map(|row| {
        let figure = |show: fn(&PairMetrics) -> String| {
            (0..names.len()).map(|i| row.metrics(i).map_or("stopped".into(), show)).collect::<Vec<_>>()
        };
        let moment = vec![row.frame.to_string(), significant(row.time)];
        let [errors, displacements, energies]: [fn(&PairMetrics) -> String; 3] =
            [|m| significant(m.rmse), |m| significant(m.displacement), |m| percent(m.energy_error, 2)];
        [moment, figure(errors), figure(displacements), figure(energies)].concat()
    });
    format!("{text}\n{}", table::markdown(&header, cells))
}

/// About three frames per decade, and the last.
fn shown(rows: &[Row]) -> Vec<&Row> {
    let round = |frame: usize| {
        let leading = frame / 10_usize.pow(frame.checked_ilog10().unwrap_or(0));
        matches!(leading, 1 | 2 | 5) && frame == leading * 10_usize.pow(frame.ilog10())
    };
    let last = rows.last().map_or(0, |row| row.frame);
    rows.iter().filter(|row| row.frame > 0 && (round(row.frame) || row.frame == last)).collect()
}

fn settings(setup: &Setup, names: &[String]) -> String {
    let parameters = setup.reference.parameters;
    let mut text = "## Settings\n\n".to_owned();
    let candidates = names.iter().zip(&setup.candidates).map(|(name, spec)| (name.as_str(), spec.to_string()));
    let facts = [
        ("program", format!("Spinodal {}", env!("CARGO_PKG_VERSION"))),
        ("initial field", setup.initial.to_string()),
        ("grid", setup.options.grid.to_string()),
        ("reference", setup.reference.method.to_string()),
        ("ε", parameters.equation.epsilon.to_string()),
        ("time per frame", parameters.frame_time().to_string()),
    ];
    text += &table::facts(facts.into_iter().chain(candidates));
    // A setup that cannot be written as TOML is described above.
    let toml = toml::to_string_pretty(setup).unwrap_or_default();
    text + &format!("All of them, as `run.toml` and scenes hold them:\n\n```toml\n{toml}```\n")
}
