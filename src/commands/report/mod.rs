//! The folder that an evaluation with `--out` leaves behind: `report.md`, tables as `.csv`, plots as `.png`.

mod bars;
mod cost;
mod exponent;
mod heading;
mod long;
mod trials;

use self::{long::Whose, trials::HeldTo};
use super::{CommandError, output};
use crate::{
    evaluation::{Evaluator, Findings, Section},
    formats::write_text,
    gpu::Gpu,
    training::overrides::write_config,
};
use std::path::Path;

/// What the names of tables and plots begin with.
const STEMS: [&str; 7] = ["boxes", "large", "bunny", "slice", "long", "exponent", "cost"];

/// Whether a file is the text, a table or a plot of a report.
fn is_of_a_report(name: &str) -> bool {
    let drawn = [".csv", ".png"].iter().find_map(|extension| name.strip_suffix(extension));
    let of_a_part = |stem: &str| STEMS.contains(&stem.split_once('_').map_or(stem, |(first, _)| first));
    name == "report.md" || drawn.is_some_and(of_a_part)
}

/// A report that grows part by part. Each addition writes `report.md` anew, so that it is whole at any time.
pub struct Report<'a> {
    folder: &'a Path,
    evaluator: &'a Evaluator<'a>,
    heading: String,
    parts: Vec<String>,
    /// For images of surfaces, where there is a graphics device.
    gpu: Option<Gpu>,
}

impl<'a> Report<'a> {
    /// Creates the folder, or takes an earlier report's place in it, and records the plan there. Models are called by
    /// their names.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn create(
        folder: &'a Path,
        evaluator: &'a Evaluator<'a>,
        name: &str,
        ablation: Option<&str>,
    ) -> Result<Self, CommandError> {
        output::create_directory(folder)?;
        output::remove_files(folder, is_of_a_report)?;
        write_config(evaluator.plan, &folder.join("plan.toml"))?;
        let gpu = Gpu::open().inspect_err(|error| tracing::warn!("no images are drawn: {error}")).ok();
        let heading = heading::write(folder, evaluator, name, ablation)?;
        let report = Self { folder, evaluator, heading, parts: Vec::new(), gpu };
        report.write(&Findings::default())?;
        Ok(report)
    }

    /// Adds a part that has been measured; `complete` unless it was broken off.
    ///
    /// # Errors
    /// When something cannot be drawn or written.
    pub fn add(&mut self, section: Section, findings: &Findings, complete: bool) -> Result<(), CommandError> {
        let plan = self.evaluator.plan;
        let (title, text) = match section {
            Section::Boxes => {
                let text =
                    trials::boxes(self.folder, "boxes", plan.grid, HeldTo::Boxes, &findings.boxes, self.evaluator)?;
                (format!("Boxes of {}", plan.grid), text)
            }
            Section::Large => {
                let text = trials::boxes(
                    self.folder,
                    "large",
                    plan.large_grid,
                    HeldTo::Nothing,
                    &findings.large,
                    self.evaluator,
                )?;
                (format!("Boxes of {}", plan.large_grid), text)
            }
            Section::Shapes => ("Shapes".into(), trials::shapes(self.folder, &findings.shapes, self.evaluator)?),
            Section::Long => ("The network alone".into(), self.long(findings)?),
            Section::Exponent => {
                ("Decay of the free energy".into(), exponent::write(self.folder, &findings.exponents, plan)?)
            }
            Section::Cost => ("Cost of a frame".into(), cost::write(self.folder, &findings.costs, self.evaluator)?),
        };
        let broken =
            if complete { "" } else { "**Broken off by the user: what follows is what was done until then.**\n\n" };
        self.parts.push(format!("## {title}\n\n{broken}{text}"));
        self.write(findings)
    }

    fn long(&self, findings: &Findings) -> Result<String, CommandError> {
        let write = |whose, runs: &[_]| long::write(self.folder, whose, runs, self.evaluator, self.gpu.as_ref());
        let model = write(Whose::Network, &findings.long)?;
        let solver = match self.evaluator.plan.long_solver_runs {
            0 => "Not asked for (`--long-solver-runs`).\n\n".into(),
            _ => write(Whose::Solver, &findings.long_of_solver)?,
        };
        let ablation = match self.evaluator.ablation {
            Some(_) => write(Whose::Ablation, &findings.ablation)?,
            None => "No second model was given (`--ablation MODEL`): this part is left out.\n\n".into(),
        };
        Ok(format!("{model}### The solver alone\n\n{solver}### The ablation alone\n\n{ablation}"))
    }

    fn write(&self, findings: &Findings) -> Result<(), CommandError> {
        let text = format!("{}{}{}", self.heading, bars::write(self.evaluator.plan, findings), self.parts.concat());
        Ok(write_text(&self.folder.join("report.md"), &(text.trim_end().to_owned() + "\n"))?)
    }
}
