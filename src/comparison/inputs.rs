//! From a setup to what it names.

use super::{ComparisonError, Method, Setup};
use crate::{
    evolution::{Evolution, EvolutionError},
    field::Field,
    gpu::Engine,
    initial::InitialOptions,
    solver::{explicit::ExplicitSolver, explicit_gpu::GpuSolver},
};

impl Setup {
    /// Checks the parameters and builds the initial field alone.
    ///
    /// # Errors
    /// As [`Setup::load`].
    pub fn initial_field(&self) -> Result<Field, ComparisonError> {
        self.check_parameters()?;
        let options = InitialOptions { epsilon: self.parameters.epsilon, ..self.options.clone() };
        Ok(self.initial.build(&options)?)
    }

    /// Whether the network's grid can be taken from a solver's grid of `size`³.
    ///
    /// # Errors
    /// When the coarsening is neither 1 nor 2, or does not divide the grid.
    pub fn check_grid(&self, size: usize) -> Result<(), ComparisonError> {
        match self.coarsening {
            1 => Ok(()),
            2 if size.is_multiple_of(2) => Ok(()),
            2 => Err(ComparisonError::OddGrid(size)),
            other => Err(ComparisonError::Coarsening(other)),
        }
    }

    fn check_parameters(&self) -> Result<(), ComparisonError> {
        Ok(match self.method {
            Method::Explicit => self.parameters.validate_explicit()?,
            Method::Spectral => self.parameters.validate()?,
        })
    }

    /// Starts this setup's solver from `field`.
    ///
    /// # Errors
    /// When the parameters are refused or the device fails.
    pub fn solver(&self, engine: &Engine, field: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
        Ok(match engine {
            Engine::Cpu => Box::new(ExplicitSolver::new(field, self.parameters)?),
            Engine::Gpu(gpu) => Box::new(GpuSolver::new(gpu, field, self.parameters)?),
        })
    }
}
