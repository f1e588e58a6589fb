//! Ways to predict the reference's field.

use super::{
    EvaluationError, Evaluator, Plan,
    conventional::{coarse_explicit, coarse_spectral},
};
use crate::{
    comparison::{CandidateSpec, Comparison, Setup},
    evolution::Evolution,
    field::Field,
    network::{Model, ModelSource},
    solver::SolverSpec,
};

/// What the model under test and the second one are called in place of their files: both are in memory.
pub(super) const NETWORK: &str = "network";
const ABLATION: &str = "ablation";

fn called(name: &str) -> ModelSource {
    ModelSource::File(name.into())
}

impl Plan {
    /// The explicit solver that all others are compared with.
    pub fn reference(&self) -> SolverSpec {
        SolverSpec { parameters: self.equation, ..SolverSpec::default() }
    }

    /// The model under test.
    pub fn network(&self) -> CandidateSpec {
        self.led(0)
    }

    /// The model under test after it has followed the reference for some frames.
    pub fn led(&self, lead: usize) -> CandidateSpec {
        CandidateSpec::Network { model: called(NETWORK), coarsening: self.coarsening, lead }
    }

    /// The second model.
    pub fn ablation(&self) -> CandidateSpec {
        CandidateSpec::Network { model: called(ABLATION), coarsening: self.coarsening, lead: 0 }
    }

    /// The explicit solver on the network's grid.
    pub fn coarse_explicit(&self) -> CandidateSpec {
        CandidateSpec::Solver(coarse_explicit(self.coarsening))
    }

    /// The spectral solver on the network's grid, with ten steps to a frame: with more, the error of its few nodes
    /// remains.
    pub fn coarse_spectral(&self) -> CandidateSpec {
        CandidateSpec::Solver(coarse_spectral(self.coarsening, self.equation.frame_time() / 10.0))
    }

    /// The initial field, unchanged.
    pub fn frozen(&self) -> CandidateSpec {
        CandidateSpec::Frozen { coarsening: self.coarsening }
    }

    /// Those that take part in every part, in the order of the tables.
    pub fn candidates(&self) -> Vec<CandidateSpec> {
        vec![self.network(), self.coarse_explicit(), self.coarse_spectral(), self.frozen()]
    }
}

impl Evaluator<'_> {
    /// The same, and the ablation if there is one.
    pub fn candidates(&self) -> Vec<CandidateSpec> {
        let mut candidates = self.plan.candidates();
        if self.ablation.is_some() {
            candidates.insert(1, self.plan.ablation());
        }
        candidates
    }

    /// The reference and some candidates at `start`, a field on the reference's grid.
    pub(super) fn comparison(&self, start: Field, candidates: &[CandidateSpec]) -> Result<Comparison, EvaluationError> {
        let (candidates, reference) = (candidates.to_vec(), self.plan.reference());
        let setup = Setup { candidates, reference, ..Setup::default() };
        let second = called(ABLATION);
        let model = |source: &ModelSource| self.ablation.filter(|_| *source == second).unwrap_or(self.model).clone();
        let inputs = setup.load_with(start, |source| Ok(model(source)))?;
        let mut comparison = Comparison::new(inputs, self.engine.clone())?;
        comparison.watch(self.within_frames.clone());
        Ok(comparison)
    }

    /// The reference alone, from a field on its grid.
    pub(super) fn solver(&self, start: &Field) -> Result<Box<dyn Evolution>, EvaluationError> {
        let mut solver = self.plan.reference().start(self.engine, start)?;
        solver.watch(&self.within_frames);
        Ok(solver)
    }

    /// A network alone, from a field on the reference's grid.
    pub(super) fn network(&self, model: &Model, start: &Field) -> Result<Box<dyn Evolution>, EvaluationError> {
        let mut network = self.plan.network().start(self.engine, &self.plan.reference(), Some(model), start)?;
        network.watch(&self.within_frames);
        Ok(network)
    }
}
