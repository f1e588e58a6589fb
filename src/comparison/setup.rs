//! What defines a comparison, in one struct for command line, panels and the record of a run.

use super::CandidateSpec;
use crate::{
    gpu::EngineChoice,
    initial::{Initial, InitialOptions},
    network::ModelSource,
    recording::REFERENCE,
    solver::SolverSpec,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashSet,
    iter,
    path::{Path, PathBuf},
};

/// Everything that defines a comparison. The same setup and seed give the same run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    /// Where the run starts: a preset, or a mesh or field file.
    pub initial: Initial,
    /// Where all evolutions run.
    pub engine: EngineChoice,
    /// What is compared with the reference.
    pub candidates: Vec<CandidateSpec>,
    /// Grid, seed, noise and so on of the initial field. Its ε gives way to that of the reference.
    pub options: InitialOptions,
    /// The reference.
    pub reference: SolverSpec,
}

impl Default for Setup {
    /// The shipped network beside the explicit solver.
    fn default() -> Self {
        Self {
            initial: Initial::Noise,
            engine: EngineChoice::Auto,
            candidates: vec![CandidateSpec::default()],
            options: InitialOptions::default(),
            reference: SolverSpec::default(),
        }
    }
}

impl Setup {
    /// The names of the candidates, each once: one whose name is taken, be it by the reference, is called NAME-2. They
    /// become names of files, where capital letters do not count on every system.
    pub fn names(&self) -> Vec<String> {
        let mut taken = HashSet::from([REFERENCE.to_owned()]);
        let unique = |candidate: &CandidateSpec| {
            let name = candidate.name();
            let numbered = (2_usize..).map(|number| format!("{name}-{number}"));
            let mut names = iter::once(name.clone()).chain(numbered);
            names.find(|name| taken.insert(name.to_lowercase())).unwrap_or(name)
        };
        self.candidates.iter().map(unique).collect()
    }

    /// The model of the first network among the candidates.
    pub fn model(&self) -> Option<&ModelSource> {
        self.candidates.iter().find_map(CandidateSpec::model)
    }

    /// The files that it names: of the initial field and of models.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let models = self.candidates.iter().filter_map(|candidate| candidate.model()?.path());
        self.initial.path().into_iter().chain(models)
    }

    /// The same, to be changed.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let initial = match &mut self.initial {
            Initial::File(path) | Initial::Mesh(path) => Some(path),
            _ => None,
        };
        let models = self.candidates.iter_mut().filter_map(|candidate| match candidate {
            CandidateSpec::Network { model: ModelSource::File(path), .. } => Some(path),
            _ => None,
        });
        initial.into_iter().chain(models)
    }

    /// The same with another model for the first network among the candidates.
    pub fn with_model(mut self, source: ModelSource) -> Self {
        let mut networks = self.candidates.iter_mut().filter_map(|candidate| match candidate {
            CandidateSpec::Network { model, .. } => Some(model),
            _ => None,
        });
        match networks.next() {
            Some(model) => *model = source,
            None => self.candidates.push(CandidateSpec::network(source)),
        }
        self
    }
}
