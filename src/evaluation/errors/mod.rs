//! Errors against the reference: tables at chosen frames, curves of all frames.

mod rows;

use super::{
    Evaluator,
    bars::{DISPLACEMENT, ENERGY_ERROR, RMSE, SETTLED_ENERGY},
    spread::{Quantity, REPORTED_FRAMES, Spread, spreads},
    trial::Trial,
};
use crate::{
    comparison::CandidateSpec,
    report::{
        ReportError,
        chart::{Axis, Chart, Curve, Style},
        colour::{BROWN, Colour, GREEN, GUIDE, NETWORK, RED, REFERENCE, VIOLET},
        number::{error, fixed, percent, significant},
        table::{header, markdown, write_csv},
    },
    solver::Method,
};
use std::{iter, path::Path};

/// Trials on one page: the names of their files, their titles, and the targets shown.
pub struct Sheet<'a> {
    /// What the names of files begin with.
    pub stem: &'a str,
    /// What follows the quantity in titles.
    pub title: &'a str,
    /// Which targets apply.
    pub targets: Targets,
    /// The trials, all with the same candidates.
    pub trials: &'a [Trial],
}

/// Which targets apply.
#[derive(Debug, Clone, Copy)]
pub enum Targets {
    /// Means over boxes of noise.
    Boxes,
    /// The bunny.
    Bunny,
    /// Nothing.
    Nothing,
}

impl Sheet<'_> {
    /// Writes tables and plots of `quantities` and gives the Markdown that shows them.
    ///
    /// # Errors
    /// When something cannot be drawn or written.
    pub fn write(&self, folder: &Path, quantities: &[Quantity], evaluator: &Evaluator) -> Result<String, ReportError> {
        let stem = self.stem;
        let frame_time = evaluator.plan.equation.frame_time();
        write_csv(
            &folder.join(format!("{stem}.csv")),
            self.trials.iter().zip(1..).flat_map(|(trial, run)| rows::frames(trial, run, frame_time)),
        )?;
        write_csv(&folder.join(format!("{stem}_summary.csv")), rows::summary(self.trials))?;
        let mut text = String::new();
        for &quantity in quantities {
            let Words { name, file, .. } = words(quantity);
            let file = format!("{stem}_{file}.png");
            self.draw(quantity, &folder.join(&file))?;
            text += &format!("{name}:\n\n{}![{name}, {}]({file})\n\n", self.table(quantity), self.title);
        }
        Ok(text)
    }

    /// Errors of a candidate on the reference's nodes, each beside its floor.
    pub fn fine(&self, candidate: &CandidateSpec) -> String {
        let curves = Quantity::FINE.map(|quantity| spreads(self.trials, candidate, quantity));
        let row = |frame: usize| {
            let cell = |(curve, quantity): (&Vec<Spread>, Quantity)| Some(show(quantity, curve.get(frame - 1)?.mean));
            let cells: Option<Vec<_>> = curves.iter().zip(Quantity::FINE).map(cell).collect();
            Some([frame.to_string()].into_iter().chain(cells?).collect())
        };
        let table = markdown(
            &header(&["frame", "RMSE of φ", "floor", "δ, grid units", "floor"]),
            self.reported_frames().into_iter().filter_map(row),
        );
        format!(
            "The network on the solver's nodes, interpolated by the profile of an interface. The floor is what a network that \
             is exact on its own nodes would have:\n\n{table}"
        )
    }

    fn candidates(&self) -> &[CandidateSpec] {
        self.trials.first().map(|trial| trial.candidates.as_slice()).unwrap_or_default()
    }

    fn names(&self) -> Vec<String> {
        self.trials.first().map(Trial::names).unwrap_or_default()
    }

    fn last(&self) -> usize {
        self.trials.iter().map(Trial::frames).max().unwrap_or(0)
    }

    /// The frames that tables show: those up to the last one, and the last one.
    fn reported_frames(&self) -> Vec<usize> {
        let last = self.last();
        REPORTED_FRAMES.into_iter().filter(|&frame| frame < last).chain((last > 0).then_some(last)).collect()
    }

    /// The quantity at the reported frames, candidate by candidate.
    fn table(&self, quantity: Quantity) -> String {
        let many = self.trials.len() > 1;
        let curves: Vec<_> = self.candidates().iter().map(|c| (c, spreads(self.trials, c, quantity))).collect();
        let columns = self.names().into_iter().flat_map(|name| match many {
            true => vec![format!("{name}, mean"), "worst".into()],
            false => vec![name],
        });
        let cells = |frame: usize, candidate: &CandidateSpec, spread: &Spread| match many {
            _ if frame < candidate.lead() => vec!["led".to_owned(); if many { 2 } else { 1 }],
            true => vec![show(quantity, spread.mean), show(quantity, spread.worst)],
            false => vec![show(quantity, spread.mean)],
        };
        let row = |frame: usize| {
            let of = |(candidate, curve): &(&CandidateSpec, Vec<Spread>)| {
                Some(cells(frame, candidate, curve.get(frame - 1)?))
            };
            let cells: Option<Vec<_>> = curves.iter().map(of).collect();
            Some([frame.to_string()].into_iter().chain(cells?.into_iter().flatten()).collect())
        };
        let header: Vec<_> = iter::once("frame".to_owned()).chain(columns).collect();
        markdown(&header, self.reported_frames().into_iter().filter_map(row))
    }

    fn draw(&self, quantity: Quantity, path: &Path) -> Result<(), ReportError> {
        let Words { name, axis, .. } = words(quantity);
        let of = |((candidate, name), colour)| self.curve(quantity, candidate, name, colour);
        let mut curves: Vec<_> =
            self.candidates().iter().zip(self.names()).zip(colours(self.candidates())).map(of).collect();
        curves.extend(self.targets.curve(quantity, self.last().max(1) as f64));
        let title = format!("{name}, {}", self.title);
        let (x, y) = (Axis::logarithmic("frame"), Axis::logarithmic(axis));
        Chart { title: &title, x, y, curves: &curves }.save(path)
    }

    /// The mean over runs, and behind that of a network a shade up to the worst run.
    fn curve(&self, quantity: Quantity, candidate: &CandidateSpec, name: String, colour: Colour) -> Curve {
        let spreads = spreads(self.trials, candidate, quantity);
        let over_frames =
            || spreads.iter().zip(1..).skip(candidate.lead()).map(|(spread, frame)| (f64::from(frame), spread));
        let shaded = self.trials.len() > 1 && candidate.model().is_some();
        let name = match (self.trials.len(), shaded) {
            (1, _) => name,
            (runs, true) => format!("{name}, mean of {runs} runs, shade to the worst"),
            (_, false) => format!("{name}, mean"),
        };
        let line = Curve::line(name, colour, over_frames().map(|(frame, spread)| (frame, spread.mean)).collect());
        let band = over_frames().filter(|_| shaded).map(|(frame, spread)| (frame, spread.mean, spread.worst)).collect();
        Curve { band, ..line }
    }
}

