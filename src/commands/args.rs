//! Options that several subcommands share.

use super::CommandError;
use crate::{
    comparison::{CandidateSpec, Setup},
    equation::{Kinetics, Parameters},
    formats::path_text,
    gpu::EngineChoice,
    grid::Shape,
    initial::{Initial, InitialOptions, file_shape},
    network::ModelSource,
    scene::Scene,
    settings::{COARSENING, EPSILON, LEAD, Overrides, STEPS_PER_FRAME, TIME_STEP, TOLERANCE},
    solver::Method,
};
use clap::{
    Args,
    builder::{PathBufValueParser, TypedValueParser},
};
use std::{ffi::OsString, path::PathBuf};

/// All options that describe a run, in groups where there are any: clap makes none of a struct that has parts.
pub const SETUP: [&str; 8] =
    ["scene", "init", "grid", "epsilon", "InitialOptions", "SolverArgs", "CandidateArgs", "EngineArgs"];

/// Frames after the initial field, unless others are asked for.
const FRAMES: usize = 50;

/// Where a run starts.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Initial field")]
pub struct InitialArgs {
    /// A scene by its name or its file: initial field, equation, solver and candidates; the options that are given
    /// beside it replace what it says. `spinodal info --scenes` lists the names
    #[arg(long, value_name = "NAME|FILE")]
    pub scene: Option<OsString>,
    #[arg(long, value_name = "PRESET|FILE", help = about_init())]
    pub init: Option<OsString>,
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

/// What `--init` takes.
fn about_init() -> String {
    format!(
        "A preset ({}, fbm) or a file: a .npy field (the last one of a series), a .vti image or a .tif stack, in which \
         integers of two values are the two phases; a .ply, .obj or .stl mesh, which fills four fifths of the box unless \
         placed otherwise [default: noise]",
        Initial::names().join(", ")
    )
}

/// How the solver steps.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Solver")]
pub struct SolverArgs {
    /// Scheme of the solver [default: explicit]
    #[arg(long, value_enum)]
    pub method: Option<Method>,
    /// Cahn–Hilliard conserves the amount of each phase, Allen–Cahn does not [default: cahn-hilliard]
    #[arg(long, value_enum)]
    pub equation: Option<Kinetics>,
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
        help = COARSENING.about_with_default(""),
        value_parser = COARSENING.parser()
    )]
    pub coarsening: Option<usize>,
    #[arg(
        long,
        value_name = "K",
        help = LEAD.about_with_default(""),
        value_parser = LEAD.parser()
    )]
    pub lead: Option<usize>,
    /// A further candidate; may be given several times: network, explicit, spectral, adaptive or frozen, with settings
    /// such as network:model=FILE,lead=5, spectral:dt=0.1,grid=coarse or adaptive:tolerance=0.01
    #[arg(
        long,
        value_name = "KIND[:KEY=VALUE,…]",
        value_parser = PathBufValueParser::new().try_map(|text| path_text::to_text(&text).parse::<CandidateSpec>())
    )]
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
    /// Puts the candidates that these options name into a setup, networks first, in place of those that it has. Where
    /// none is named, `--coarsening` and `--lead` are for the networks that it has.
    #[must_use]
    pub fn apply(&self, mut setup: Setup) -> Setup {
        if self.model.is_empty() && self.candidate.is_empty() {
            for candidate in &mut setup.candidates {
                if let CandidateSpec::Network { coarsening, lead, .. } = candidate {
                    *coarsening = self.coarsening.unwrap_or(*coarsening);
                    *lead = self.lead.unwrap_or(*lead);
                }
            }
            return setup;
        }
        let coarsening = self.coarsening.unwrap_or(COARSENING.default);
        let lead = self.lead.unwrap_or(LEAD.default);
        let network =
            |path: &PathBuf| CandidateSpec::Network { model: ModelSource::File(path.clone()), coarsening, lead };
        let candidates = self.model.iter().map(network).chain(self.candidate.iter().cloned()).collect();
        Setup { candidates, ..setup }
    }
}

/// Where the arithmetic is done.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArgs {
    /// Where to compute: auto takes the GPU when there is a real one [default: auto]
    #[arg(long, value_enum)]
    engine: Option<EngineChoice>,
}

