//! The curves of each plot, from the figures of a run and from what was measured beside them.

use super::{
    costs::Costs,
    figure::{Figure, Scale},
    survey::{Measure, Survey},
};
use crate::{
    app::panels::curves, comparison::Snapshot, metrics::PairMetrics, recording::Frame, recording::Row, view::Hue,
};
use serde::{Deserialize, Serialize};

/// Whose curve it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Owner {
    Reference,
    /// By its place among the candidates.
    Candidate(usize),
    /// The line that self-similar coarsening would follow.
    Law,
}

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Line,
    Dashed,
    /// A mark at each point.
    Mark,
    /// A line across the plot at the abscissa of its point.
    Upright,
}

/// A curve in the units of its axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub owner: Owner,
    pub name: String,
    pub look: Look,
    pub points: Vec<[f64; 2]>,
}

/// What the plots are made of.
pub struct Sources<'a> {
    pub snapshot: &'a Snapshot,
    /// The frame that the window shows.
    pub shown: &'a Frame,
    pub survey: &'a Survey,
    pub costs: &'a Costs,
}

impl Owner {
    /// An evolution by its place, the reference being the first.
    fn of(evolution: usize) -> Self {
        evolution.checked_sub(1).map_or(Self::Reference, Self::Candidate)
    }

    /// Its colour.
    pub fn hue(self) -> Hue {
        match self {
            Self::Reference => Hue::REFERENCE,
            Self::Candidate(number) => Hue::of_candidate(number),
            Self::Law => Hue { on_dark: [0x7a, 0x84, 0x94], on_light: [0x78; 3] },
        }
    }
}

impl Series {
    fn line(owner: Owner, name: impl Into<String>, points: Vec<[f64; 2]>) -> Self {
        Self { owner, name: name.into(), look: Look::Line, points }
    }

    fn looking(self, look: Look) -> Self {
        Self { look, ..self }
    }

    /// What is drawn of it on axes divided so: places on the axes, about one point per pixel.
    pub fn placed(&self, [x, y]: [Scale; 2]) -> Vec<[f64; 2]> {
        let places = self.points.iter().filter_map(|point| Some([x.place(point[0])?, y.place(point[1])?]));
        curves::thinned(places)
    }
}

