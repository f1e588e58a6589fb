//! What a simulation shows of itself.

use super::{Candidate, Runner, Setup};
use crate::{
    field::Field,
    grid::Grid,
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
    /// The field that all evolutions started from.
    pub initial: Arc<InitialInfo>,
    /// Figures and fields of the present frame.
    pub frame: Arc<Frame>,
    /// Whether frames follow each other by themselves.
    pub playing: bool,
    /// What is being read from disk at the moment, if anything.
    pub loading: Option<Arc<str>>,
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

/// One evolution at one frame.
#[derive(Debug, Clone)]
pub struct EvolutionSnapshot {
    /// What it is called.
    pub name: Arc<str>,
    /// The nodes.
    pub grid: Grid,
    /// How it stands beside the reference, which is always running.
    pub standing: Standing,
    /// Milliseconds per frame, smoothed; `None` before the first frame.
    pub milliseconds: Option<f64>,
}

impl EvolutionSnapshot {
    pub(super) fn of_reference(setup: &Setup, runner: &Runner) -> Self {
        let name = setup.reference.method.to_string().into();
        Self { name, grid: runner.grid(), standing: Standing::Running, milliseconds: runner.milliseconds() }
    }

    /// A candidate that stands so in the frame shown.
    pub(super) fn of_candidate(candidate: &Candidate, standing: Standing) -> Self {
        Self { name: candidate.name().into(), grid: candidate.grid(), standing, milliseconds: candidate.milliseconds() }
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
