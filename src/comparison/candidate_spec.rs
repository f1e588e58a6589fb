//! What is compared with the reference, in one line of text.

use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    field::Field,
    formats::path_text,
    fourier::Symbol,
    gpu::Engine,
    grid::{Grid, GridError},
    network::{self, Model, ModelSource, NetworkError},
    settings::{COARSENING, LEAD, SettingError, TIME_STEP, TOLERANCE},
    solver::{Method, SolverSpec},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// Why a text names no candidate.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum CandidateError {
    #[error(
        "“{0}” is no candidate: write network, explicit, spectral, adaptive or frozen, with settings such as \
         spectral:dt=0.1,grid=coarse"
    )]
    Kind(String),
    #[error("the candidate {kind} has no setting “{key}”: it knows {known}")]
    Key { kind: String, key: String, known: &'static str },
    #[error("the candidate's {key} cannot be “{value}”: it must be {must}")]
    Value { key: String, value: String, must: &'static str },
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// A candidate: a way to predict the reference's field.
///
/// Written `KIND` or `KIND:KEY=VALUE,…`:
///
/// - `network`: `model` (a file; default the built-in model), `coarsening` (1 or 2), `lead` (frames);
/// - `explicit`, `spectral`, `adaptive`: the scheme, with `dt` or `tolerance`, `grid` (`fine` or `coarse`), `symbol`
///   (`difference` or `derivative`); the equation is the reference's;
/// - `frozen`: the initial field for ever, with `grid`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CandidateSpec {
    /// A network on every `coarsening`-th node, started from the reference's field at frame `lead`.
    Network { model: ModelSource, coarsening: usize, lead: usize },
    /// A solver with other steps, or on fewer nodes.
    Solver(SolverCandidate),
    /// The initial field, unchanged.
    Frozen { coarsening: usize },
}

/// A solver of the reference's equation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolverCandidate {
    /// The scheme.
    pub method: Method,
    /// Longest step; a frame has a whole number of equal ones. `None` is the reference's, or the longest that is
    /// stable.
    pub time_step: Option<f64>,
    /// What the adaptive scheme allows a step; `None` is the reference's.
    pub tolerance: Option<f64>,
    /// Every how many nodes of the reference it has one.
    pub coarsening: usize,
    /// What Fourier schemes take for −∇².
    pub symbol: Symbol,
}

impl Default for CandidateSpec {
    fn default() -> Self {
        Self::network(ModelSource::Builtin)
    }
}

impl CandidateSpec {
    /// A network on every second node, from the start.
    pub fn network(model: ModelSource) -> Self {
        Self::Network { model, coarsening: COARSENING.default, lead: LEAD.default }
    }

    /// Every how many nodes of the reference it has one.
    pub fn coarsening(&self) -> usize {
        match self {
            Self::Network { coarsening, .. } | Self::Frozen { coarsening } => *coarsening,
            Self::Solver(solver) => solver.coarsening,
        }
    }

    /// Frames that it follows the reference before it starts from there.
    pub fn lead(&self) -> usize {
        if let Self::Network { lead, .. } = self { *lead } else { 0 }
    }

    /// Its network's model, if it has one.
    pub fn model(&self) -> Option<&ModelSource> {
        if let Self::Network { model, .. } = self { Some(model) } else { None }
    }

    /// A short name for tables and files; others may have the same.
    pub fn name(&self) -> String {
        let coarse = |coarsening: usize| if coarsening > 1 { "-coarse" } else { "" };
        match self {
            Self::Network { model, lead: 0, .. } => model.name(),
            Self::Network { model, lead, .. } => format!("{}-lead{lead}", model.name()),
            Self::Solver(solver) => {
                let step = solver.tolerance.or(solver.time_step).map_or(String::new(), |step| format!("-{step}"));
                format!("{}{}{step}", solver.method, coarse(solver.coarsening))
            }
            Self::Frozen { coarsening } => format!("frozen{}", coarse(*coarsening)),
        }
    }

