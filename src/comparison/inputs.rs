//! From a setup to what it names: the initial field, the network's weights, the solver.

use super::{ComparisonError, Method, Setup};
use crate::{
    evolution::{Evolution, EvolutionError},
    field::Field,
    gpu::Engine,
    initial::InitialOptions,
    network::{Model, crane},
    solver::{explicit::ExplicitSolver, explicit_gpu::GpuSolver, spectral::SpectralSolver},
};

/// What a setup names, read and built: all that can fail on the user's files has been done.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The setup these inputs came from.
    pub setup: Setup,
    /// The initial field on the solver's grid.
    pub field: Field,
    /// The network's weights.
    pub model: Model,
}

impl Setup {
    /// Checks parameters and grids, reads the files, builds the initial field. Touches no device, so that
    /// it may run on any thread.
    ///
    /// # Errors
    /// When a file cannot be read or a value makes no sense; nothing has been changed then.
    pub fn load(&self) -> Result<Inputs, ComparisonError> {
        let field = self.initial_field()?;
        self.check_grid(field.size())?;
        let model = self.load_model()?;
        self.warn_of_strangers(&model);
        Ok(Inputs { setup: self.clone(), field, model })
    }

    /// Checks the parameters and builds the initial field alone.
    ///
    /// # Errors
    /// As [`Setup::load`].
    pub fn initial_field(&self) -> Result<Field, ComparisonError> {
        self.check_parameters()?;
        let options = InitialOptions { epsilon: self.parameters.epsilon, ..self.options.clone() };
        Ok(self.initial.build(&options)?)
    }

    /// Reads the model's file (`.safetensors`, or `.pt` of CRANE), or takes the built-in model.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn load_model(&self) -> Result<Model, ComparisonError> {
        Ok(match &self.model {
            None => Model::builtin()?,
            Some(path) if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pt")) => crane::import(path)?,
            Some(path) => Model::load(path)?,
        })
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

    /// A network knows the equation it was trained on, and no other.
    fn warn_of_strangers(&self, model: &Model) {
        let (card, parameters) = (&model.card, &self.parameters);
        let pairs = [
            ("ε", card.epsilon, parameters.epsilon),
            ("a time per frame of", card.frame_time, parameters.frame_time()),
            ("a coarsening of", card.coarsening as f64, self.coarsening as f64),
        ];
        for (name, learnt, asked) in pairs.into_iter().filter(|(_, learnt, asked)| (learnt / asked - 1.0).abs() > 1e-6)
        {
            tracing::warn!("the network {} was trained for {name} {learnt}, not {asked}", self.model_name());
        }
    }

    fn check_parameters(&self) -> Result<(), ComparisonError> {
        let checked = match self.method {
            Method::Explicit => self.parameters.validate_explicit(),
            Method::Spectral => self.parameters.validate(),
        };
        Ok(checked?)
    }

    /// Starts this setup's solver from `field`.
    ///
    /// # Errors
    /// When the parameters are refused or the device fails.
    pub fn solver(&self, engine: &Engine, field: &Field) -> Result<Box<dyn Evolution>, EvolutionError> {
        Ok(match (self.method, engine) {
            (Method::Spectral, _) => Box::new(SpectralSolver::new(field, self.parameters)?),
            (Method::Explicit, Engine::Cpu) => Box::new(ExplicitSolver::new(field, self.parameters)?),
            (Method::Explicit, Engine::Gpu(gpu)) => Box::new(GpuSolver::new(gpu, field, self.parameters)?),
        })
    }
}
