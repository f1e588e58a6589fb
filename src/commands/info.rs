//! `spinodal info`: what a file or a folder holds.

use super::{CommandError, say};
use crate::{
    comparison::{RunRecord, Setup},
    equation::Equation,
    formats::{
        FormatError,
        field::{self, FieldFormat},
        npy, one_line,
    },
    metrics::{energy_density, structure::StructureFactor},
    network::{Front, ModelSource},
    recording::{RUN, Row},
    report::number::{counted, fixed, or_dash, significant},
    scene::{LIBRARY, Scene},
    training::{
        dataset::{Manifest, Split},
        dataset_summary::DatasetSummary,
        folder::RunFolder,
        run_summary::RunSummary,
    },
};
use clap::Args;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Options of `spinodal info`.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// A model (.safetensors, .pt), a field (.npy, .vti, .tif), a scene (.toml), or the folder of a recording, a
    /// dataset or a training
    #[arg(value_name = "FILE|DIR", required_unless_present = "scenes")]
    path: Option<PathBuf>,
    /// List the scenes that come with the program
    #[arg(long, conflicts_with_all = ["path", "concentration"])]
    scenes: bool,
    /// Field files hold c = (φ + 1)/2 from 0 to 1 instead of φ from −1 to 1
    #[arg(long)]
    concentration: bool,
}

/// A fact and its name, in the order in which they are printed.
type Facts = Vec<(String, String)>;

/// Prints what is known of the file or folder.
///
/// # Errors
/// When it cannot be read, or is none of those that can be.
pub fn run(args: &InfoArgs) -> Result<(), CommandError> {
    let Some(path) = args.path.as_deref() else {
        return print(of_library()?);
    };
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let facts = match extension.to_str() {
        Some("safetensors" | "pt") if path.is_file() => of_model(path)?,
        _ if path.is_file() && FieldFormat::of(path).is_some() => of_field(path, args.concentration)?,
        Some("toml") if path.is_file() => of_scene(&Scene::read(path)?),
        _ if path.join(RUN).is_file() => of_recording(path)?,
        _ if RunFolder::config(path).is_ok() => of_training(&RunSummary::read(path)?),
        _ => of_dataset_at(path)?,
    };
    print(facts)
}

/// Those of the last thing that a path may be: the folder of a dataset, or its manifest.
fn of_dataset_at(path: &Path) -> Result<Facts, CommandError> {
    let is_folder = path.metadata().map_err(|source| FormatError::Read { path: path.to_owned(), source })?.is_dir();
    let manifest = match path.extension() {
        _ if is_folder => Manifest::of_dataset(path)?,
        Some(extension) if extension == "json" => Manifest::read(path)?,
        _ => None,
    };
    let reason =
        "it is neither a model, nor a field, nor a scene, nor the folder of a recording, a dataset or a training";
    let unknown = || FormatError::Unusable { path: path.to_owned(), kind: "Spinodal", reason: reason.to_owned() };
    let summary = || DatasetSummary::read(path).map_err(|_| unknown());
    manifest.map_or_else(|| Ok(of_unfinished(&summary()?)), |manifest| Ok(of_dataset(&manifest)))
}

/// Those of a dataset without a manifest.
fn of_unfinished(dataset: &DatasetSummary) -> Facts {
    let state = if dataset.busy { "being made" } else { "unfinished: the command that began it resumes it" };
    vec![fact("sequences", format!("{} of {}, {state}", dataset.present.len(), dataset.config.sequences))]
}

fn of_training(run: &RunSummary) -> Facts {
    let state = if run.busy { ", running" } else { "" };
    let mut facts = vec![fact("steps", format!("{} of {}{state}", run.step, run.steps))];
    facts.extend(run.best.map(|error| fact("smallest RMSE", significant(error.sqrt()))));
    let models = [("best model", &run.best_model), ("last model", &run.last)];
    facts.extend(models.into_iter().filter_map(|(name, path)| Some(fact(name, path.as_ref()?.display()))));
    facts.push(fact("data", run.config.data.display()));
    facts
}

/// One fact a line, in two columns. A file may hold control characters, which a terminal would obey.
fn print(facts: Facts) -> Result<(), CommandError> {
    let mut lines = Vec::with_capacity(facts.len());
    let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in facts {
        let gap = " ".repeat(width - name.chars().count());
        let value = value.trim_end().lines().map(one_line).collect::<Vec<_>>();
        lines.push(format!("{}{gap}  {}", one_line(&name), value.join(&format!("\n{}", " ".repeat(width + 2)))));
    }
    say::result(lines.join("\n"))
}

fn fact(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

fn of_model(path: &Path) -> Result<Facts, CommandError> {
    let model = ModelSource::File(path.to_owned()).load()?;
    let card = &model.card;
    let mut facts = vec![
        fact("weights", model.config.parameter_count()),
        fact("equation", card.kinetics.name()),
        fact("ε", card.epsilon),
        fact("mobility", card.mobility),
        fact("time per frame", card.frame_time),
        fact("coarsening", card.coarsening),
    ];
    let texts = [
        ("training data", card.training_data.clone()),
        ("training time", format!("{:.1} h", card.training_seconds / 3600.0)),
        ("hardware", card.hardware.clone()),
        ("command", card.command.clone()),
        ("notes", card.notes.clone()),
    ];
    facts.extend(texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| fact(name, text)));
    facts.extend(card.errors.iter().map(|(name, error)| fact(name, significant(*error))));
    facts.extend(card.front.as_ref().map(|front| fact("error against cost", table_of(front))));
    facts.extend((!card.configuration.is_empty()).then(|| fact("configuration", &card.configuration)));
    Ok(facts)
}

