//! A finished model against fresh runs of the solver that no training has seen: the numbers of the report.
//!
//! Each part has a folder with its plan, its run and its page of the report: [`boxes`], [`shapes`], [`led`], [`long`],
//! [`exponent`], [`cost`].
//!
//! - [`plan`]: all of them together; `starts`: the fields that runs start from; `candidates`: the network and its
//!   rivals;
//! - [`trial`], [`spread`]: candidates beside the reference, and their errors over many runs;
//! - [`findings`], [`bars`]: everything found, and the targets for a model;
//! - [`report`]: the folder with all pages; [`console`]: the main figures in a few lines.

pub mod bars;
pub mod boxes;
mod candidates;
pub mod console;
mod conventional;
pub mod cost;
mod errors;
pub mod exponent;
pub mod findings;
pub mod led;
pub mod long;
pub mod plan;
pub mod report;
mod settings;
pub mod shapes;
pub mod spread;
mod starts;
pub mod trial;
pub mod work;

pub use findings::Findings;
pub use plan::{Part, Plan};

use crate::{
    comparison::ComparisonError,
    evolution::{self, Evolution, EvolutionError},
    field::{Field, FieldError},
    gpu::Engine,
    initial::InitialError,
    metrics::energy_density,
    network::{Model, NetworkError},
    report::ReportError,
    settings::ConfigError,
    threads,
};
use std::{borrow::Cow, io, ops::ControlFlow, path::PathBuf};
use thiserror::Error;

/// Why a model could not be evaluated.
#[derive(Debug, Error)]
pub enum EvaluationError {
    #[error(transparent)]
    Comparison(#[from] ComparisonError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Initial(#[from] InitialError),
    #[error(transparent)]
    Evolution(#[from] EvolutionError),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error("cannot start a thread: {0}")]
    Thread(#[from] io::Error),
    #[error("cannot take costs from {}: {reason}", .path.display())]
    Costs { path: PathBuf, reason: String },
    #[error("the model was made for {0} as the ablation: they cannot be measured together")]
    Unlike(String),
}

/// Is told of every finished frame, as work in the units of [`work::work`], and says whether to continue. When it
/// breaks, what has been measured so far is returned.
pub type Watch<'a> = dyn FnMut(usize) -> ControlFlow<()> + 'a;

/// Everything that measurements are made with. Each part is a method, in a folder of its own.
pub struct Evaluator<'a> {
    /// What is measured.
    pub plan: &'a Plan,
    /// The model under test.
    pub model: &'a Model,
    /// A second model, measured beside it in the same boxes.
    pub ablation: Option<&'a Model>,
    /// Where networks and explicit solvers run.
    pub engine: &'a Engine,
    /// What can break off a frame. The frames before it count.
    pub within_frames: evolution::Watch,
}

/// Whether a frame was made, and not broken off, of which `watch` is told.
fn is_made(advanced: Result<(), impl Into<EvaluationError>>, watch: &mut Watch) -> Result<bool, EvaluationError> {
    use EvolutionError::Interrupted;
    match advanced.map_err(Into::into) {
        Ok(()) => Ok(true),
        Err(
            EvaluationError::Evolution(Interrupted)
            | EvaluationError::Comparison(ComparisonError::Evolution(Interrupted)),
        ) => {
            // What broke the frame off ends the measurement, too.
            let _ends = watch(0);
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// The present field, or `None` when its values have ceased to be finite.
fn finite_field(evolution: &mut dyn Evolution) -> Result<Option<Field>, EvolutionError> {
    match evolution.field() {
        Err(EvolutionError::NotFinite { .. }) => Ok(None),
        other => other.map(Some),
    }
}

impl Evaluator<'_> {
    /// Does work that cannot be divided, such as making a field, on a thread of its own. Once no more is wanted, that is
    /// left to itself, `watch` is told, and there is no result.
    fn whole<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, EvaluationError> + Send + 'static,
        watch: &mut Watch,
    ) -> Result<Option<T>, EvaluationError> {
        let done = threads::unless(&|| self.within_frames.stops(), work)?.transpose()?;
        if done.is_none() {
            let _ends = watch(0);
        }
        Ok(done)
    }

    /// The field that a run starts from, as [`Evaluator::whole`].
    fn field(
        &self,
        start: impl FnOnce(&Plan) -> Result<Field, InitialError> + Send + 'static,
        watch: &mut Watch,
    ) -> Result<Option<Field>, EvaluationError> {
        let plan = self.plan.clone();
        self.whole(move || Ok(start(&plan)?), watch)
    }

    /// A field on the solver's grid or the network's, on the network's.
    fn on_network_grid<'f>(&self, field: &'f Field) -> Result<Cow<'f, Field>, EvaluationError> {
        let fine = field.grid().spacing < self.plan.coarsening as f64;
        Ok(if fine { Cow::Owned(field.coarsened(self.plan.coarsening)?) } else { Cow::Borrowed(field) })
    }

    /// F/V of such a field on the network's grid.
    fn coarse_energy(&self, field: &Field) -> Result<f64, EvaluationError> {
        Ok(energy_density(&*self.on_network_grid(field)?, &self.plan.equation.equation))
    }
}
