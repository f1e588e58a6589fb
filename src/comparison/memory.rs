//! The memory that a run and its candidates take.

use super::{CandidateSpec, Setup};
use crate::{
    grid::Grid,
    memory::{self, MemoryError},
    network::Model,
    settings::SIDE,
};

impl Setup {
    /// Bytes that the run takes on `grid`, whose networks have these models.
    fn memory(&self, grid: &Grid, models: &[Option<Model>]) -> u64 {
        let of_candidate = |(place, candidate): (usize, &CandidateSpec)| {
            candidate.memory(grid, models.get(place).and_then(Option::as_ref))
        };
        let reference = (grid.len() as u64).saturating_mul(self.reference.method.bytes_per_node());
        self.candidates.iter().enumerate().map(of_candidate).fold(reference, u64::saturating_add)
    }

    /// Refuses a run on `grid` for which there is not enough memory. Networks whose models are not known yet count
    /// nothing.
    ///
    /// # Errors
    /// With the largest cube that fits.
    pub fn check_memory(&self, grid: &Grid, models: &[Option<Model>]) -> Result<(), MemoryError> {
        memory::check(&format!("a run on {grid} nodes"), self.memory(grid, models), |free| {
            let fits = |side: &usize| self.memory(&Grid::cube(*side), models) <= free;
            match (SIDE.least..=SIDE.most).rev().filter(|side| side % 2 == 0).find(fits) {
                Some(side) => format!("the largest cube that fits has {side} nodes per side"),
                None => "close other programs".into(),
            }
        })
    }
}

impl CandidateSpec {
    /// Bytes that it takes beside a reference on `grid`, if its network has this model.
    fn memory(&self, grid: &Grid, model: Option<&Model>) -> u64 {
        let per_node = match self {
            Self::Network { .. } => model.map_or(0, |model| model.config.bytes_per_node()),
            Self::Solver(solver) => solver.method.bytes_per_node(),
            Self::Frozen { .. } => 0,
        };
        let own = grid.coarsened(self.coarsening()).map_or(0, |grid| grid.len() as u64);
        own.saturating_mul(per_node)
    }

    /// Refuses one more candidate of a run on `grid` for which there is not enough memory. `model` is its network's.
    ///
    /// # Errors
    /// With what would make room.
    pub fn check_memory(&self, grid: &Grid, model: Option<&Model>) -> Result<(), MemoryError> {
        memory::check(&format!("{self} beside a run on {grid} nodes"), self.memory(grid, model), |_| {
            "take another candidate out, or close other programs".into()
        })
    }
}
