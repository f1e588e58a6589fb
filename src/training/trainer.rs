//! The training itself, without threads or files: one walk after another, each from one state to the next.

use super::{
    adjustment::{Adjusted, Adjustment},
    card,
    config::TrainConfig,
    dataset::{Dataset, Split},
    loss::Loss,
    optimizer::{self, Optimizer},
    parameters,
    preview::Preview,
    schedule::Stretch,
    state::{State, StepReport},
    trainer_error::TrainerError,
    validation::{self, Validation},
    walk::{Pool, Walk},
};
use crate::{
    network::{Card, Crnn, Hidden, Model, PeriodicBackend},
    settings::ConfigError,
};
use burn::{
    module::AutodiffModule,
    tensor::{ElementConversion, Tensor, backend::AutodiffBackend},
};
use std::ops::ControlFlow;

/// Refusal of a dataset without validation sequences.
const NO_VALIDATION: TrainerError = TrainerError::EmptySplit("validation");

/// A training: a configuration, its data and the present [`State`].
#[derive(Debug)]
pub struct Trainer<'a, B: AutodiffBackend> {
    config: TrainConfig,
    /// The configuration that applies to the latest walk.
    now: TrainConfig,
    dataset: &'a Dataset,
    pool: Pool<'a>,
    network: Crnn<B>,
    /// The card of the model whose weights it started from.
    start: Card,
    optimizer: Optimizer,
    state: State,
    device: B::Device,
}