impl EngineArgs {
    /// What these options choose, or else `usual`.
    pub fn or(self, usual: EngineChoice) -> EngineChoice {
        self.engine.unwrap_or(usual)
    }

    /// What these options choose.
    pub fn choice(self) -> EngineChoice {
        self.or(EngineChoice::default())
    }
}

impl InitialArgs {
    /// The scene that `--scene` names.
    ///
    /// # Errors
    /// When there is none, or it is not understood.
    pub fn scene(&self) -> Result<Option<Scene>, CommandError> {
        Ok(self.scene.as_ref().map(Scene::find).transpose()?)
    }

    /// The setup that these options describe together, over that of a scene if there is one; the candidates are the
    /// scene's, or the built-in network.
    ///
    /// # Errors
    /// When `--scene` or `--init` names nothing, or `--grid` contradicts the field file.
    pub fn setup(&self, solver: &SolverArgs, engine: EngineArgs) -> Result<Setup, CommandError> {
        let scene = self.scene()?.map(|scene| scene.setup);
        let is_scene = scene.is_some();
        let mut setup = scene.unwrap_or_default();
        if let Some(init) = &self.init {
            (setup.initial, setup.options.noise) = Initial::with_noise(init)?;
        }
        let before = setup.options.grid;
        self.options.apply(&mut setup.options)?;
        self.check_grid(&setup.initial, &setup.options)?;
        let initial = &setup.initial;
        let grid = self.grid.unwrap_or(if is_scene { before } else { initial.usual_shape() });
        let reference = &mut setup.reference;
        let equation = &mut reference.parameters.equation;
        // Settings that follow from the preset and the grid still do.
        let follows = |found: f64, usual: f64| !is_scene || (self.grid.is_some() && (found / usual - 1.0).abs() < 1e-9);
        if follows(equation.epsilon, initial.usual_epsilon(before)) {
            equation.epsilon = initial.usual_epsilon(grid);
        }
        equation.epsilon = self.epsilon.unwrap_or(equation.epsilon);
        equation.kinetics = solver.equation.unwrap_or(equation.kinetics);
        let usual = |shape| initial.usual_frame_time(shape);
        let frame = usual(grid)
            .filter(|_| usual(before).is_some_and(|usual| follows(reference.parameters.frame_time(), usual)));
        reference.parameters = solver.parameters(reference.parameters, frame);
        reference.method = solver.method.unwrap_or(reference.method);
        reference.tolerance = solver.tolerance.unwrap_or(reference.tolerance);
        setup.options.grid = grid;
        setup.engine = engine.or(setup.engine);
        Ok(setup)
    }

    /// Frames to compute: those asked for, those of the scene, or the usual number.
    ///
    /// # Errors
    /// As [`InitialArgs::scene`].
    pub fn frames(&self, asked: Option<usize>) -> Result<usize, CommandError> {
        Ok(match asked {
            Some(frames) => frames,
            None => self.scene()?.and_then(|scene| scene.frames).unwrap_or(FRAMES),
        })
    }

    /// Refuses a `--grid` that contradicts the field file.
    fn check_grid(&self, initial: &Initial, options: &InitialOptions) -> Result<(), CommandError> {
        let (Some(grid), Initial::File(path), false) = (self.grid, initial, options.resample) else { return Ok(()) };
        match file_shape(path, options.crop)? {
            found if found == grid => Ok(()),
            found => Err(CommandError::GridConflict { init: initial.to_string(), found, grid }),
        }
    }
}

impl SolverArgs {
    /// Other steps, where they are asked for. A preset may have a frame of its own, `frame` long, which is then cut
    /// into as many steps as it needs.
    fn parameters(&self, before: Parameters, frame: Option<f64>) -> Parameters {
        let time_step = self.dt.unwrap_or(before.time_step);
        let (Some(frame), false) = (frame, self.dt.is_some() && self.steps_per_frame.is_some()) else {
            return Parameters {
                time_step,
                steps_per_frame: self.steps_per_frame.unwrap_or(before.steps_per_frame),
                ..before
            };
        };
        let steps = self.steps_per_frame.unwrap_or_else(|| (frame / time_step - 1e-9).ceil().max(1.0) as usize);
        Parameters { time_step: frame, steps_per_frame: 1, ..before }.in_steps(steps)
    }
}
