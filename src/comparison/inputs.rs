//! The inputs that a setup names: the initial field and the networks' weights.

use super::{CandidateSpec, ComparisonError, FileRecord, Files, InitialInfo, Setup};
use crate::{
    equation::Parameters,
    field::Field,
    grid::{Grid, Shape},
    initial::{Initial, InitialOptions},
    network::{Model, ModelSource, Purpose, Seen, SourceError},
    report::number::fixed,
    solver::Method,
};

/// What a setup names, read and built, so that no file of the user can fail any more.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The setup these inputs came from.
    pub setup: Setup,
    /// The initial field on the reference's grid.
    pub field: Field,
    /// The models of the candidates that are networks.
    pub models: Vec<Option<Model>>,
    /// The files that they were read from.
    pub files: Files,
    /// Doubts about the run, a sentence each.
    pub warnings: Vec<String>,
    /// What is doubtful about each candidate, see [`EvolutionSnapshot::doubts`](super::EvolutionSnapshot::doubts).
    pub doubts: Vec<Vec<String>>,
}

/// A candidate whose files have been read.
pub(super) struct ReadCandidate {
    /// Its network's model.
    pub model: Option<Model>,
    /// The file that it was read from, if it was.
    pub file: Option<FileRecord>,
    /// The doubts about it.
    pub doubts: Vec<String>,
}

/// Largest |φ| of a field that is near 0 everywhere.
const NEAR_ZERO: f64 = 0.2;

/// Standard deviations of the mean of φ within which a network has seen enough.
const DEVIATIONS: f64 = 2.0;

impl Inputs {
    /// Doubts about the run and about its candidates, a sentence each.
    pub fn all_warnings(&self) -> Vec<String> {
        let candidates = self.setup.candidates.iter().zip(&self.doubts);
        let sentences = candidates.flat_map(|(candidate, doubts)| {
            let name = candidate.name();
            doubts.iter().map(move |doubt| sentence(&name, doubt))
        });
        self.warnings.iter().cloned().chain(sentences).collect()
    }
}

/// A doubt about a candidate of this name as a sentence.
pub(super) fn sentence(name: &str, doubt: &str) -> String {
    format!("the network {name} was {doubt}: its errors then say little")
}

impl Setup {
    /// Checks parameters and grids, reads the files, builds the initial field. Touches no device, so that
    /// it may run on any thread.
    ///
    /// # Errors
    /// When a file cannot be read or a value makes no sense; nothing has been changed then.
    pub fn load(&self) -> Result<Inputs, ComparisonError> {
        let field = self.initial_field()?;
        let inputs = self.load_beside(field)?;
        // Last: a file that cannot be read at all is refused before.
        Ok(Inputs { files: Files::of(self)?, ..inputs })
    }

    /// As [`Setup::load`], with an initial field that is there already, and without checksums of files.
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
        let (grid, start) = (field.grid(), InitialInfo::from(&field));
        let (warnings, mut doubts) = (self.doubts_of_field(&field).collect(), Vec::new());
        self.reference.validate(&grid)?;
        let mut models = Vec::with_capacity(self.candidates.len());
        for candidate in &self.candidates {
            candidate.grid(&grid)?;
            if let CandidateSpec::Solver(solver) = candidate {
                let own = field.coarsened(solver.coarsening)?;
                solver.spec(&self.reference, &own).validate(&own.grid())?;
            }
            let model = candidate.model().map(&load).transpose()?;
            let found = model.as_ref().map(|model| self.doubts_of_model(candidate, model, &start, candidate.lead()));
            doubts.push(found.unwrap_or_default());
            models.push(model);
        }
        self.check_memory(&grid, &models)?;
        Ok(Inputs { setup: self.clone(), field, models, files: Files::default(), warnings, doubts })
    }

    /// Reads the files of one more candidate, which is led to frame `led`.
    ///
    /// # Errors
    /// As [`Setup::load`].
    pub(super) fn load_candidate(
        &self,
        candidate: &CandidateSpec,
        start: &InitialInfo,
        led: usize,
    ) -> Result<ReadCandidate, ComparisonError> {
        candidate.grid(&start.grid)?;
        let model = candidate.model().map(ModelSource::load).transpose()?;
        candidate.check_memory(&start.grid, model.as_ref())?;
        let file = Files::of_candidate(candidate)?;
        let doubts = model.as_ref().map(|model| self.doubts_of_model(candidate, model, start, led));
        Ok(ReadCandidate { model, file, doubts: doubts.unwrap_or_default() })
    }

    /// Builds the initial field alone, and checks the reference's parameters on its grid.
    ///
    /// # Errors
    /// As [`Setup::load`].
    pub fn initial_field(&self) -> Result<Field, ComparisonError> {
        let equation = self.reference.parameters.equation;
        equation.validate()?;
        // A file that is not resampled is as large as it is.
        if !matches!(self.initial, Initial::File(_)) || self.options.resample {
            self.check_memory(&self.options.grid.into(), &[])?;
        }
        let options = InitialOptions { epsilon: equation.epsilon, ..self.options.clone() };
        let field = self.initial.build(&options)?;
        self.reference.validate(&field.grid())?;
        Ok(field)
    }

    /// Doubts about the values of the initial field.
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

    /// A network only knows the equation and the fields that it was trained on. `led` is the frame from which it
    /// evolves by itself.
    fn doubts_of_model(
        &self,
        candidate: &CandidateSpec,
        model: &Model,
        start: &InitialInfo,
        led: usize,
    ) -> Vec<String> {
        let Parameters { equation, .. } = self.reference.parameters;
        let frame_time = self.reference.parameters.frame_time();
        let asked = Purpose { equation, frame_time, coarsening: candidate.coarsening() };
        let unlike = model.card.purpose().unlike(&asked);
        let mut doubts: Vec<_> = unlike.into_iter().map(|what| format!("trained for {what}")).collect();
        let seen = model.card.seen();
        let unseen = self.unseen_start(start, seen.as_ref()).filter(|_| led == 0);
        doubts.extend(unseen.map(|what| format!("not trained on {what} (lead it by some frames)")));
        doubts.extend(seen.into_iter().flat_map(|seen| doubts_of_box(start, &seen)));
        doubts
    }

    /// The kind of initial field, if a network that saw this was not trained for it.
    fn unseen_start(&self, start: &InitialInfo, seen: Option<&Seen>) -> Option<&'static str> {
        let largest = f64::from(start.range.1.max(-start.range.0));
        let knows = |what: fn(&Seen) -> bool| seen.is_some_and(what);
        match self.initial {
            Initial::WhiteNoise => Some("white noise").filter(|_| !knows(|seen| seen.white_noise)),
            Initial::Slice => Some("a field at rest near φ = 0").filter(|_| !knows(|seen| seen.slices)),
            _ => Some("a field near φ = 0 everywhere").filter(|_| largest < NEAR_ZERO),
        }
    }
}

/// Doubts about the mean of φ, which never changes, and about the shape of the box.
fn doubts_of_box(start: &InitialInfo, seen: &Seen) -> Vec<String> {
    let mut doubts = Vec::new();
    let most = DEVIATIONS * seen.mean_deviation;
    if start.mean.abs() > most {
        let [least, most, mean] = [-most, most, start.mean].map(|mean| fixed(mean, 2));
        doubts.push(format!("trained on means of φ from {least} to {most}, not {mean}"));
    }
    let flat = |shape: &Shape| Grid::from(*shape).is_flat();
    if start.grid.is_flat() && !seen.grids.is_empty() && !seen.grids.iter().any(flat) {
        doubts.push("trained in boxes of three dimensions, not in planes".into());
    }
    doubts
}
