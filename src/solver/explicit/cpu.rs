//! The explicit solver on the CPU, in f32: the reference.
//!
//! ```text
//! μ = 18/ε (φ³ − φ) − ε ∇²φ        φ ← φ + Δt M ∇²μ
//! ```

use super::stepper::{Scheme, Stepper};
use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    field::Field,
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

/// Forward Euler on a periodic cube, spacing 1.
pub struct ExplicitSolver {
    size: usize,
    steps_per_frame: usize,
    frame: usize,
    stepper: Stepper,
}

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
        parameters.validate_explicit()?;
        let scheme = Scheme {
            well: 18.0 / parameters.epsilon,
            gradient: parameters.epsilon,
            rate: parameters.time_step * parameters.mobility,
            conserved: true,
        };
        let threads = match threads {
            Threads::All => rayon::current_num_threads(),
            Threads::One => 1,
        };
        let size = field.size();
        let mut solver = Self {
            size,
            steps_per_frame: parameters.steps_per_frame,
            frame: 0,
            stepper: Stepper::new([size; 3], scheme, threads),
        };
        solver.restart(field)?;
        Ok(solver)
    }
}

impl Evolution for ExplicitSolver {
    fn size(&self) -> usize {
        self.size
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        if field.size() != self.size {
            return Err(EvolutionError::WrongSize { expected: self.size, found: field.size() });
        }
        self.stepper.load(field.values(), &vec![0.0; field.values().len()]);
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
        Field::from_values(self.size, phi).map_err(EvolutionError::in_frame(self.frame))
    }
}
