//! The end of a report: what its terms mean, how it was made, and from which fields.

use super::{Evaluator, Part};
use crate::{
    comparison::CandidateSpec,
    equation::Kinetics,
    network::{Card, Model},
    report::{
        ReportError,
        table::{facts, write_csv},
    },
    training::recipe::Recipe,
};
use serde::{Deserialize, Serialize};
use std::{env, path::Path};

/// Name of the table of initial fields.
pub const FIELDS: &str = "initial_fields.csv";

/// Writes the table of initial fields and gives the end of the report.
pub fn write(folder: &Path, evaluator: &Evaluator, name: &str, ablation: Option<&str>) -> Result<String, ReportError> {
    let plan = evaluator.plan;
    write_csv(&folder.join(FIELDS), fields(evaluator))?;
    let mut text = definitions(evaluator) + "## Settings\n\n";
    text += &facts([
        ("program", format!("Spinodal {}", env!("CARGO_PKG_VERSION"))),
        ("command", format!("`{}`", command_line())),
        ("engine", format!("{}; {} threads", evaluator.engine.description(), rayon::current_num_threads())),
        (
            "reference",
            format!(
                "explicit Euler of the {} equation, ε = {}, M = {}, Δt = {}, {} steps per frame",
                plan.equation.equation.kinetics.name(),
                plan.equation.equation.epsilon,
                plan.equation.equation.mobility,
                plan.equation.time_step,
                plan.equation.steps_per_frame
            ),
        ),
        ("network's grid", format!("every {} node of the solver's grid", ordinal(plan.coarsening))),
        ("seed of the fields", seeds(plan.seed, evaluator.model)),
    ]);
    text += "`plan.toml` holds all settings, `initial_fields.csv` the parameters of the noise of every run.\n\n";
    text += &describe("Model", name, evaluator.model);
    if let (Some(model), Some(name)) = (evaluator.ablation, ablation) {
        text += &describe("Ablation", name, model);
    }
    Ok(text)
}

/// One row of that table.
#[derive(Serialize)]
struct FieldRow {
    part: &'static str,
    run: usize,
    grid: String,
    noise_seed: u64,
    correlation_length: f64,
    mean: f64,
    amplitude: f64,
}

/// The noise of every run of the parts that start from noise.
fn fields(evaluator: &Evaluator) -> Vec<FieldRow> {
    let plan = evaluator.plan;
    let part = |part| match part {
        Part::Boxes => Some(("boxes", plan.boxes.grid, plan.boxes.runs)),
        Part::Large => Some(("large", plan.large.grid, plan.large.runs)),
        Part::Long => Some(("long", plan.long.grid, plan.long.runs)),
        Part::Exponent => Some(("exponent", plan.exponent.grid, plan.exponent.runs)),
        Part::Shapes | Part::Led | Part::Cost => None,
    };
    let rows = |(part, grid, runs)| {
        (0..runs).map(move |run| {
            let recipe = if part == "exponent" { plan.exponent_recipe(run) } else { plan.recipe(grid, run) };
            let Recipe { seed, correlation_length, mean, amplitude, .. } = recipe;
            FieldRow { part, run: run + 1, grid: grid.option(), noise_seed: seed, correlation_length, mean, amplitude }
        })
    };
    plan.asked().filter_map(part).flat_map(rows).collect()
}

/// The seed, and whether training may have used it: fields are drawn as those of datasets are.
fn seeds(seed: u64, model: &Model) -> String {
    let trained = data_seeds(&model.card.configuration);
    let named = || trained.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    match trained.as_slice() {
        [] => format!("{seed}; the model's card does not say which seed its training data had"),
        _ if trained.contains(&seed) => {
            format!(
                "{seed}, **which is also a seed of the model's training data ({}): it may have been trained on these fields**",
                named()
            )
        }
        _ => format!("{seed}; the model's training data had other seeds ({})", named()),
    }
}

/// Seeds of the data of all stages in the configuration on a card.
fn data_seeds(configuration: &str) -> Vec<u64> {
    // A table of any values would have no integers beyond i64.
    #[derive(Default, Deserialize)]
    struct Stages {
        #[serde(default)]
        stage: Vec<Stage>,
    }
    #[derive(Deserialize)]
    struct Stage {
        data: Option<Data>,
    }
    #[derive(Deserialize)]
    struct Data {
        seed: Option<u64>,
    }
    let Stages { stage } = toml::from_str(configuration).unwrap_or_default();
    stage.into_iter().filter_map(|stage| stage.data?.seed).collect()
}