/// Characters of a name up to which the others are filled.
const LONG_NAME: usize = 60;

/// Cells up to which a table is shown.
const MOST_CELLS: usize = 1000;

/// RMSE and relative cost, one row per evolution, one column per frame.
fn table_of(front: &Front) -> String {
    let mut evolutions: Vec<&str> = front.points.iter().map(|point| point.evolution.as_str()).collect();
    evolutions.dedup();
    let frames: BTreeSet<usize> = front.points.iter().map(|point| point.frame).collect();
    if evolutions.len() * frames.len() > MOST_CELLS {
        return format!("box of {}: {}, too many for a table", front.grid, counted(front.points.len(), "point"));
    }
    let cell = |evolution: &str, frame: usize| {
        let found = front.points.iter().find(|point| point.evolution == evolution && point.frame == frame);
        or_dash(found, |point| format!("{} ({})", fixed(point.rmse, 4), fixed(point.cost, 2)))
    };
    let width = evolutions.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(LONG_NAME);
    let row = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("  {cell:>15}")).collect();
        format!("{name:<width$}{cells}")
    };
    let title = format!("box of {}: RMSE, and in brackets the time per frame over the network's", front.grid);
    let head = row("", frames.iter().map(|frame| format!("frame {frame}")).collect());
    let rows = evolutions.iter().map(|name| row(name, frames.iter().map(|&frame| cell(name, frame)).collect()));
    [title, head].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn of_field(path: &Path, concentration: bool) -> Result<Facts, CommandError> {
    let frames = match FieldFormat::of(path) {
        Some(FieldFormat::Npy) => npy::FrameReader::open(path, concentration)?.frames(),
        _ => 1,
    };
    let field = field::read(path, concentration)?.field;
    let (equation, (least, most)) = (Equation::default(), field.range());
    Ok(vec![
        fact("frames", frames),
        fact("grid", field.grid()),
        fact("frame shown", frames - 1),
        fact("mean", significant(field.mean())),
        fact("range", format!("{} to {}", significant(least.into()), significant(most.into()))),
        fact("F/V at ε = 3", significant(energy_density(&field, &equation))),
        fact("domain length", format!("{} grid units", significant(StructureFactor::of(&field).domain_length()))),
    ])
}

/// The scenes by name, with what to look for.
fn of_library() -> Result<Facts, CommandError> {
    let line = |(name, toml): &(&str, &str)| {
        let scene = Scene::parse(toml, name)?;
        Ok(fact(name, format!("{}: {}", scene.title, scene.description)))
    };
    LIBRARY.iter().map(line).collect()
}

fn of_scene(scene: &Scene) -> Facts {
    let setup = &scene.setup;
    let mut facts = vec![fact("title", &scene.title), fact("description", &scene.description)];
    facts.extend(scene.frames.map(|frames| fact("frames", frames)));
    facts.extend(of_setup(setup));
    let candidates = setup.names().into_iter().zip(&setup.candidates);
    facts.extend(candidates.map(|(name, spec)| (name, spec.to_string())));
    facts
}

/// What a run starts from and what its reference is.
fn of_setup(setup: &Setup) -> [(String, String); 4] {
    let parameters = setup.reference.parameters;
    [
        fact("initial field", &setup.initial),
        fact("grid", setup.options.grid),
        fact("reference", format!("{}, ε = {}", setup.reference.method, parameters.equation.epsilon)),
        fact("time per frame", parameters.frame_time()),
    ]
}

fn of_recording(folder: &Path) -> Result<Facts, CommandError> {
    let (record, reader) = RunRecord::open(folder)?;
    let rows = reader.rows();
    let setup = &record.setup;
    let mut facts = vec![fact("version", &record.version), fact("engine", &record.engine)];
    facts.extend(of_setup(setup));
    facts.push(fact("frames", format!("{} of {}", rows.len().saturating_sub(1), record.frames)));
    match record.changed.as_slice() {
        [] => facts.extend(reader.latest_states()?.map(|(frame, _)| fact("resumes at", format!("frame {frame}")))),
        // It cannot be resumed by its record.
        changed => {
            let frames: Vec<_> = changed.iter().map(ToString::to_string).collect();
            facts.push(fact("changed at", format!("frame {}", frames.join(", "))));
        }
    }
    if let Some(last) = rows.last() {
        facts.push(fact("F/V of the reference", significant(last.energy)));
        let names = setup.names().into_iter().zip(&setup.candidates).enumerate();
        facts.extend(names.map(|(index, (name, spec))| (name, format!("{spec}: {}", last_errors(last, index)))));
    }
    Ok(facts)
}

/// The errors of a candidate at the last frame.
fn last_errors(row: &Row, candidate: usize) -> String {
    row.metrics(candidate).map_or("stopped".into(), |metrics| {
        let [rmse, displacement] = [metrics.rmse, metrics.displacement].map(significant);
        format!("RMSE {rmse}, δ {displacement} at frame {}", row.frame)
    })
}

fn of_dataset(manifest: &Manifest) -> Facts {
    let config = &manifest.config;
    let validation = manifest.sequences.iter().filter(|sequence| sequence.split == Split::Validation).count();
    let grids = config.grids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    vec![
        fact("sequences", format!("{} of {}", manifest.sequences.len(), config.sequences)),
        fact("for validation", validation),
        fact("grids", grids),
        fact("coarsening", config.coarsening),
        fact("ε", config.equation.equation.epsilon),
        fact("time per frame", config.equation.frame_time()),
        fact("frames", config.frames),
        fact("seed", config.seed),
    ]
}
