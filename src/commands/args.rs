//! Options that several subcommands share.

use super::CommandError;
use crate::{
    comparison::{CandidateSpec, Setup},
    equation::{Equation, Kinetics, Parameters},
    field::Field,
    formats::npy::FrameReader,
    gpu::EngineChoice,
    grid::Shape,
    initial::{Crop, Initial, InitialOptions, file_shape},
    network::ModelSource,
    solver::{Method, SolverSpec, TOLERANCE},
};
use clap::Args;
use std::path::PathBuf;

/// Where a run starts.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Initial field")]
pub struct InitialArgs {
    /// A preset (noise, fbm, white-noise, slice, sphere, slab, film, gyroid, bunny, pfhub-1a) or a file: .npy field, of a
    /// series the last, .vti image or .tif stack, of integers with two values the two phases; .ply, .obj or .stl mesh, fitted
    /// into four fifths of the box
    #[arg(long, value_name = "PRESET|FILE", default_value = "noise")]
    pub init: String,
    /// The solver's grid: nodes per side of a cube, or along each axis; with 1 along an axis nothing varies along it
    /// [default: 64, or that of the preset or the field file]
    #[arg(long, value_name = "N|NXxNYxNZ")]
    pub grid: Option<Shape>,
    /// Seed of everything random in the initial field
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Mean of c = (φ + 1)/2, the share of the phase φ = 1 once the phases have parted: shapes grow or shrink to it, other
    /// fields are shifted
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true)]
    pub volume_fraction: Option<f64>,
    /// Interface width ε in grid units [default: 3, or that of the preset]
    #[arg(long, allow_negative_numbers = true)]
    pub epsilon: Option<f64>,
    /// Field files hold c = (φ + 1)/2 from 0 to 1 instead of φ from −1 to 1
    #[arg(long)]
    pub concentration: bool,
    /// Part of a field file to take: first nodes, counted from 0, and ends along x, y and z
    #[arg(long, value_name = "X0:X1,Y0:Y1,Z0:Z1")]
    pub crop: Option<Crop>,
    /// Stretch a field file, or what --crop takes of it, over all of --grid
    #[arg(long, requires = "grid")]
    pub resample: bool,
}

/// How the solver steps.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Solver")]
pub struct SolverArgs {
    /// Scheme of the solver
    #[arg(long, value_enum, default_value_t)]
    pub method: Method,
    /// Cahn–Hilliard keeps the amount of each phase, Allen–Cahn does not
    #[arg(long, value_enum, default_value_t)]
    pub equation: Kinetics,
    /// RMS error that the adaptive scheme allows a step, as a part of the RMS of φ [default: 0.001]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub tolerance: Option<f64>,
    /// Time step; the explicit scheme has a limit [default: 0.0025, or what the preset's frame needs]
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    pub dt: Option<f64>,
    /// Solver steps per frame [default: 400, or what the preset's frame needs]
    #[arg(long, value_name = "K")]
    pub steps_per_frame: Option<usize>,
}

/// Which network, and on which grid.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// Model file [default: the built-in model]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// The network's grid keeps every 1st or 2nd node of the solver's
    #[arg(long, value_name = "1|2", default_value_t = 2)]
    pub coarsening: usize,
}

/// What is compared with the solver.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Candidates")]
pub struct CandidateArgs {
    /// Model file of a network; may be given several times [default, without --candidate: the built-in model]
    #[arg(long, value_name = "FILE")]
    pub model: Vec<PathBuf>,
    /// The grids of these networks keep every 1st or 2nd node of the solver's
    #[arg(long, value_name = "1|2", default_value_t = 2)]
    pub coarsening: usize,
    /// Start these networks from the solver's field at frame K
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub lead: usize,
    /// A further candidate; may be given several times: network, explicit, spectral, adaptive or frozen, with settings
    /// such as network:model=FILE,lead=5, spectral:dt=0.1,grid=coarse or adaptive:tolerance=0.01
    #[arg(long, value_name = "KIND[:KEY=VALUE,…]")]
    pub candidate: Vec<CandidateSpec>,
}

impl NetworkArgs {
    /// The network that these options name.
    ///
    /// # Errors
    /// When the coarsening is none.
    pub fn spec(&self) -> Result<CandidateSpec, CommandError> {
        let model = self.model.clone().map_or(ModelSource::Builtin, ModelSource::File);
        Ok(CandidateSpec::Network { model, coarsening: coarsening(self.coarsening)?, lead: 0 })
    }
}