    /// Why it has diverged if it has, judging by its settings and by what is doubtful about it.
    pub fn likely_cause(&self, doubts: &[String]) -> String {
        match self {
            Self::Network { .. } if doubts.is_empty() => "its weights, which were not trained for this".into(),
            Self::Network { .. } => format!("it was {}", doubts.join("; ")),
            Self::Solver(_) => "its time step or tolerance is too large".into(),
            Self::Frozen { .. } => "its initial field".into(),
        }
    }

    /// The nodes that it lives on beside a reference on `grid`.
    ///
    /// # Errors
    /// When every so many of those nodes make no grid.
    pub fn grid(&self, grid: &Grid) -> Result<Grid, GridError> {
        grid.coarsened(self.coarsening())
    }

    /// Starts it from a field of the reference, whose solver is `reference`; `model` is its network's.
    ///
    /// # Errors
    /// When its grid or parameters are refused, or the device fails.
    pub fn start(
        &self,
        engine: &Engine,
        reference: &SolverSpec,
        model: Option<&Model>,
        field: &Field,
    ) -> Result<Box<dyn Evolution>, NetworkError> {
        let own = network::start(field, self.coarsening()).map_err(EvolutionError::from)?;
        self.start_on(engine, reference, model, own)
    }

    /// As [`CandidateSpec::start`], from a field on its own nodes.
    ///
    /// # Errors
    /// As [`CandidateSpec::start`].
    pub fn start_on(
        &self,
        engine: &Engine,
        reference: &SolverSpec,
        model: Option<&Model>,
        own: Field,
    ) -> Result<Box<dyn Evolution>, NetworkError> {
        Ok(match self {
            Self::Network { .. } => network::evolve(engine, model.ok_or(NetworkError::NoModel)?, &own)?,
            Self::Solver(solver) => solver.spec(reference, &own).start(engine, &own)?,
            Self::Frozen { .. } => Box::new(super::frozen::Frozen::new(own)),
        })
    }

    /// Whether it runs on the graphics device where there is one.
    pub fn uses_device(&self) -> bool {
        match self {
            Self::Network { .. } => true,
            Self::Solver(solver) => solver.method == Method::Explicit,
            Self::Frozen { .. } => false,
        }
    }
}

impl SolverCandidate {
    /// A scheme with the settings of the reference.
    pub fn of(method: Method) -> Self {
        Self { method, time_step: None, tolerance: None, coarsening: 1, symbol: Symbol::Difference }
    }

    /// The solver that starts from a field on its own nodes.
    pub fn spec(&self, reference: &SolverSpec, own: &Field) -> SolverSpec {
        let parameters = reference.parameters;
        let steps = match (self.time_step, self.method) {
            (Some(step), _) => (parameters.frame_time() / step - 1e-9).ceil().max(1.0) as usize,
            (None, Method::Explicit) => parameters.fewest_steps(&own.grid(), own.largest()),
            (None, _) => parameters.steps_per_frame,
        };
        let parameters: Parameters = parameters.in_steps(steps);
        let tolerance = self.tolerance.unwrap_or(reference.tolerance);
        SolverSpec { method: self.method, parameters, tolerance, symbol: self.symbol }
    }
}

impl fmt::Display for CandidateSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, settings) = self.parts();
        f.write_str(&kind)?;
        let settings: Vec<_> = settings.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        if settings.is_empty() { Ok(()) } else { write!(f, ":{}", settings.join(",")) }
    }
}

