//! What a simulation shows of itself.

use super::{Setup, Side};
use crate::{field::Field, grid::Grid, metrics::series::FrameMetrics, surface::gpu::GpuSurface};
use std::sync::Arc;

/// One consistent, immutable state of a comparison: everything in it belongs to the same frame.
#[derive(Clone)]
pub struct Snapshot {
    /// Counts the runs of this simulation: another run has another initial field, grid or model.
    pub run: u64,
    /// What is being compared.
    pub setup: Arc<Setup>,
    /// The field that both evolutions started from.
    pub initial: Arc<InitialInfo>,
    /// Name of the network: that of its file, or that it is the built-in one.
    pub model: Arc<str>,
    /// Frames since the start.
    pub frame: usize,
    /// Time in the equation's units.
    pub time: f64,
    /// Whether frames follow each other by themselves.
    pub playing: bool,
    /// What is being read from disk at the moment, if anything.
    pub loading: Option<Arc<str>>,
    /// The reference.
    pub solver: SideSnapshot,
    /// The network.
    pub network: SideSnapshot,
    /// Metrics of the frames kept so far (see [`super::History`]), the latest last.
    pub metrics: Arc<[FrameMetrics]>,
}

/// One evolution at one frame.
#[derive(Clone)]
pub struct SideSnapshot {
    /// The nodes.
    pub grid: Grid,
    /// Milliseconds per frame, smoothed; `None` before the first frame.
    pub milliseconds: Option<f64>,
    /// The field, when it lives in main memory anyway: it is never read back from the device for this.
    pub field: Option<Arc<Field>>,
    /// The φ = 0 surface on the drawing device; `None` when the simulation draws nothing.
    pub surface: Option<Arc<GpuSurface>>,
}

impl SideSnapshot {
    pub(super) fn of(side: &Side, surface: Option<Arc<GpuSurface>>) -> Self {
        Self { grid: side.grid(), milliseconds: side.milliseconds(), field: side.known_field(), surface }
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
