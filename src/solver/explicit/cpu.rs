//! Explicit Euler on the processor, in f32: the reference solver.

use super::stepper::{Scheme, Stepper};
use crate::{
    equation::{Kinetics, Parameters},
    evolution::{Brush, Evolution, EvolutionError, State},
    field::Field,
    grid::Grid,
};

/// How many threads a solver uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threads {
    /// As many as rayon's pool has.
    #[default]
    All,
    /// The caller's alone: for many solvers side by side.
    One,
}

/// Forward Euler with the 7-point Laplacian on the nodes of a field.
pub struct ExplicitSolver {
    grid: Grid,
    steps_per_frame: usize,
    frame: usize,
    stepper: Stepper,
}

/// Names of the arrays of a saved state.
const PHI: &str = "phi";
const LOST: &str = "lost";

impl ExplicitSolver {
    /// Starts from `field` at frame 0, on all threads.
    ///
    /// # Errors
    /// When the parameters are not valid, or the time step not below the stability limit.
    pub fn new(field: &Field, parameters: Parameters) -> Result<Self, EvolutionError> {
        Self::with_threads(field, parameters, Threads::All)
    }

    /// As [`ExplicitSolver::new`], on as many threads as `threads` says. The result is the same to the bit.
    ///
    /// # Errors
    /// As [`ExplicitSolver::new`].
    pub fn with_threads(field: &Field, parameters: Parameters, threads: Threads) -> Result<Self, EvolutionError> {
        let grid = field.grid();
        parameters.validate_explicit(&grid)?;
        let unit = parameters.equation.in_units_of(grid.spacing);
        let scheme = Scheme {
            well: unit.reaction(),
            gradient: unit.stiffness(),
            rate: parameters.time_step * unit.mobility,
            conserved: unit.kinetics == Kinetics::CahnHilliard,
        };
        let threads = match threads {
            Threads::All => rayon::current_num_threads(),
            Threads::One => 1,
        };
        let stepper = Stepper::new(grid.shape, scheme, threads);
        let mut solver = Self { grid, steps_per_frame: parameters.steps_per_frame, frame: 0, stepper };
        solver.restart(field)?;
        Ok(solver)
    }
}

impl Evolution for ExplicitSolver {
    fn grid(&self) -> Grid {
        self.grid
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        EvolutionError::check_grid(self.grid, field)?;
        self.stepper.load(field.values(), &vec![0.0; self.grid.len()]);
        self.frame = 0;
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        self.stepper.advance(self.steps_per_frame);
        self.frame += 1;
        Ok(())
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        let (phi, _) = self.stepper.unload();
        Field::from_values(self.grid, phi).map_err(EvolutionError::in_frame(self.frame))
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        let (phi, lost) = self.stepper.unload();
        Ok(State::at(self.frame).with(PHI, phi).with(LOST, lost))
    }

    fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        let length = self.grid.len();
        self.stepper.load(state.array(PHI, length)?, state.array(LOST, length)?);
        self.frame = state.frame;
        Ok(())
    }

    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        let mut field = self.field()?;
        let (_, mut lost) = self.stepper.unload();
        brush.paint(&mut field).into_iter().for_each(|node| lost[node] = 0.0);
        self.stepper.load(field.values(), &lost);
        Ok(())
    }
}