impl Sources<'_> {
    /// The curves of a plot; those without a point are left out.
    pub fn series(&self, figure: Figure) -> Vec<Series> {
        let mut all = match figure {
            Figure::Error => self.of_candidates(|metrics| metrics.rmse),
            Figure::ErrorEverywhere => {
                let floors = self.of_candidates(|metrics| metrics.rmse_floor).into_iter().map(|series| {
                    let name = format!("{}: floor", series.name);
                    Series { name, ..series }.looking(Look::Dashed)
                });
                self.of_candidates(|metrics| metrics.rmse_fine).into_iter().chain(floors).collect()
            }
            Figure::Displacement => self.of_candidates(|metrics| metrics.displacement),
            Figure::EnergyError => self.of_candidates(|metrics| metrics.energy_error),
            Figure::Energy => self.of_all(|row| row.energy, |metrics| metrics.energy_candidate),
            Figure::Drift => {
                let means = self.of_all(|row| row.mean, |metrics| metrics.mean_candidate);
                means.into_iter().map(drift).collect()
            }
            Figure::Structure => self.structure(),
            Figure::Length => self.measured(|measure| measure.length),
            Figure::Euler => self.measured(|measure| measure.euler as f64),
            Figure::Cost => self.evolutions(|owner| self.costs.over_time(self.number(owner))),
            Figure::Front => self.front(),
        };
        all.iter_mut().for_each(|series| series.points.retain(|point| point.iter().all(|value| value.is_finite())));
        all.retain(|series| !series.points.is_empty());
        all.extend(self.law(figure, &all));
        all
    }

    /// Curves of the reference and all candidates.
    fn evolutions(&self, points: impl Fn(Owner) -> Vec<[f64; 2]>) -> Vec<Series> {
        let owners = (0..=self.snapshot.candidates.len()).map(Owner::of);
        owners.map(|owner| Series::line(owner, self.name(owner), points(owner))).collect()
    }

    fn name(&self, owner: Owner) -> String {
        match owner {
            Owner::Candidate(number) => self.snapshot.candidates.get(number).map_or("candidate", |c| &*c.name).into(),
            Owner::Reference | Owner::Law => "reference".into(),
        }
    }

    /// What the costs know an evolution by.
    fn number(&self, owner: Owner) -> Option<u64> {
        let Owner::Candidate(place) = owner else { return None };
        self.snapshot.candidates.get(place).map(|candidate| candidate.number)
    }

    fn of_candidates(&self, figure: fn(&PairMetrics) -> f64) -> Vec<Series> {
        let rows = &self.snapshot.rows;
        let points = |number: usize| {
            let point = |row: &Row| Some([row.time, figure(row.metrics(number)?)]);
            rows.iter().filter_map(point).collect()
        };
        let all = self.snapshot.candidates.iter().enumerate();
        all.map(|(number, candidate)| Series::line(Owner::Candidate(number), &*candidate.name, points(number)))
            .collect()
    }

    fn of_all(&self, reference: fn(&Row) -> f64, candidate: fn(&PairMetrics) -> f64) -> Vec<Series> {
        let points = self.snapshot.rows.iter().map(|row| [row.time, reference(row)]).collect();
        let alone = [Series::line(Owner::Reference, "reference", points)];
        alone.into_iter().chain(self.of_candidates(candidate)).collect()
    }

    fn measured(&self, value: fn(&Measure) -> f64) -> Vec<Series> {
        self.evolutions(|owner| {
            let place = if let Owner::Candidate(number) = owner { number + 1 } else { 0 };
            let moments = self.survey.moments().values();
            let point =
                |moment: &super::survey::Moment| Some([moment.time, value(moment.evolutions.get(place)?.as_ref()?)]);
            moments.filter_map(point).collect()
        })
    }

    fn structure(&self) -> Vec<Series> {
        self.evolutions(|owner| {
            let place = if let Owner::Candidate(number) = owner { number + 1 } else { 0 };
            let Some(structure) = self.survey.structure(self.shown, place) else { return Vec::new() };
            structure.wavenumbers.iter().zip(&structure.power).map(|(&k, &power)| [k, power]).collect()
        })
    }

    /// A mark for each candidate, and the reference's time as a line.
    fn front(&self) -> Vec<Series> {
        let frame = self.shown.row.frame;
        let marks = self.evolutions(|owner| {
            let cost = self.costs.total(self.number(owner), frame);
            let error = match owner {
                Owner::Candidate(number) => self.shown.row.metrics(number).map(|metrics| metrics.rmse),
                // Against itself it has none, which a logarithm has no place for: it is drawn as a line.
                Owner::Reference | Owner::Law => Some(0.0),
            };
            cost.zip(error).map(|(cost, error)| [cost, error]).into_iter().collect()
        });
        let look = |owner| if owner == Owner::Reference { Look::Upright } else { Look::Mark };
        marks.into_iter().map(|series| series.clone().looking(look(series.owner))).collect()
    }

    /// The law of coarsening through the reference's latest point.
    fn law(&self, figure: Figure, all: &[Series]) -> Option<Series> {
        let kinetics = self.snapshot.setup.reference.parameters.equation.kinetics;
        let (exponent, name) = figure.law(kinetics)?;
        let reference = all.iter().find(|series| series.owner == Owner::Reference)?;
        let mut times = reference.points.iter().filter(|point| point[0] > 0.0);
        let (first, last) = (times.next()?, times.next_back()?);
        let guide = |time: f64| [time, last[1] * (time / last[0]).powf(exponent)];
        Some(Series::line(Owner::Law, name, vec![guide(first[0]), guide(last[0])]).looking(Look::Dashed))
    }
}

/// The change since the first point.
fn drift(series: Series) -> Series {
    let first = series.points.first().map_or(0.0, |point| point[1]);
    let points = series.points.iter().map(|&[time, mean]| [time, mean - first]).collect();
    Series { points, ..series }
}
