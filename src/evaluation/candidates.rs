//! Ways to predict the reference's field.

use super::{
    EvaluationError, Evaluator, Plan, Watch,
    conventional::{coarse_explicit, coarse_spectral},
};
use crate::{
    comparison::{CandidateSpec, Comparison, Setup},
    evolution::Evolution,
    field::Field,
    initial::InitialError,
    memory::MemoryError,
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

    /// The reference and some candidates, where a plan says that they start, on the reference's grid; `None` once no
    /// more is wanted.
    pub(super) fn comparison(
        &self,
        start: impl FnOnce(&Plan) -> Result<Field, InitialError> + Send + 'static,
        candidates: &[CandidateSpec],
        watch: &mut Watch,
    ) -> Result<Option<Comparison>, EvaluationError> {
        let setup = self.setup(candidates.to_vec());
        let (model, ablation) = (self.model.clone(), self.ablation.cloned());
        let (plan, engine) = (self.plan.clone(), self.engine.clone());
        let begin = move || -> Result<Comparison, EvaluationError> {
            let second = called(ABLATION);
            let of = |source: &ModelSource| ablation.as_ref().filter(|_| *source == second).unwrap_or(&model).clone();
            let inputs = setup.load_with(start(&plan)?, |source| Ok(of(source)))?;
            Ok(Comparison::new(inputs, engine)?)
        };
        let Some(mut comparison) = self.whole(begin, watch)? else { return Ok(None) };
        comparison.watch(self.within_frames.clone());
        Ok(Some(comparison))
    }

    fn setup(&self, candidates: Vec<CandidateSpec>) -> Setup {
        Setup { candidates, reference: self.plan.reference(), ..Setup::default() }
    }

    /// Refuses a plan for which there is not enough memory.
    ///
    /// # Errors
    /// With the largest box that fits.
    pub fn check_memory(&self) -> Result<(), MemoryError> {
        let setup = self.setup(self.candidates());
        let models: Vec<_> = setup.candidates.iter().map(|spec| spec.model().map(|_| self.model.clone())).collect();
        let mut grids = self.plan.asked().flat_map(|part| self.plan.grids(part));
        grids.try_for_each(|grid| setup.check_memory(&grid.into(), &models))
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