impl<'a, B> Trainer<'a, B>
where
    B: AutodiffBackend + PeriodicBackend,
    B::InnerBackend: PeriodicBackend,
{
    /// A training before its first step, from the weights of [`initial_model`].
    ///
    /// # Errors
    /// When the dataset has no sequences to train on, or none to validate with.
    pub fn new(
        config: &TrainConfig,
        dataset: &'a Dataset,
        initial: Model,
        device: B::Device,
    ) -> Result<Self, TrainerError> {
        let network = Crnn::from_model(&initial, &device)?;
        let weights = parameters::collect(&network);
        let optimizer = Optimizer::new(config.optimizer, &config.network);
        let memory = optimizer.memory();
        let state = State { average: weights.clone(), weights, memory, step: 0, walk: 0, best: None };
        let pool = Pool::new(dataset).ok_or(TrainerError::EmptySplit("training"))?;
        if dataset.sequences(Split::Validation).next().is_none() {
            return Err(NO_VALIDATION);
        }
        let (config, now) = (config.clone(), config.clone());
        Ok(Self { config, now, dataset, pool, network, start: initial.card, optimizer, state, device })
    }

    /// The configuration, with all adjustments up to now.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// Changes the configuration from the next walk on.
    ///
    /// # Errors
    /// As [`TrainConfig::adjust`].
    pub fn adjust(&mut self, change: Adjustment) -> Result<Adjusted, ConfigError> {
        self.config.adjust(self.state.step, change)
    }

    /// The current state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Replaces the state by another one of the same configuration.
    ///
    /// # Errors
    /// When the state belongs to a network of another size.
    pub fn restore(&mut self, state: State) -> Result<(), TrainerError> {
        let (expected, found) = (self.state.weights.len(), state.weights.len());
        if expected != found {
            return Err(TrainerError::OtherNetwork { expected, found });
        }
        let lengths = |state: &State| [&state.memory.correlations, &state.memory.bases].map(Vec::len);
        if lengths(&self.state) != lengths(&state) {
            return Err(TrainerError::OtherOptimizer);
        }
        self.state = state;
        self.network = parameters::assign(self.network.clone(), &self.state.weights);
        Ok(())
    }

    /// Whether all steps are made.
    pub fn finished(&self) -> bool {
        self.state.step >= self.config.adjusted(self.state.step).steps
    }

    /// Whether the latest walk made the last steps, whatever has been changed since: a run that is continued beyond its
    /// first end was validated there, and so is one that repeats it.
    pub fn reached_end(&self) -> bool {
        self.state.step >= self.now.steps
    }

    /// Makes the next walk. `report` sees each step and may break, which undoes the walk: the state is then what it was
    /// before, and `false` is returned.
    ///
    /// # Errors
    /// When the loss or its gradient is not finite, or a file of the dataset can no longer be read; the walk is then
    /// undone as well.
    pub fn walk(&mut self, report: &mut dyn FnMut(StepReport) -> ControlFlow<()>) -> Result<bool, TrainerError> {
        let before = self.state.clone();
        let outcome = self.walk_through(report);
        if !matches!(outcome, Ok(true)) {
            self.restore(before)?;
        }
        outcome
    }

    fn walk_through(&mut self, report: &mut dyn FnMut(StepReport) -> ControlFlow<()>) -> Result<bool, TrainerError> {
        self.now = self.config.adjusted(self.state.step);
        let walk = self.pool.draw(&self.now, self.state.walk, self.state.step);
        let mut phi = walk.truth(0, &self.device)?;
        let mut hidden = Hidden::zeros(&self.config.network, walk.batch(), walk.shape().0, &self.device);
        for stretch in walk.stage.stretches(walk.length) {
            let predicted = self.predict(&walk, &stretch, phi, hidden)?;
            if let Some(loss) = predicted.loss {
                let step = self.descend(&walk, &stretch, loss)?;
                if report(step).is_break() {
                    return Ok(false);
                }
            }
            phi = predicted.phi.detach();
            hidden = predicted.hidden.detach();
        }
        self.state.walk += 1;
        Ok(true)
    }

    /// Rolls out one stretch. The network's input is the true field as long as it is given, and its own prediction
    /// from then on; the loss is the mean over the frames beyond the given ones.
    fn predict(
        &self,
        walk: &Walk,
        stretch: &Stretch,
        mut phi: Tensor<B, 5>,
        mut hidden: Hidden<B>,
    ) -> Result<Predicted<B>, TrainerError> {
        let given = walk.stage.given.min(walk.length - 1);
        let measure = Loss::new(&self.now, &self.dataset.manifest().config, walk.stage.error_scale);
        let mut losses = Vec::new();
        for frame in stretch.frames.clone() {
            if frame <= given {
                phi = walk.truth(frame - 1, &self.device)?;
            }
            (phi, hidden) = self.network.step(phi, hidden);
            if frame >= given {
                losses.push(measure.of(&phi, &walk.truth(frame, &self.device)?));
            }
        }
        let count = losses.len() as f64;
        let loss = losses.into_iter().reduce(|sum, loss| sum + loss).map(|sum| sum / count);
        Ok(Predicted { phi, hidden, loss })
    }

    /// One step of the optimiser down the gradient of `loss`.
    fn descend(&mut self, walk: &Walk, stretch: &Stretch, loss: Tensor<B, 1>) -> Result<StepReport, TrainerError> {
        let state = &mut self.state;
        let learning_rate = self.now.stage(state.step).learning_rate;
        state.step += 1;
        let gradients = loss.backward();
        let mut gradient = parameters::collect_gradients(&self.network, &gradients);
        let loss = loss.into_scalar().elem::<f64>();
        let norm = optimizer::clip(&mut gradient, self.now.clip);
        if !(loss.is_finite() && norm.is_finite()) {
            return Err(TrainerError::Diverged { step: state.step });
        }
        self.optimizer.update(&mut state.memory, &mut state.weights, &gradient, learning_rate);
        optimizer::average(&mut state.average, &state.weights, self.now.averaging, state.memory.updates);
        self.network = parameters::assign(self.network.clone(), &state.weights);
        Ok(StepReport {
            step: state.step,
            walk: state.walk,
            loss,
            gradient: norm,
            learning_rate,
            error_scale: walk.stage.error_scale,
            length: walk.length,
            unroll: stretch.frames.len(),
            shape: walk.shape(),
        })
    }

    /// The network with the averaged weights: what is validated and saved.
    pub fn averaged(&self) -> Crnn<B::InnerBackend> {
        parameters::assign(self.network.valid(), &self.state.average)
    }

    /// Full rollouts of the averaged network on the validation sequences. Remembers the smallest error.
    ///
    /// # Errors
    /// When there are no validation sequences, or they can no longer be read.
    pub fn validate(&mut self) -> Result<Validated, TrainerError> {
        let (count, step) = (self.config.validation_sequences, self.state.step);
        let (validation, preview) =
            validation::validate(&self.averaged(), self.dataset, count, step, &self.device)?.ok_or(NO_VALIDATION)?;
        let is_smaller = self.state.best.is_none_or(|best| validation.mse < best);
        let best = validation.mse.is_finite() && is_smaller;
        if best {
            self.state.best = Some(validation.mse);
        }
        Ok(Validated { validation, best, preview })
    }

    /// The built-in model on the same sequences, for comparison; `None` where the data are of another equation, another
    /// time per frame or other nodes than it was trained on.
    ///
    /// # Errors
    /// When the model or a sequence cannot be read.
    pub fn yardstick(&self) -> Result<Option<Validation>, TrainerError> {
        let model = Model::builtin().map_err(Box::new)?;
        if !model.card.purpose().unlike(&self.dataset.manifest().config.purpose()).is_empty() {
            return Ok(None);
        }
        let network = Crnn::<B::InnerBackend>::from_model(&model, &self.device)?;
        let (count, step) = (self.config.validation_sequences, self.state.step);
        let validated = validation::validate(&network, self.dataset, count, step, &self.device)?;
        Ok(validated.map(|(validation, _)| validation))
    }

    /// The pictures of [`Trainer::validate`] alone, from a rollout of that one sequence.
    ///
    /// # Errors
    /// When there are no validation sequences, or they can no longer be read.
    pub fn preview(&self) -> Result<Preview, TrainerError> {
        let (count, step) = (self.config.validation_sequences, self.state.step);
        validation::preview(&self.averaged(), self.dataset, count, step, &self.device)?.ok_or(NO_VALIDATION)
    }

    /// The averaged network as a model to save. Its card holds the time of the trainings before this one.
    pub fn model(&self) -> Model {
        let card = card::write(&self.start, &self.config, &self.dataset.manifest().config);
        Model { config: self.config.network, weights: self.averaged().weights(), card }
    }
}

/// The model that a training starts from: the one that the configuration names, or weights drawn from its seed.
///
/// # Errors
/// When that model cannot be read, or is of another shape.
pub fn initial_model(config: &TrainConfig) -> Result<Model, TrainerError> {
    let Some(path) = &config.start else { return Ok(Model::random(config.network, config.seed)) };
    let model = Model::load(path).map_err(Box::new)?;
    if model.config != config.network {
        return Err(TrainerError::OtherShape { path: path.clone(), found: model.config, asked: config.network });
    }
    Ok(model)
}

/// The results of a validation.
#[derive(Debug, Clone, PartialEq)]
pub struct Validated {
    /// Errors of the rollouts.
    pub validation: Validation,
    /// Whether they are the smallest so far.
    pub best: bool,
    /// One of the rollouts in pictures.
    pub preview: Preview,
}

/// The outcome of a stretch.
struct Predicted<B: AutodiffBackend> {
    phi: Tensor<B, 5>,
    hidden: Hidden<B>,
    /// `None` when every frame of the stretch was given.
    loss: Option<Tensor<B, 1>>,
}
