//! What defines a comparison, in one struct for command line, panels and the record of a run.

use super::CandidateSpec;
use crate::{
    gpu::EngineChoice,
    initial::{Initial, InitialOptions},
    network::ModelSource,
    solver::SolverSpec,
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, path::PathBuf};

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
    /// The names of the candidates, each once: the second of one name is called NAME-2.
    pub fn names(&self) -> Vec<String> {
        let mut seen = HashMap::new();
        let unique = |candidate: &CandidateSpec| {
            let name = candidate.name();
            let count = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
            if *count > 1 { format!("{name}-{count}") } else { name }
        };
        self.candidates.iter().map(unique).collect()
    }

    /// The model of the first network among the candidates.
    pub fn model(&self) -> Option<&ModelSource> {
        self.candidates.iter().find_map(CandidateSpec::model)
    }

    /// The files that it names: of the initial field and of models.
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
