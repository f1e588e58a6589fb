//! Long runs in tables, charts and pictures: bounds, energy, and final structures.

use super::{LongRun, LongRuns, MONOTONE, Moment, SETTLED};
use crate::{
    evaluation::{
        EvaluationError, Evaluator,
        bars::{LARGEST, STATIONARY},
    },
    gpu::Gpu,
    report::{
        ReportError,
        chart::{Axis, Chart, Curve, Style},
        colour::{self, GUIDE},
        number::{counted, fixed, or_dash, percent, significant},
        picture,
        table::{header, markdown, write_csv},
    },
    view::Palette,
};
use serde::Serialize;
use std::path::Path;

/// Whose runs are shown.
#[derive(Debug, Clone, Copy)]
enum Whose {
    /// The model's.
    Network,
    /// The solver's, from the same fields.
    Solver,
    /// The second model's.
    Ablation,
}

impl Whose {
    /// What its files begin with.
    fn stem(self) -> &'static str {
        match self {
            Self::Network => "long",
            Self::Solver => "long_solver",
            Self::Ablation => "long_ablation",
        }
    }

    /// The subject of a title.
    fn name(self) -> &'static str {
        match self {
            Self::Network => "the network",
            Self::Solver => "the solver",
            Self::Ablation => "the ablation",
        }
    }
}

/// Writes tables, plots and images, and gives the Markdown that shows them.
///
/// # Errors
/// When something cannot be drawn or written.
pub fn write(
    folder: &Path,
    found: &LongRuns,
    evaluator: &Evaluator,
    gpu: Option<&Gpu>,
) -> Result<String, EvaluationError> {
    let write = |whose, runs: &[_]| write_runs(folder, whose, runs, evaluator, gpu);
    let network = write(Whose::Network, &found.network)?;
    let solver = match evaluator.plan.long.solver_runs {
        0 => "Left out (`--long-solver-runs 0`).\n\n".into(),
        _ => write(Whose::Solver, &found.solver)?,
    };
    let ablation = match evaluator.ablation {
        Some(_) => write(Whose::Ablation, &found.ablation)?,
        None => "Left out: no second model was given (`--ablation MODEL`).\n\n".into(),
    };
    Ok(format!("### The network\n\n{network}### The solver\n\n{solver}### The ablation\n\n{ablation}"))
}

/// Writes table, plots and images of `runs`, and gives the Markdown that shows them.
fn write_runs(
    folder: &Path,
    whose: Whose,
    runs: &[LongRun],
    evaluator: &Evaluator,
    gpu: Option<&Gpu>,
) -> Result<String, ReportError> {
    if runs.is_empty() {
        return Ok("No run was finished.\n\n".into());
    }
    let (plan, stem) = (&evaluator.plan.long, whose.stem());
    write_csv(&folder.join(format!("{stem}.csv")), rows(runs))?;
    let [energy, largest] = ["energy", "largest"].map(|what| format!("{stem}_{what}.png"));
    draw_energy(whose, runs, &folder.join(&energy))?;
    draw_largest(whose, runs, &folder.join(&largest))?;
    let images = draw_ends(folder, whose, runs, gpu, &|| evaluator.within_frames.stops());
    let what = format!(
        "{} of up to {} frames in boxes of {}; every frame is in `{stem}.csv`.",
        counted(runs.len(), "run"),
        plan.frames,
        plan.grid
    );
    let legend = match whose {
        Whose::Network => legend(plan.lag()),
        Whose::Solver => " The columns are those above: the reference from the same fields.".into(),
        Whose::Ablation => " The columns are those above.".into(),
    };
    let table = table(runs);
    Ok(format!("{what}{legend}\n\n{table}![Free energy]({energy})\n\n![Largest |φ|]({largest})\n\n{images}"))
}

fn legend(lag: usize) -> String {
    format!(
        " The largest |φ| is taken after frame {SETTLED}, rises of F from one frame to the next after frame {MONOTONE}. \
         “Change” is the largest change of φ at any node over the last {lag} frames. “By solver” is how the structure really \
         changes: the solver takes over at the end, settles for {lag} frames, and is measured over the next {lag}. A run is at \
         rest if neither exceeds {STATIONARY}. Euler number and area are those of the surface φ = 0 in the periodic box, on \
         the network's grid. A structure is layered, tubular or spherical if a phase percolates in two, one or no directions \
         and the Euler number leaves no room for further handles."
    )
}

