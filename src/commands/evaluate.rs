//! `spinodal evaluate`: a model against fresh runs of the solver.

use super::{CommandError, args::EngineArgs, interrupt, output, place::Place, progress::Progress, say};
use crate::{
    comparison::ComparisonError,
    engines,
    evaluation::{
        EvaluationError, Evaluator, Findings, Plan, console, cost,
        report::{PAGE, Report, is_of_a_report},
    },
    evolution,
    formats::{OutputFile, shown},
    network::{Model, ModelError, ModelSource},
    settings::Overrides,
};
use clap::Args;
use std::{ops::ControlFlow, path::PathBuf};

/// Options of `spinodal evaluate`.
#[derive(Debug, Clone, Args)]
pub struct EvaluateArgs {
    /// Model file [default: the built-in model]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Second model, measured beside the first in boxes and long runs, such as a non-conservative one
    #[arg(long, value_name = "FILE")]
    pub ablation: Option<PathBuf>,
    /// Folder for report, tables and plots; without it, 49 frames in boxes and 2000 of long runs are printed
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write into a folder that is not empty, over an earlier report if it holds one, and replace the file of --record
    /// if it exists; only complete results do
    #[arg(long)]
    pub force: bool,
    /// All parts, with small boxes and few frames: minutes instead of hours
    #[arg(long)]
    pub quick: bool,
    /// Write the model to this file with the measured errors and costs on its card
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Measure nothing, but --record the costs from this table: the cost_front.csv of an earlier report on the same
    /// model
    #[arg(long, value_name = "FILE", requires = "record", conflicts_with_all = ["ablation", "out", "quick", "Plan"])]
    pub front: Option<PathBuf>,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten, next_help_heading = "What is measured")]
    pub plan: Overrides<Plan>,
}

/// Measures the model, writes the report and prints the main figures. Ctrl-C keeps what was measured.
///
/// # Errors
/// When a model cannot be read, the plan is refused, an evolution fails or the report cannot be written.
pub fn run(args: &EvaluateArgs) -> Result<(), CommandError> {
    if let Some(folder) = &args.out {
        output::check_folder(folder, args.force)?;
        output::check_earlier(folder, PAGE, is_of_a_report)?;
    }
    if let Some(path) = &args.record {
        output::check_file(path, "safetensors")?;
        output::check_new(path, args.force)?;
        args.ablation.as_ref().map_or(Ok(()), |ablation| output::check_not_same(path, ablation))?;
    }
    let source = args.model.clone().map_or(ModelSource::Builtin, ModelSource::File);
    let second = args.ablation.clone().map(ModelSource::File);
    let mut model = load(&source)?;
    if let (Some(table), Some(path)) = (&args.front, &args.record) {
        output::check_not_same(path, table)?;
        model.card.front = cost::relative(&cost::read_front(table)?);
        return Ok(model.write(OutputFile::of_result(path, args.force)?).map(drop)?);
    }
    let ablation = second.as_ref().map(load).transpose()?;
    let plan = plan(args, &model, ablation.as_ref())?;
    let engine = engines::choose(args.engine.choice())?;
    let ablation = ablation.as_ref();
    let within_frames = evolution::Watch::new(interrupt::requested);
    let evaluator = Evaluator { plan: &plan, model: &model, ablation, engine: &engine, within_frames };
    evaluator.check_memory()?;

    interrupt::listen();
    let names = (source.name(), second.as_ref().map(ModelSource::name));
    let place = |wanted| Place::of_folder(wanted, is_of_a_report, args.force);
    let place = args.out.as_deref().map(place).transpose()?;
    let report = match &place {
        Some(place) => Some(Report::create(place.path(), &evaluator, &names.0, names.1.as_deref())?),
        None => None,
    };
    let findings = measure(&evaluator, report, place.as_ref())?;
    let mut lines = console::lines(&plan, &findings);
    if let Some(place) = place {
        let done = !interrupt::requested();
        let folder = if done { place.complete()? } else { place.path().to_owned() };
        lines.push(shown(&folder.join(PAGE)));
    }
    let recorded = match &args.record {
        Some(path) if interrupt::requested() => {
            lines.push(format!("{} is not written: interrupted", shown(path)));
            Ok(())
        }
        Some(path) => {
            findings.record(&plan, &mut model.card);
            let file = OutputFile::of_result(path, args.force).map_err(ModelError::from);
            file.and_then(|file| model.write(file)).map(|path| lines.push(shown(&path)))
        }
        None => Ok(()),
    };
    // What was measured is told whatever has become of the file.
    say::result(lines.join("\n"))?;
    Ok(recorded?)
}

fn load(source: &ModelSource) -> Result<Model, CommandError> {
    Ok(source.load().map_err(ComparisonError::from)?)
}

/// What is to be measured, with the grid and the equation that the model was made for.
fn plan(args: &EvaluateArgs, model: &Model, ablation: Option<&Model>) -> Result<Plan, CommandError> {
    let mut plan = match (args.quick, &args.out) {
        (true, _) => Plan::quick(),
        (false, Some(_)) => Plan::default(),
        (false, None) => Plan::console(),
    };
    args.plan.apply(&mut plan)?;
    plan.suit(&model.card);
    plan.validate()?;
    let unlike = ablation.map_or(Vec::new(), |other| model.card.purpose().unlike(&other.card.purpose()));
    unlike.into_iter().next().map_or(Ok(plan), |unlike| Err(EvaluationError::Unlike(unlike).into()))
}

/// Measures part by part, and adds each to the report.
fn measure(evaluator: &Evaluator, mut report: Option<Report>, place: Option<&Place>) -> Result<Findings, CommandError> {
    let plan = evaluator.plan;
    let mut progress = Progress::new(plan.total(1 + usize::from(evaluator.ablation.is_some())));
    let mut findings = Findings::default();
    let mut done = 0;
    for part in plan.asked() {
        let name = format!("{part:?}").to_lowercase();
        evaluator.measure(part, &mut findings, &mut |work| {
            done += work;
            progress.update(done, &name);
            if interrupt::requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        place.map_or(Ok(()), Place::check)?;
        if let Some(report) = &mut report {
            report.add(part, &findings, !interrupt::requested())?;
        }
        if interrupt::requested() {
            break;
        }
    }
    progress.finish();
    Ok(findings)
}
