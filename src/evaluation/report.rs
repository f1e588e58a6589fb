//! The folder that an evaluation leaves behind: `report.md`, tables as `.csv`, plots as `.png`.

use super::{EvaluationError, Evaluator, Findings, Part, bars, boxes, cost, exponent, led, long, settings, shapes};
use crate::{formats::write_text, gpu::Gpu, report::ReportError, settings::write_config};
use std::path::Path;

/// Name of the text.
pub const PAGE: &str = "report.md";

/// Name of the plan.
const PLAN: &str = "plan.toml";

/// What the names of tables and plots of errors begin with, and how they end.
const ERRORS: ([&str; 6], [&str; 10]) = (
    ["boxes", "large", "bunny", "slice", "led_slice", "led_white-noise"],
    [
        ".csv",
        "_summary.csv",
        "_rmse.png",
        "_displacement.png",
        "_energy_error.png",
        "_mean_drift.png",
        "_rmse_fine.png",
        "_rmse_floor.png",
        "_displacement_fine.png",
        "_displacement_floor.png",
    ],
);

/// The same for long runs, whose last surfaces are numbered.
const LONG: ([&str; 3], [&str; 3]) =
    (["long", "long_solver", "long_ablation"], [".csv", "_energy.png", "_largest.png"]);
const END: &str = "_end_";

/// All others.
const OTHERS: [&str; 9] = [
    PAGE,
    PLAN,
    settings::FIELDS,
    "exponent.csv",
    "exponent.png",
    "cost.csv",
    "cost.png",
    "cost_front.csv",
    "cost_front.png",
];

/// Whether a file is the text, the plan, a table or a plot of a report, by its name.
pub fn is_of_a_report(name: &str) -> bool {
    let rest =
        |stems: &[&str], has: &dyn Fn(&str) -> bool| stems.iter().any(|stem| name.strip_prefix(stem).is_some_and(has));
    let is_end = |rest: &str| {
        let number = rest.strip_prefix(END).and_then(|rest| rest.strip_suffix(".png"));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    OTHERS.contains(&name)
        || rest(&ERRORS.0, &|rest| ERRORS.1.contains(&rest))
        || rest(&LONG.0, &|rest| LONG.1.contains(&rest) || is_end(rest))
}

/// A report that grows part by part. Each addition rewrites `report.md`, so that it is complete at any time: results
/// first, settings last.
pub struct Report<'a> {
    folder: &'a Path,
    evaluator: &'a Evaluator<'a>,
    name: &'a str,
    settings: String,
    parts: Vec<String>,
    /// For images of surfaces, where there is a graphics device.
    gpu: Option<Gpu>,
}

impl<'a> Report<'a> {
    /// Begins a report in an existing folder, and records the plan in it. Models are called by their names.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn create(
        folder: &'a Path,
        evaluator: &'a Evaluator<'a>,
        name: &'a str,
        ablation: Option<&str>,
    ) -> Result<Self, EvaluationError> {
        write_config(evaluator.plan, &folder.join(PLAN))?;
        let gpu = Gpu::open().inspect_err(|error| tracing::warn!("no images are drawn: {error}")).ok();
        let settings = settings::write(folder, evaluator, name, ablation)?;
        let report = Self { folder, evaluator, name, settings, parts: Vec::new(), gpu };
        report.write(&Findings::default())?;
        Ok(report)
    }

    /// Adds a part that has been measured; `complete` unless it was interrupted.
    ///
    /// # Errors
    /// When something cannot be drawn or written.
    pub fn add(&mut self, part: Part, findings: &Findings, complete: bool) -> Result<(), EvaluationError> {
        let (folder, evaluator, plan) = (self.folder, self.evaluator, self.evaluator.plan);
        let (title, text) = match part {
            Part::Boxes => {
                (format!("Boxes of {}", plan.boxes.grid), boxes::page::boxes(folder, &findings.boxes, evaluator)?)
            }
            Part::Large => {
                (format!("Boxes of {}", plan.large.grid), boxes::page::large(folder, &findings.large, evaluator)?)
            }
            Part::Shapes => ("Shapes".into(), shapes::page::write(folder, &findings.shapes, evaluator)?),
            Part::Led => ("Led networks".into(), led::page::write(folder, &findings.led, evaluator)?),
            Part::Long => {
                let text = long::page::write(folder, &findings.long, evaluator, self.gpu.as_ref())?;
                ("Long runs".into(), text)
            }
            Part::Exponent => ("Exponent".into(), exponent::page::write(folder, &findings.exponents, plan)?),
            Part::Cost => ("Cost".into(), cost::page::write(folder, &findings.costs, evaluator)?),
        };
        let interrupted =
            if complete { "" } else { "**Interrupted: this part holds what was measured until then.**\n\n" };
        self.parts.push(format!("## {title}\n\n{interrupted}{text}"));
        self.write(findings)
    }

    fn write(&self, findings: &Findings) -> Result<(), EvaluationError> {
        let bars = bars::page::write(self.evaluator.plan, findings);
        let text = format!("# Evaluation of {}\n\n{bars}{}{}", self.name, self.parts.concat(), self.settings);
        write_text(&self.folder.join(PAGE), &(text.trim_end().to_owned() + "\n")).map_err(ReportError::from)?;
        Ok(())
    }
}