/// A model's card.
fn describe(kind: &str, name: &str, model: &Model) -> String {
    let (config, card) = (&model.config, &model.card);
    let Card { training_data, command, training_seconds, hardware, notes, .. } = card;
    let or_unknown = |text: &str| if text.is_empty() { "not recorded".to_owned() } else { text.replace('\n', " ") };
    let list = facts([
        ("network", format!("{config}, {} weights", config.parameter_count())),
        (
            "trained for",
            format!(
                "the {} equation, ε = {}, M = {}, {} time units per frame",
                card.kinetics.name(),
                card.epsilon,
                card.mobility,
                card.frame_time
            ),
        ),
        ("training data", or_unknown(training_data)),
        ("command", or_unknown(command)),
        (
            "training time",
            match *training_seconds > 0.0 {
                true => format!("{:.1} h on {}", training_seconds / 3600.0, or_unknown(hardware)),
                false => "not recorded".into(),
            },
        ),
        ("notes", or_unknown(notes)),
    ]);
    let configuration = match card.configuration.trim() {
        "" => String::new(),
        stages => format!("How it was trained, all settings:\n\n```toml\n{stages}\n```\n\n"),
    };
    format!("## {kind}: {name}\n\n{list}{configuration}")
}

/// What the tables hold.
fn definitions(evaluator: &Evaluator) -> String {
    let plan = evaluator.plan;
    let spacing = plan.coarsening;
    let unit = plan.equation.equation.in_units_of(spacing as f64);
    let power = if unit.kinetics == Kinetics::CahnHilliard { "³" } else { "" };
    let [explicit, spectral, frozen] = [plan.coarse_explicit(), plan.coarse_spectral(), plan.frozen()]
        .map(|candidate: CandidateSpec| candidate.name());
    format!(
        "## What is measured\n\n\
         - RMSE: root mean square deviation from the solver's φ ∈ [−1, 1], on the network's nodes. In terms of \
         c = (φ + 1)/2 it is half as large.\n\
         - δ = √(⟨(ψ−φ)²⟩ / ⟨|∇φ|²⟩), the displacement of the interface in grid units of the solver; the first mean is over \
         the network's nodes, the second over the solver's, by forward differences (Lanzoni et al. 2024, Eq. 4 and Appendix C, doi 10.1088/2632-2153/ad8532).\n\
         - |ΔF|/F: relative error of the free energy, both taken on the network's nodes by the same formula.\n\
         - drift: distance of the mean of φ from that of the initial field.\n\
         - “Mean” and “worst” are the arithmetic mean and the largest value over runs. A candidate whose values are no longer \
         finite has an infinite error.\n\
         - {explicit}: the same explicit scheme on the network's grid, in units of its spacing, with ε' = ε/{spacing} = \
         {}, M' = M/{spacing}{power} = {} and the fewest steps that are stable for the initial |φ|. It is what one would try \
         before a network.\n\
         - {spectral}: semi-implicit Fourier (Chen & Shen 1998) on the same grid with the k² of the continuum, ten steps per \
         frame, on the CPU. It is what one would try next.\n\
         - {frozen}: the initial field, unchanged.\n\
         - In the `.csv` files, `_fine` is taken on the solver's nodes, with the candidate's field interpolated by the \
         profile of an interface; `_floor` is what a candidate that is exact on its own nodes would have there.\n\n",
        unit.epsilon, unit.mobility,
    )
}

/// 1st, 2nd, 3rd, 4th, … as words about nodes.
fn ordinal(number: usize) -> String {
    match number {
        1 => "single".into(),
        2 => "second".into(),
        3 => "third".into(),
        _ => format!("{number}th"),
    }
}

/// The command as it was given, without the folder that the program lies in.
fn command_line() -> String {
    let quoted = |word: String| if word.contains(char::is_whitespace) { format!("'{word}'") } else { word };
    let words = env::args_os().skip(1).map(|word| quoted(word.to_string_lossy().into_owned()));
    [env!("CARGO_PKG_NAME").to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
}
