//! Ways to predict the solver's field, all on the network's grid.

use super::{EvaluationError, Evaluator};
use crate::{
    comparison::Setup,
    equation::Parameters,
    evolution::{Brush, Evolution, EvolutionError, State},
    field::Field,
    fourier::Symbol,
    grid::Grid,
    network,
    solver::spectral::SpectralSolver,
};
use serde::Serialize;
use std::fmt;

/// Steps to a frame of [`Candidate::CoarseSpectral`]; with more, the error of its few nodes remains.
pub const COARSE_SPECTRAL_STEPS: usize = 10;

/// A way to predict the solver's field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Candidate {
    /// The model under test.
    Network,
    /// The second model.
    Ablation,
    /// Explicit Euler on the network's grid with the fewest stable steps per frame: the conventional way to be cheaper.
    CoarseSolver,
    /// Semi-implicit Fourier on the network's grid with the k² of the continuum: more exact on few nodes, and still cheap.
    CoarseSpectral,
    /// The initial field for ever.
    Persistence,
}

impl Candidate {
    /// All of them in the order of the tables.
    pub const ALL: [Self; 5] =
        [Self::Network, Self::Ablation, Self::CoarseSolver, Self::CoarseSpectral, Self::Persistence];
    /// Those that take part in everything.
    pub const WITHOUT_ABLATION: [Self; 4] =
        [Self::Network, Self::CoarseSolver, Self::CoarseSpectral, Self::Persistence];
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Network => "network",
            Self::Ablation => "ablation",
            Self::CoarseSolver => "coarse solver",
            Self::CoarseSpectral => "coarse spectral",
            Self::Persistence => "persistence",
        })
    }
}

impl Evaluator<'_> {
    /// The reference: the explicit solver from `start`, which lives on its grid.
    pub(super) fn solver(&self, start: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
        self.explicit(start, self.plan.equation)
    }

    /// Parameters of the explicit solver on the network's grid, with the largest step that is stable from a field whose
    /// |φ| goes up to `largest`.
    pub fn coarse_parameters(&self, largest: f64) -> Parameters {
        let grid = Grid { spacing: self.plan.coarsening as f64, ..self.plan.grid.into() };
        self.plan.equation.in_steps(self.plan.equation.fewest_steps(&grid, largest))
    }

    /// The explicit solver on the network's grid at `start`.
    pub(super) fn coarse_solver(&self, start: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
        self.explicit(start, self.coarse_parameters(start.largest()))
    }

    /// The spectral solver on the network's grid at `start`, on the CPU.
    pub(super) fn coarse_spectral(&self, start: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
        let parameters = self.plan.equation.in_steps(COARSE_SPECTRAL_STEPS);
        Ok(Box::new(SpectralSolver::new(start, parameters, Symbol::Derivative)?))
    }

    /// The explicit solver on this evaluation's engine.
    pub(super) fn explicit(&self, start: &Field, parameters: Parameters) -> Result<Box<dyn Evolution>, EvolutionError> {
        Setup { parameters, ..Setup::default() }.solver(self.engine, start)
    }

    /// A candidate at `start`, which lives on the network's grid; `None` when there is no such model.
    pub(super) fn candidate(
        &self,
        candidate: Candidate,
        start: &Field,
    ) -> Result<Option<Box<dyn Evolution>>, EvaluationError> {
        Ok(match candidate {
            Candidate::Network => Some(network::evolve(self.engine, self.model, start)?),
            Candidate::Ablation => match self.ablation {
                Some(model) => Some(network::evolve(self.engine, model, start)?),
                None => None,
            },
            Candidate::CoarseSolver => Some(self.coarse_solver(start)?),
            Candidate::CoarseSpectral => Some(self.coarse_spectral(start)?),
            Candidate::Persistence => Some(Box::new(Frozen(start.clone()))),
        })
    }
}

/// A field that never changes.
struct Frozen(Field);

impl Evolution for Frozen {
    fn grid(&self) -> Grid {
        self.0.grid()
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        self.0 = field.clone();
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        Ok(())
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        Ok(self.0.clone())
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        Ok(State::at(0).with("phi", self.0.values().to_vec()))
    }

    fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        let values = state.array("phi", self.0.values().len())?.to_vec();
        self.0 = Field::from_values(self.0.grid(), values)?;
        Ok(())
    }

    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        brush.paint(&mut self.0);
        Ok(())
    }
}
