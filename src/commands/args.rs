//! Options that several subcommands share.

use super::CommandError;
use crate::{
    comparison::{CandidateSpec, Setup},
    equation::{Equation, Kinetics, Parameters},
    field::Field,
    formats::field,
    gpu::EngineChoice,
    grid::Shape,
    initial::{Initial, InitialError, InitialOptions, file_shape},
    network::ModelSource,
    settings::{COARSENING, EPSILON, LEAD, Overrides, STEPS_PER_FRAME, TIME_STEP, TOLERANCE},
    solver::{Method, SolverSpec},
};
use clap::Args;
use std::path::PathBuf;

/// All options that describe a run, in groups where there are any: clap makes none of a struct that has parts.
pub const SETUP: [&str; 7] = ["init", "grid", "epsilon", "InitialOptions", "SolverArgs", "CandidateArgs", "EngineArgs"];

/// Where a run starts.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Initial field")]
pub struct InitialArgs {
    /// A preset (noise, fbm, white-noise, slice, sphere, slab, film, gyroid, bunny, pfhub-1a) or a file: a .npy field (the
    /// last one of a series), a .vti image or a .tif stack, in which integers of two values are the two phases; a .ply, .obj
    /// or .stl mesh, which is fitted into four fifths of the box
    #[arg(long, value_name = "PRESET|FILE", default_value = "noise")]
    pub init: String,
    /// The solver's grid: nodes per side of a cube, or along each axis; nothing varies along an axis with 1
    /// [default: 64, or that of the preset or the field file]
    #[arg(long, value_name = "N|NXxNYxNZ")]
    pub grid: Option<Shape>,
    #[arg(
        long,
        value_name = "LENGTH",
        allow_negative_numbers = true,
        help = EPSILON.about_with_default(", or that of the preset"),
        value_parser = EPSILON.parser()
    )]
    pub epsilon: Option<f64>,
    #[command(flatten)]
    pub options: Overrides<InitialOptions>,
}

/// How the solver steps.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Solver")]
pub struct SolverArgs {
    /// Scheme of the solver
    #[arg(long, value_enum, default_value_t)]
    pub method: Method,
    /// Cahn–Hilliard conserves the amount of each phase, Allen–Cahn does not
    #[arg(long, value_enum, default_value_t)]
    pub equation: Kinetics,
    #[arg(
        long,
        value_name = "SHARE",
        allow_negative_numbers = true,
        help = TOLERANCE.about_with_default(""),
        value_parser = TOLERANCE.parser()
    )]
    pub tolerance: Option<f64>,
    #[arg(
        long,
        value_name = "TIME",
        allow_negative_numbers = true,
        help = TIME_STEP.about_with_default(", or what the preset's frame needs"),
        value_parser = TIME_STEP.parser()
    )]
    pub dt: Option<f64>,
    #[arg(
        long,
        value_name = "K",
        help = STEPS_PER_FRAME.about_with_default(", or what the preset's frame needs"),
        value_parser = STEPS_PER_FRAME.parser()
    )]
    pub steps_per_frame: Option<usize>,
}

/// Which network, and on which grid.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// Model file [default: the built-in model]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    #[arg(
        long,
        value_name = "1|2",
        default_value_t = COARSENING.default,
        help = COARSENING.about(),
        value_parser = COARSENING.parser()
    )]
    pub coarsening: usize,
}

/// What is compared with the solver.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Candidates")]
pub struct CandidateArgs {
    /// Model file of a network; may be given several times [default, without --candidate: the built-in model]
    #[arg(long, value_name = "FILE")]
    pub model: Vec<PathBuf>,
    #[arg(
        long,
        value_name = "1|2",
        default_value_t = COARSENING.default,
        help = COARSENING.about(),
        value_parser = COARSENING.parser()
    )]
    pub coarsening: usize,
    #[arg(
        long,
        value_name = "K",
        default_value_t = LEAD.default,
        help = LEAD.about(),
        value_parser = LEAD.parser()
    )]
    pub lead: usize,
    /// A further candidate; may be given several times: network, explicit, spectral, adaptive or frozen, with settings
    /// such as network:model=FILE,lead=5, spectral:dt=0.1,grid=coarse or adaptive:tolerance=0.01
    #[arg(long, value_name = "KIND[:KEY=VALUE,…]")]
    pub candidate: Vec<CandidateSpec>,
}

impl NetworkArgs {
    /// The network that these options name.
    pub fn spec(&self) -> CandidateSpec {
        let model = self.model.clone().map_or(ModelSource::Builtin, ModelSource::File);
        CandidateSpec::Network { model, coarsening: self.coarsening, lead: LEAD.default }
    }
}

impl CandidateArgs {
    /// The candidates that these options name, networks first.
    pub fn specs(&self) -> Vec<CandidateSpec> {
        let network = |model| CandidateSpec::Network { model, coarsening: self.coarsening, lead: self.lead };
        let models = self.model.iter().cloned().map(ModelSource::File);
        let builtin = self.model.is_empty() && self.candidate.is_empty();
        let models = models.chain(builtin.then_some(ModelSource::Builtin));
        models.map(network).chain(self.candidate.iter().cloned()).collect()
    }
}

/// Where the arithmetic is done.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Engine")]
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
        let mut options = InitialOptions { noise, ..InitialOptions::default() };
        self.options.apply(&mut options)?;
        self.check_grid(&initial, &options)?;
        let grid = self.grid.unwrap_or(initial.usual_shape());
        let epsilon = self.epsilon.unwrap_or_else(|| initial.usual_epsilon(grid));
        let equation = Equation { kinetics: solver.equation, epsilon, ..Equation::default() };
        Ok(Setup {
            options: InitialOptions { grid, ..options },
            candidates,
            engine: engine.engine,
            reference: SolverSpec {
                method: solver.method,
                parameters: solver.parameters(equation, &initial, grid),
                tolerance: solver.tolerance.unwrap_or(TOLERANCE.default),
                ..SolverSpec::default()
            },
            initial,
        })
    }

    /// Refuses a `--grid` that contradicts the field file.
    fn check_grid(&self, initial: &Initial, options: &InitialOptions) -> Result<(), CommandError> {
        let (Some(grid), Initial::File(path), false) = (self.grid, initial, options.resample) else { return Ok(()) };
        match file_shape(path, options.crop)? {
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
    /// Field file: .npy (the last frame of a series, unless --frame names another), .vti image or .tif stack; integers of two
    /// values are the two phases
    #[arg(value_name = "FIELD")]
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
    /// When the file cannot be read, has no such frame, or nodes unequally far apart.
    pub fn read(&self) -> Result<Field, CommandError> {
        if !(self.spacing > 0.0 && self.spacing.is_finite()) {
            return Err(CommandError::Spacing(self.spacing));
        }
        let volume = field::read_frame(&self.field, self.frame, self.concentration)?;
        if !volume.is_evenly_spaced() {
            return Err(InitialError::Uneven { path: self.field.clone(), spacing: volume.spacing }.into());
        }
        Ok(volume.into_phases().with_spacing(self.spacing))
    }
}
