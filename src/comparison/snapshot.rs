//! Snapshots of a simulation.

use super::{Candidate, Comparison, Files, Setup, inputs::sentence};
use crate::{
    field::Field,
    grid::Grid,
    network::Card,
    recording::{Frame, Recording, Row, Standing},
};
use std::sync::Arc;

/// One consistent, immutable state of a comparison: everything in it belongs to the same frame.
#[derive(Clone)]
pub struct Snapshot {
    /// Counts the runs of this simulation: another run has another initial field, grid or model.
    pub run: u64,
    /// What is being compared.
    pub setup: Arc<Setup>,
    /// The files that it was read from, as they were then.
    pub files: Arc<Files>,
    /// The field that all evolutions started from.
    pub initial: Arc<InitialInfo>,
    /// Figures and fields of the present frame.
    pub frame: Arc<Frame>,
    /// Whether frames follow each other by themselves.
    pub playing: bool,
    /// What is being read from disk at the moment, if anything but weights to reload and frames to look at.
    pub loading: Option<Arc<str>>,
    /// How far the evolutions have come on their way back to the frame shown, while that is being computed again.
    pub catching_up: Option<usize>,
    /// What can be undone and redone.
    pub painting: Painting,
    /// Whether the graphics device has failed, so that the processor computes.
    pub lost_device: bool,
    /// The reference.
    pub reference: EvolutionSnapshot,
    /// The candidates, in the order of the setup.
    pub candidates: Vec<EvolutionSnapshot>,
    /// Figures of the frames kept so far, the latest last.
    pub rows: Arc<[Row]>,
    /// All frames kept so far, also those that come later.
    pub recording: Arc<Recording>,
}

impl Snapshot {
    /// Frames since the start.
    pub fn number(&self) -> usize {
        self.frame.row.frame
    }

    /// Time in the equation's units.
    pub fn time(&self) -> f64 {
        self.frame.row.time
    }
}

/// The strokes of a brush so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Painting {
    /// Strokes that can be undone.
    pub undo: usize,
    /// Strokes that can be redone.
    pub redo: usize,
    /// By how much the latest stroke that can be undone changed the mean of φ of the reference.
    pub mean_change: Option<f64>,
}

/// One evolution at one frame.
#[derive(Debug, Clone)]
pub struct EvolutionSnapshot {
    /// What it is called.
    pub name: Arc<str>,
    /// The nodes.
    pub grid: Grid,
    /// Its state; the reference is always running.
    pub standing: Standing,
    /// Milliseconds per frame, smoothed; `None` before the first frame.
    pub milliseconds: Option<f64>,
    /// A number that a candidate keeps when others come and go, and that no other is ever given, in no run of this
    /// program. The reference has 0.
    pub number: u64,
    /// See [`SavedCandidate::id`](crate::recording::SavedCandidate::id). The reference has 0, too.
    pub id: u64,
    /// The frame to which a candidate is led, whenever the run comes there: the end of its lead, or where it came or was
    /// reloaded.
    pub led_to: usize,
    /// The frame from which it evolves by itself. It starts again when it is reloaded or handed the reference's field.
    pub since: usize,
    /// What is known about a network's weights.
    pub card: Option<Arc<Card>>,
    /// Why a network's errors say little here: what lies outside its training, each as it follows “the network was …”,
    /// such as “trained for ε 3, not 2”.
    pub doubts: Arc<[String]>,
}

impl EvolutionSnapshot {
    /// The doubts about it, a sentence each.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.doubts.iter().map(|doubt| sentence(&self.name, doubt))
    }

    pub(super) fn of_reference(comparison: &Comparison) -> Self {
        let (runner, name) = (comparison.reference(), comparison.setup().reference.method.to_string().into());
        Self {
            name,
            grid: runner.grid(),
            standing: Standing::Running,
            milliseconds: runner.milliseconds(),
            number: 0,
            id: 0,
            led_to: 0,
            since: comparison.since(),
            card: None,
            doubts: Arc::default(),
        }
    }

    /// A candidate in this state in the frame shown.
    pub(super) fn of_candidate(candidate: &Candidate, standing: Standing) -> Self {
        Self {
            name: candidate.name().into(),
            grid: candidate.grid(),
            standing,
            milliseconds: candidate.milliseconds(),
            number: candidate.number(),
            id: candidate.id(),
            led_to: candidate.led_to(),
            since: candidate.since(),
            card: candidate.card().cloned(),
            doubts: candidate.doubts().clone(),
        }
    }
}

/// The initial field in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct InitialInfo {
    /// The nodes.
    pub grid: Grid,
    /// Mean of φ.
    pub mean: f64,
    /// Smallest and largest φ.
    pub range: (f32, f32),
}

impl From<&Field> for InitialInfo {
    fn from(field: &Field) -> Self {
        Self { grid: field.grid(), mean: field.mean(), range: field.range() }
    }
}