impl CandidateArgs {
    /// The candidates that these options name, networks first.
    ///
    /// # Errors
    /// When the coarsening is none.
    pub fn specs(&self) -> Result<Vec<CandidateSpec>, CommandError> {
        let coarsening = coarsening(self.coarsening)?;
        let network = |model| CandidateSpec::Network { model, coarsening, lead: self.lead };
        let models = self.model.iter().cloned().map(ModelSource::File);
        let builtin = self.model.is_empty() && self.candidate.is_empty();
        let models = models.chain(builtin.then_some(ModelSource::Builtin));
        Ok(models.map(network).chain(self.candidate.iter().cloned()).collect())
    }
}

fn coarsening(nodes: usize) -> Result<usize, CommandError> {
    if (1..=2).contains(&nodes) { Ok(nodes) } else { Err(CommandError::Coarsening(nodes)) }
}

/// Where the arithmetic is done.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct EngineArgs {
    /// Where to compute: auto takes the GPU when there is a real one
    #[arg(long, value_enum, default_value_t)]
    pub engine: EngineChoice,
}

impl InitialArgs {
    /// The setup that these options describe together.
    ///
    /// # Errors
    /// When `--init` names no preset, or `--grid` contradicts the field file.
    pub fn setup(
        &self,
        solver: &SolverArgs,
        candidates: Vec<CandidateSpec>,
        engine: EngineArgs,
    ) -> Result<Setup, CommandError> {
        let (initial, noise) = Initial::with_noise(&self.init)?;
        self.check_grid(&initial)?;
        let grid = self.grid.unwrap_or(initial.usual_shape());
        let epsilon = self.epsilon.unwrap_or_else(|| initial.usual_epsilon(grid));
        let equation = Equation { kinetics: solver.equation, epsilon, ..Equation::default() };
        Ok(Setup {
            options: InitialOptions {
                grid,
                seed: self.seed,
                volume_fraction: self.volume_fraction,
                noise,
                concentration: self.concentration,
                crop: self.crop,
                resample: self.resample,
                ..InitialOptions::default()
            },
            candidates,
            engine: engine.engine,
            reference: SolverSpec {
                method: solver.method,
                parameters: solver.parameters(equation, &initial, grid),
                tolerance: solver.tolerance.unwrap_or(TOLERANCE),
                ..SolverSpec::default()
            },
            initial,
        })
    }

    /// Refuses a `--grid` that contradicts the field file.
    fn check_grid(&self, initial: &Initial) -> Result<(), CommandError> {
        let (Some(grid), Initial::File(path), false) = (self.grid, initial, self.resample) else { return Ok(()) };
        match file_shape(path, self.crop)? {
            found if found == grid => Ok(()),
            found => Err(CommandError::GridConflict { init: self.init.clone(), found, grid }),
        }
    }
}

impl SolverArgs {
    /// Equation and steps. A preset may have a frame of its own, which is then cut into as many steps as it needs.
    fn parameters(&self, equation: Equation, initial: &Initial, shape: Shape) -> Parameters {
        let default = Parameters { equation, ..Parameters::default() };
        let (time_step, steps_per_frame) = (self.dt, self.steps_per_frame);
        let Some(frame_time) = initial.usual_frame_time(shape) else {
            return Parameters {
                time_step: time_step.unwrap_or(default.time_step),
                steps_per_frame: steps_per_frame.unwrap_or(default.steps_per_frame),
                ..default
            };
        };
        let longest = time_step.unwrap_or(default.time_step);
        let steps = steps_per_frame.unwrap_or_else(|| (frame_time / longest - 1e-9).ceil().max(1.0) as usize);
        let frame = Parameters { equation, time_step: frame_time, steps_per_frame: 1 };
        match time_step {
            Some(time_step) if steps_per_frame.is_some() => Parameters { equation, time_step, steps_per_frame: steps },
            _ => frame.in_steps(steps),
        }
    }
}

/// One frame of a field file.
#[derive(Debug, Args)]
pub struct FrameArgs {
    /// Field file; of several frames the last is taken, unless --frame says otherwise
    #[arg(value_name = "FIELD.npy")]
    pub field: PathBuf,
    /// Frame to take, counted from 0
    #[arg(long, value_name = "K")]
    pub frame: Option<usize>,
    /// The field file holds c from 0 to 1 instead of φ from −1 to 1
    #[arg(long)]
    pub concentration: bool,
    /// Distance between nodes in grid units: 2 for a network's field
    #[arg(long, value_name = "LENGTH", default_value_t = 1.0)]
    pub spacing: f64,
}

impl FrameArgs {
    /// Reads the frame.
    ///
    /// # Errors
    /// When the file cannot be read or has no such frame.
    pub fn read(&self) -> Result<Field, CommandError> {
        if !(self.spacing > 0.0 && self.spacing.is_finite()) {
            return Err(CommandError::Spacing(self.spacing));
        }
        let mut reader = FrameReader::open(&self.field, self.concentration)?;
        Ok(reader.read(self.frame.unwrap_or(reader.frames() - 1))?.with_spacing(self.spacing))
    }
}
