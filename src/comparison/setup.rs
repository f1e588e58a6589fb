//! What defines a comparison, in one struct for command line, panels and the record of a run.

use crate::{
    equation::Parameters,
    gpu::EngineChoice,
    initial::{Initial, InitialOptions},
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Which scheme the solver uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Explicit forward Euler, the paper's reference; runs on either engine.
    #[default]
    Explicit,
    /// Semi-implicit Fourier (Chen & Shen 1998), stable at larger steps; runs on the CPU.
    Spectral,
}

/// Everything that defines a comparison. The same setup and seed give the same run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    /// Where the run starts: a preset, or a mesh or field file.
    pub initial: Initial,
    /// Grid size of the solver, seed, noise and so on. Its ε gives way to that of `parameters`.
    pub options: InitialOptions,
    /// The network's grid keeps every `coarsening`-th node of the solver's: 2 or 1.
    pub coarsening: usize,
    /// File of the network; `None` is the built-in one.
    pub model: Option<PathBuf>,
    /// Where both evolutions run.
    pub engine: EngineChoice,
    /// Scheme of the solver.
    pub method: Method,
    /// Physics and time step of the solver.
    pub parameters: Parameters,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            initial: Initial::Noise,
            options: InitialOptions::default(),
            coarsening: 2,
            model: None,
            engine: EngineChoice::Auto,
            method: Method::Explicit,
            parameters: Parameters::default(),
        }
    }
}

impl Setup {
    /// What the network is called: its file without folder and extension.
    pub fn model_name(&self) -> String {
        let stem = self.model.as_deref().and_then(Path::file_stem);
        stem.map_or("built-in".into(), |stem| stem.to_string_lossy().into_owned())
    }
}