/// Run number of a row of the `.csv` file.
#[derive(Serialize)]
struct Key {
    run: usize,
}

fn rows(runs: &[LongRun]) -> impl Iterator<Item = (Key, Moment)> {
    runs.iter().zip(1..).flat_map(|(long, run)| long.moments.iter().map(move |&moment| (Key { run }, moment)))
}

fn table(runs: &[LongRun]) -> String {
    let columns = [
        "run",
        "frames",
        "largest |φ|",
        "largest rise of F",
        "drift",
        "F/V at end",
        "change",
        "by solver",
        "Euler",
        "area",
        "structure",
    ];
    let row = |(run, number): (&LongRun, usize)| {
        let frames = if run.diverged { format!("{}, then diverged", run.frames()) } else { run.frames().to_string() };
        vec![
            number.to_string(),
            frames,
            or_dash(run.largest_settled(), |value| fixed(value, 3)),
            or_dash(run.largest_rise(), |value| percent(value, 4)),
            significant(run.mean_drift()),
            fixed(run.energy(), 5),
            or_dash(run.end.change, significant),
            or_dash(run.end.change_by_solver, significant),
            run.end.euler.to_string(),
            fixed(run.end.area, 0),
            run.end.morphology.to_string(),
        ]
    };
    markdown(&header(&columns), runs.iter().zip(1..).map(row))
}

fn draw_energy(whose: Whose, runs: &[LongRun], path: &Path) -> Result<(), ReportError> {
    let mut curves = curves(runs, |moment| moment.energy);
    let first = runs.first().zip(curves.first()).filter(|(run, _)| run.moments.len() > MONOTONE);
    curves.extend(first.map(|(run, curve)| {
        let through = &run.moments[MONOTONE];
        Curve::cube_root_guide(&curve.points[MONOTONE..], (through.frame as f64, through.energy))
    }));
    let (x, y) = (Axis::logarithmic("frame"), Axis::logarithmic("F / V"));
    let title = format!("Free energy, long runs of {}", whose.name());
    Chart { title: &title, x, y, curves: &curves }.save(path)
}

fn draw_largest(whose: Whose, runs: &[LongRun], path: &Path) -> Result<(), ReportError> {
    let mut curves = curves(runs, |moment| moment.largest);
    let frames = runs.iter().map(LongRun::frames).max().unwrap_or(0) as f64;
    let bar = vec![(SETTLED as f64, LARGEST), (frames, LARGEST)];
    curves.push(Curve::line("target", GUIDE, bar).styled(Style::Dashed));
    let (x, y) = (Axis::logarithmic("frame"), Axis::linear("largest |φ|"));
    let title = format!("Largest |φ|, long runs of {}", whose.name());
    Chart { title: &title, x, y, curves: &curves }.save(path)
}

/// One curve per run.
fn curves(runs: &[LongRun], value: impl Fn(&Moment) -> f64) -> Vec<Curve> {
    let of_run = |(number, run): (usize, &LongRun)| {
        let points = run.moments.iter().map(|moment| (moment.frame as f64, value(moment))).collect();
        Curve::line(format!("run {}", number + 1), colour::of_series(number), points)
    };
    runs.iter().enumerate().map(of_run).collect()
}

/// Images of the last surfaces, where there is a device to draw them.
fn draw_ends(folder: &Path, whose: Whose, runs: &[LongRun], gpu: Option<&Gpu>, stop: &dyn Fn() -> bool) -> String {
    let Some(gpu) = gpu else {
        return "The last surfaces are not shown: no graphics device was found to draw them.\n\n".into();
    };
    let mut text = String::new();
    for (run, number) in runs.iter().zip(1..) {
        let file = format!("{}_end_{number}.png", whose.stem());
        if picture::draw_if_possible(gpu, &run.end.field, Palette::cool(), &folder.join(&file), stop) {
            let frame = run.frames();
            text += &format!("Run {number} at frame {frame}:\n\n![Surface φ = 0 of run {number}]({file})\n\n");
        }
    }
    text
}