/// A value of the quantity with its unit.
fn show(quantity: Quantity, value: f64) -> String {
    error(value, |value| match quantity {
        Quantity::Rmse | Quantity::RmseFine | Quantity::RmseFloor => fixed(value, 4),
        Quantity::Displacement | Quantity::DisplacementFine | Quantity::DisplacementFloor => fixed(value, 3),
        Quantity::EnergyError => percent(value, 2),
        Quantity::MeanDrift => significant(value),
    })
}

/// What a quantity is called.
struct Words {
    name: &'static str,
    axis: &'static str,
    file: &'static str,
}

fn words(quantity: Quantity) -> Words {
    let (name, axis, file) = match quantity {
        Quantity::Rmse => ("RMSE of φ", "RMSE of φ", "rmse"),
        Quantity::Displacement => ("Displacement δ of the interface, grid units", "δ / grid units", "displacement"),
        Quantity::EnergyError => ("Error |ΔF|/F of the free energy", "|ΔF| / F", "energy_error"),
        Quantity::MeanDrift => ("Drift of the mean of φ", "|mean φ(t) − mean φ(0)|", "mean_drift"),
        Quantity::RmseFine => ("RMSE of φ on the solver's nodes", "RMSE of φ", "rmse_fine"),
        Quantity::RmseFloor => ("Floor of that RMSE", "RMSE of φ", "rmse_floor"),
        Quantity::DisplacementFine => ("Displacement δ on the solver's nodes", "δ / grid units", "displacement_fine"),
        Quantity::DisplacementFloor => ("Floor of that displacement", "δ / grid units", "displacement_floor"),
    };
    Words { name, axis, file }
}

impl Targets {
    /// The targets for the mean of a quantity, up to frame `last`.
    fn curve(self, quantity: Quantity, last: f64) -> Option<Curve> {
        let (points, style) = match (self, quantity) {
            (Self::Boxes, Quantity::Rmse) => (RMSE.map(|(frame, most)| (frame as f64, most)).to_vec(), Style::Points),
            (Self::Boxes, Quantity::EnergyError) => {
                let first = SETTLED_ENERGY as f64;
                (vec![(first, ENERGY_ERROR), (last.max(first), ENERGY_ERROR)], Style::Dashed)
            }
            (Self::Boxes | Self::Bunny, Quantity::Displacement) => {
                (vec![(1.0, DISPLACEMENT), (last, DISPLACEMENT)], Style::Dashed)
            }
            _ => return None,
        };
        Some(Curve::line("target", GUIDE, points).styled(style))
    }
}

/// A colour for each candidate: conventional solvers and the frozen field have their own in whatever chart they are.
fn colours(candidates: &[CandidateSpec]) -> Vec<Colour> {
    let mut networks = [NETWORK, RED, REFERENCE, VIOLET, GREEN, BROWN].into_iter().cycle();
    let colour = |candidate: &CandidateSpec| match candidate {
        CandidateSpec::Network { .. } => networks.next().unwrap_or(NETWORK),
        CandidateSpec::Solver(solver) if solver.method == Method::Explicit => BROWN,
        CandidateSpec::Solver(_) => GREEN,
        CandidateSpec::Frozen { .. } => VIOLET,
    };
    candidates.iter().map(colour).collect()
}
