//! The check of an engine: steps of a solver and of a network against the truth.

use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    field::Field,
    gpu::{Engine, GpuError},
    network::{self, Model, NetworkError},
    solver::SolverSpec,
};
use std::{f64::consts::TAU, sync::OnceLock};

/// Nodes of the box.
const SHAPE: [usize; 3] = [10, 8, 6];

/// Steps of the solver's frame, and frames of the network: the second is the first that uses its memory.
const STEPS: usize = 40;
const FRAMES: usize = 2;

/// φ at the end, little-endian f32 in C order, from `tests/peers/self_check.py`.
const SOLVER: &[u8] = include_bytes!("truth/solver.f32");
const NETWORK: &[u8] = include_bytes!("truth/network.f32");

/// The largest deviation that is taken for rounding.
const ALLOWED: f32 = 1e-4;

/// Compares what an engine computes with the truth, once.
///
/// # Errors
/// When it computes something else, or the device fails.
pub fn check(engine: &Engine) -> Result<(), GpuError> {
    static CPU: OnceLock<Result<(), GpuError>> = OnceLock::new();
    match engine {
        Engine::Cpu => CPU.get_or_init(|| compute(engine)).clone(),
        Engine::Gpu(gpu) => {
            gpu.check_once(|| compute(engine))?;
            // It may have failed since.
            gpu.probe()
        }
    }
}

fn compute(engine: &Engine) -> Result<(), GpuError> {
    let failed = |error: String| GpuError::Failed(error);
    let start = Field::from_fn(SHAPE, phi).map_err(|error| failed(error.to_string()))?;
    let parameters = Parameters { steps_per_frame: STEPS, ..Parameters::default() };
    let solver = SolverSpec { parameters, ..SolverSpec::default() }.start(engine, &start);
    compare(engine, "solver", solver, 1, SOLVER)?;
    let model = Model::builtin().map_err(|error| failed(error.to_string()))?;
    let network = network::evolve(engine, &model, &start).map_err(|error| match error {
        NetworkError::Evolution(error) => error,
        NetworkError::Gpu(error) => error.into(),
        other => failed(other.to_string()).into(),
    });
    compare(engine, "network", network, FRAMES, NETWORK)
}

/// A field without symmetries.
fn phi(x: f64, y: f64, z: f64) -> f64 {
    0.6 * (TAU * x / 10.0 + 0.4).sin() + 0.4 * (TAU * (y / 8.0 + z / 6.0)).cos() * (TAU * x / 5.0).cos()
}

/// Compares φ after `frames` frames of an evolution on `engine`, a `what`, with the truth: little-endian f32 in C
/// order.
///
/// # Errors
/// When it is something else, or the device fails.
pub fn compare(
    engine: &Engine,
    what: &'static str,
    evolution: Result<Box<dyn Evolution>, EvolutionError>,
    frames: usize,
    truth: &[u8],
) -> Result<(), GpuError> {
    let ended = evolution.and_then(|mut evolution| {
        (0..frames).try_for_each(|_| evolution.advance())?;
        let field = evolution.field()?;
        evolution.lost_device().map_or(Ok(field), |error| Err(error.clone().into()))
    });
    let error = match ended {
        Ok(field) => {
            let truth = truth.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            field.values().iter().zip(truth).map(|(value, truth)| (value - truth).abs()).fold(0.0, f32::max)
        }
        Err(EvolutionError::Device(error)) => return Err(error),
        Err(_) => f32::INFINITY,
    };
    let cure = match engine {
        Engine::Cpu => "please report this, with the name of the processor",
        Engine::Gpu(_) => "update its driver",
    };
    if error <= ALLOWED { Ok(()) } else { Err(GpuError::Wrong { engine: engine.description(), what, error, cure }) }
}
