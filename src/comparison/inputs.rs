//! From a setup to what it names: the initial field and the networks' weights.

use super::{CandidateSpec, ComparisonError, Setup};
use crate::{
    equation::{Kinetics, Parameters},
    field::Field,
    grid::Grid,
    initial::{Initial, InitialOptions},
    network::{Model, ModelSource, SourceError},
    solver::Method,
};

/// What a setup names, read and built: all that can fail on the user's files has been done.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The setup these inputs came from.
    pub setup: Setup,
    /// The initial field on the reference's grid.
    pub field: Field,
    /// The models of the candidates that are networks.
    pub models: Vec<Option<Model>>,
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
        self.load_beside(field)
    }

    /// As [`Setup::load`], with an initial field that is there already.
    ///
    /// # Errors
    /// As [`Setup::load`].
    pub fn load_beside(&self, field: Field) -> Result<Inputs, ComparisonError> {
        self.load_with(field, ModelSource::load)
    }

    /// As [`Setup::load_beside`], with models by other means than reading their files, such as from memory.
    ///
    /// # Errors
    /// As [`Setup::load`].
    pub fn load_with(
        &self,
        field: Field,
        load: impl Fn(&ModelSource) -> Result<Model, SourceError>,
    ) -> Result<Inputs, ComparisonError> {
        let (grid, mut warnings) = (field.grid(), self.doubts_of_field(&field).collect::<Vec<_>>());
        self.reference.validate(&grid)?;
        let mut models = Vec::with_capacity(self.candidates.len());
        for candidate in &self.candidates {
            candidate.grid(&grid)?;
            if let CandidateSpec::Solver(solver) = candidate {
                let own = field.coarsened(solver.coarsening)?;
                solver.spec(&self.reference, &own).validate(&own.grid())?;
            }
            let model = candidate.model().map(&load).transpose()?;
            warnings.extend(model.iter().flat_map(|model| self.doubts_of_model(candidate, model)));
            models.push(model);
        }
        Ok(Inputs { setup: self.clone(), field, models, warnings })
    }

    /// Reads the files of one more candidate, and gives its model and what is doubtful about it.
    ///
    /// # Errors
    /// As [`Setup::load`].
    pub(super) fn load_candidate(
        &self,
        candidate: &CandidateSpec,
        grid: &Grid,
    ) -> Result<(Option<Model>, Vec<String>), ComparisonError> {
        candidate.grid(grid)?;
        let model = candidate.model().map(ModelSource::load).transpose()?;
        let doubts = model.iter().flat_map(|model| self.doubts_of_model(candidate, model)).collect();
        Ok((model, doubts))
    }

    /// Builds the initial field alone, and checks the reference's parameters on its grid.
    ///
    /// # Errors
    /// As [`Setup::load`].
    pub fn initial_field(&self) -> Result<Field, ComparisonError> {
        let equation = self.reference.parameters.equation;
        equation.validate()?;
        let options = InitialOptions { epsilon: equation.epsilon, ..self.options.clone() };
        let field = self.initial.build(&options)?;
        self.reference.validate(&field.grid())?;
        Ok(field)
    }

    /// What is doubtful about the values of the initial field.
    pub fn doubts_of_field(&self, field: &Field) -> impl Iterator<Item = String> {
        let ((low, high), largest) = (field.range(), field.largest());
        let Parameters { equation, time_step, .. } = self.reference.parameters;
        let limit = equation.stability_limit(&field.grid(), largest);
        let steep = self.reference.method == Method::Explicit && time_step >= limit;
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
        let fraction = self.options.volume_fraction.filter(|_| matches!(self.initial, Initial::File(_)));
        let shifted = fraction.map(|fraction| format!("the field was shifted to a volume fraction of {fraction}"));
        unstable.into_iter().chain(concentrations).chain(shifted)
    }

    /// A network knows the equation and the fields that it was trained on, and no others.
    fn doubts_of_model(&self, candidate: &CandidateSpec, model: &Model) -> Vec<String> {
        let Parameters { equation, .. } = self.reference.parameters;
        let asked = [equation.epsilon, self.reference.parameters.frame_time(), candidate.coarsening() as f64];
        let pairs = model.card.made_for().into_iter().zip(asked);
        let unlike = pairs.filter(|((_, learnt), asked)| (learnt / asked - 1.0).abs() > 1e-6);
        let name = candidate.name();
        let mut doubts: Vec<_> = unlike
            .map(|((what, learnt), asked)| {
                format!("the network {name} was trained for {what} {learnt}, not {asked}: its errors then say little")
            })
            .collect();
        if equation.kinetics != Kinetics::CahnHilliard {
            doubts.push(format!(
                "the network {name} was trained on the Cahn–Hilliard equation: its errors then say little"
            ));
        }
        let unseen = match self.initial {
            Initial::Slice => Some("a field at rest near φ = 0"),
            Initial::WhiteNoise => Some("white noise"),
            _ => None,
        };
        doubts.extend(unseen.filter(|_| candidate.lead() == 0).map(|what| {
            format!("the network {name} was not trained on {what} and soon loses its way; lead it by some frames")
        }));
        doubts
    }
}
