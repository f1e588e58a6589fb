//! From a setup to what it names: the initial field, the network's weights, the solver.

use super::{ComparisonError, Method, Setup};
use crate::{
    equation::{Parameters, stability_limit},
    evolution::{Evolution, EvolutionError},
    field::{Field, MIN_SIZE},
    fourier::Symbol,
    gpu::Engine,
    initial::{Initial, InitialOptions},
    network::{Model, crane},
    solver::{
        explicit::{ExplicitSolver, GpuSolver},
        spectral::SpectralSolver,
    },
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
    /// What may make the run mean something else than was meant, a sentence each.
    pub warnings: Vec<String>,
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
        let warnings = self.doubts_of_field(&field).chain(self.doubts_of_model(&model)).collect();
        Ok(Inputs { setup: self.clone(), field, model, warnings })
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
    /// When the coarsening is neither 1 nor 2, does not divide the grid, or leaves too few nodes.
    pub fn check_grid(&self, size: usize) -> Result<(), ComparisonError> {
        match self.coarsening {
            1 => Ok(()),
            2 if size / 2 < MIN_SIZE => Err(ComparisonError::SmallGrid(size)),
            2 if size.is_multiple_of(2) => Ok(()),
            2 => Err(ComparisonError::OddGrid(size)),
            other => Err(ComparisonError::Coarsening(other)),
        }
    }

    /// What is doubtful about the values of the initial field.
    pub fn doubts_of_field(&self, field: &Field) -> impl Iterator<Item = String> {
        let (low, high) = field.range();
        let largest = f64::from(high.max(-low));
        let Parameters { epsilon, mobility, time_step, .. } = self.parameters;
        let limit = stability_limit(epsilon, mobility, largest);
        let steep = self.method == Method::Explicit && time_step >= limit;
        let unstable = steep.then(|| {
            format!(
                "|φ| reaches {largest:.2} in the initial field, where the explicit scheme is stable only below \
                 Δt = {limit:.5}: at Δt = {time_step} the solver may diverge"
            )
        });
        let is_file = matches!(self.initial, Initial::File(_)) && !self.options.concentration;
        let concentrations = (is_file && low >= 0.0 && high <= 1.0).then(|| {
            format!(
                "all values in {} lie in [0, 1] and are taken as φ, not as concentrations c = (φ + 1)/2",
                self.initial
            )
        });
        unstable.into_iter().chain(concentrations)
    }

    /// A network knows the equation it was trained on, and no other.
    fn doubts_of_model(&self, model: &Model) -> impl Iterator<Item = String> {
        let asked = [self.parameters.epsilon, self.parameters.frame_time(), self.coarsening as f64];
        let pairs = model.card.made_for().into_iter().zip(asked);
        let unlike = pairs.filter(|((_, learnt), asked)| (learnt / asked - 1.0).abs() > 1e-6);
        let name = self.model_name();
        unlike.map(move |((what, learnt), asked)| {
            format!("the network {name} was trained for {what} {learnt}, not {asked}: the comparison then says little")
        })
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
            (Method::Spectral, _) => Box::new(SpectralSolver::new(field, self.parameters, Symbol::Difference)?),
            (Method::Explicit, Engine::Cpu) => Box::new(ExplicitSolver::new(field, self.parameters)?),
            (Method::Explicit, Engine::Gpu(gpu)) => Box::new(GpuSolver::new(gpu, field, self.parameters)?),
        })
    }
}
