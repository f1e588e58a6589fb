//! Several networks as one: their mean field, and how far they differ.

use crate::{
    app::{
        errand::{Errand, answer},
        session::Session,
        views::{Subject, Title, ViewId},
    },
    comparison::CandidateSpec,
    field::{Field, FieldError},
};
use std::sync::Arc;

/// Mean ψ̄ and spread σ of fields on the same nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// ψ̄ = Σψ/n at every node.
    pub mean: Field,
    /// σ = √(Σ(ψ−ψ̄)²/n) at every node.
    pub deviation: Field,
    /// Root mean square of σ over the box.
    pub rms: f64,
}

/// Mean and spread of fields over one box, at the nodes that all of them have: those of the coarsest. `None` of fewer
/// than two fields.
///
/// # Errors
/// When the nodes of the coarsest field are not among those of another.
pub fn spread(fields: &[Arc<Field>]) -> Result<Option<Spread>, FieldError> {
    let coarsest = fields.iter().map(|field| field.grid()).min_by_key(|grid| grid.len());
    let Some(grid) = coarsest.filter(|_| fields.len() > 1) else { return Ok(None) };
    let sampled = |field: &Arc<Field>| field.coarsened(field.grid().step_to(&grid)?);
    let fields = fields.iter().map(sampled).collect::<Result<Vec<_>, FieldError>>()?;
    let count = fields.len() as f64;
    let (mut mean, mut deviation) = (Vec::with_capacity(grid.len()), Vec::with_capacity(grid.len()));
    let mut squares = 0.0;
    for node in 0..grid.len() {
        let values = || fields.iter().map(|field| f64::from(field.values()[node]));
        let average = values().sum::<f64>() / count;
        let variance = values().map(|value| (value - average).powi(2)).sum::<f64>() / count;
        squares += variance;
        mean.push(average as f32);
        deviation.push(variance.sqrt() as f32);
    }
    let (mean, deviation) = (Field::from_values(grid, mean)?, Field::from_values(grid, deviation)?);
    Ok(Some(Spread { mean, deviation, rms: (squares / grid.len() as f64).sqrt() }))
}

/// What the view of the ensemble shows, found on a thread of its own.
#[derive(Default)]
pub struct Ensemble {
    shown: Option<Subject>,
    /// The fields that it was computed from, also where that failed.
    of: Vec<Arc<Field>>,
    asked: Option<Asked>,
    answer: Option<Errand<Result<Option<Found>, FieldError>>>,
    failure: Option<String>,
}

/// What the networks had in a frame.
struct Asked {
    fields: Vec<Arc<Field>>,
    title: Title,
    frame: usize,
}

/// What the view draws.
struct Found {
    mean: Arc<Field>,
    /// Mean plus spread: colouring the surface of the mean by |ψ − φ| of the two shows the spread, with the same shader
    /// as a difference.
    shifted: Arc<Field>,
    count: usize,
    rms: f64,
}

impl Ensemble {
    /// Follows the frame that the session shows, while the view is `open`.
    pub fn refresh(&mut self, session: &Session, open: bool) {
        if !open {
            *self = Self::default();
            return;
        }
        let found = answer(&mut self.answer);
        if self.is_busy() {
            return;
        }
        if let Some(asked) = self.asked.take() {
            self.take_up(asked, found);
        }
        let Some(asked) = networks(session).filter(|asked| !same(&asked.fields, &self.of)) else { return };
        let fields = asked.fields.clone();
        self.answer = Errand::run("ensemble", move || find(&fields));
        self.asked = Some(asked);
    }

    fn take_up(&mut self, Asked { fields, mut title, frame }: Asked, found: Option<Result<Option<Found>, FieldError>>) {
        (self.of, self.failure) = (fields, None);
        match found {
            Some(Ok(Some(found))) => {
                title.detail =
                    format!("mean of {} networks, coloured by their spread, rms {:.4}", found.count, found.rms);
                let light = found.mean.grid();
                let (field, other, title) = (Some(found.mean), Some(found.shifted), Arc::new(title));
                self.shown = Some(Subject { field, other, frame, light, legend: Some(LEGEND), placing: false, title });
            }
            Some(Err(error)) => (self.shown, self.failure) = (None, Some(error.to_string())),
            Some(Ok(None)) | None => self.shown = None,
        }
    }

    /// Whether an answer is awaited.
    pub fn is_busy(&self) -> bool {
        self.answer.is_some()
    }

    /// What the view shows.
    pub fn subject(&self, session: &Session) -> Option<Subject> {
        if let Some(subject) = &self.shown {
            return Some(subject.clone());
        }
        let snapshot = session.snapshot.as_ref()?;
        let Asked { fields, title, frame } = networks(session)?;
        let missing = self.failure.clone().or((fields.len() < 2).then(|| FEW.into()));
        let (light, title) = (snapshot.reference.grid, Arc::new(Title { missing, ..title }));
        Some(Subject { field: None, other: None, frame, light, legend: Some(LEGEND), placing: false, title })
    }
}

/// What the legend calls the colours.
const LEGEND: &str = "spread of φ";

/// Why there is no ensemble.
const FEW: &str = "An ensemble needs two networks or more: add them in the tile Models.";

/// The fields of all networks in the frame shown.
fn networks(session: &Session) -> Option<Asked> {
    let (snapshot, frame) = (session.snapshot.as_ref()?, session.frame()?);
    let all = snapshot.setup.candidates.iter().zip(&frame.candidates);
    let networks = all.filter(|(candidate, _)| matches!(candidate, CandidateSpec::Network { .. }));
    let fields = networks.filter_map(|(_, field)| field.clone()).collect();
    let subject = session.subject(ViewId::Reference)?;
    let title = Title { name: "Ensemble".into(), time: subject.title.time.clone(), ..Title::default() };
    Some(Asked { fields, title, frame: frame.row.frame })
}

fn find(fields: &[Arc<Field>]) -> Result<Option<Found>, FieldError> {
    let Some(Spread { mean, deviation, rms }) = spread(fields)? else { return Ok(None) };
    let shifted = mean.values().iter().zip(deviation.values()).map(|(mean, deviation)| mean + deviation);
    let shifted = Field::from_values(mean.grid(), shifted.collect())?;
    Ok(Some(Found { mean: Arc::new(mean), shifted: Arc::new(shifted), count: fields.len(), rms }))
}

fn same(one: &[Arc<Field>], other: &[Arc<Field>]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
}