impl CandidateSpec {
    /// Kind and settings other than the defaults.
    fn parts(&self) -> (String, Vec<(&'static str, String)>) {
        let mut settings = Vec::new();
        let mut set = |key, value: Option<String>| settings.extend(value.map(|value| (key, value)));
        let grid = |coarsening: usize| (coarsening > 1).then(|| "coarse".to_owned());
        let kind = match self {
            Self::Network { model, coarsening, lead } => {
                set("model", (*model != ModelSource::Builtin).then(|| text_of(model)));
                set("coarsening", (*coarsening != COARSENING.default).then(|| coarsening.to_string()));
                set("lead", (*lead != LEAD.default).then(|| lead.to_string()));
                "network".to_owned()
            }
            Self::Solver(solver) => {
                set("dt", solver.time_step.map(|step| step.to_string()));
                set("tolerance", solver.tolerance.map(|tolerance| tolerance.to_string()));
                set("grid", grid(solver.coarsening));
                set("symbol", (solver.symbol == Symbol::Derivative).then(|| "derivative".to_owned()));
                solver.method.to_string()
            }
            Self::Frozen { coarsening } => {
                set("grid", grid(*coarsening));
                "frozen".to_owned()
            }
        };
        (kind, settings)
    }
}

/// A model as the value of a setting: a comma would end it, and spaces at its ends would be taken for those around it.
fn text_of(model: &ModelSource) -> String {
    let escaped = |text: &str| text.bytes().map(path_text::escape).collect::<String>();
    let text = String::from(model.clone()).replace(',', &escaped(","));
    let (before, rest) = text.split_at(text.len() - text.trim_start().len());
    let (middle, after) = rest.split_at(rest.trim_end().len());
    escaped(before) + middle + &escaped(after)
}

impl FromStr for CandidateSpec {
    type Err = CandidateError;

    fn from_str(text: &str) -> Result<Self, CandidateError> {
        let (kind, settings) = text.split_once(':').unwrap_or((text, ""));
        let mut candidate = match kind.trim() {
            "network" => Self::default(),
            "frozen" => Self::Frozen { coarsening: 1 },
            kind => {
                let method =
                    clap::ValueEnum::from_str(kind, true).map_err(|_| CandidateError::Kind(text.to_owned()))?;
                Self::Solver(SolverCandidate::of(method))
            }
        };
        for setting in settings.split(',').filter(|setting| !setting.trim().is_empty()) {
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            candidate.set(kind, key.trim(), value.trim())?;
        }
        Ok(candidate)
    }
}

impl CandidateSpec {
    fn set(&mut self, kind: &str, key: &str, value: &str) -> Result<(), CandidateError> {
        let unknown = |known| CandidateError::Key { kind: kind.to_owned(), key: key.to_owned(), known };
        let refused = |must| CandidateError::Value { key: key.to_owned(), value: value.to_owned(), must };
        let step_of_grid = || match value {
            "fine" => Ok(1),
            "coarse" => Ok(2),
            _ => Err(refused("fine or coarse")),
        };
        match (self, key) {
            (Self::Network { .. }, "model") if value.is_empty() => return Err(refused("a file")),
            (Self::Network { model, .. }, "model") => *model = value.to_owned().into(),
            (Self::Network { coarsening, .. }, "coarsening") => *coarsening = COARSENING.parse(value)?,
            (Self::Network { lead, .. }, "lead") => *lead = LEAD.parse(value)?,
            (Self::Network { .. }, _) => return Err(unknown("model, coarsening and lead")),
            (Self::Solver(solver), "tolerance") if solver.method == Method::Adaptive => {
                solver.tolerance = Some(TOLERANCE.parse(value)?);
            }
            (Self::Solver(solver), "dt") if solver.method != Method::Adaptive => {
                solver.time_step = Some(TIME_STEP.parse(value)?);
            }
            (Self::Solver(solver), "grid") => solver.coarsening = step_of_grid()?,
            (Self::Solver(solver), "symbol") => {
                solver.symbol = match value {
                    "difference" => Symbol::Difference,
                    "derivative" => Symbol::Derivative,
                    _ => return Err(refused("difference or derivative")),
                };
            }
            (Self::Solver(solver), _) if solver.method == Method::Adaptive => {
                return Err(unknown("tolerance, grid and symbol"));
            }
            (Self::Solver(_), _) => return Err(unknown("dt, grid and symbol")),
            (Self::Frozen { coarsening }, "grid") => *coarsening = step_of_grid()?,
            (Self::Frozen { .. }, _) => return Err(unknown("grid")),
        }
        Ok(())
    }
}

impl TryFrom<String> for CandidateSpec {
    type Error = CandidateError;

    fn try_from(text: String) -> Result<Self, CandidateError> {
        text.parse()
    }
}

impl From<CandidateSpec> for String {
    fn from(candidate: CandidateSpec) -> Self {
        candidate.to_string()
    }
}
