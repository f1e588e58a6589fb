//! The command line: one file per subcommand.

mod archive;
mod args;
mod bench;
mod compare;
mod dataset;
mod evaluate;
mod export;
mod frame_args;
mod frames;
mod import_crane;
mod info;
mod interrupt;
mod output;
mod place;
mod progress;
mod render;
mod report;
mod rollout;
mod say;
mod selection;
mod simulate;
mod surface;
mod train;

use crate::{
    app::{self, AppError},
    comparison::{ComparisonError, Start},
    evaluation::EvaluationError,
    evolution::EvolutionError,
    formats::{FormatError, LockError, one_line},
    gpu::GpuError,
    grid::Shape,
    initial::InitialError,
    memory::MemoryError,
    network::{ModelError, NetworkError, SourceError, crane::CraneError},
    recording::RUN,
    report::{ReportError, number::counted},
    scene::{LIBRARY, Scene, SceneError},
    settings::ConfigError,
    threads::{self, Priority},
    training::{dataset::DatasetError, folder::FolderError, run::TrainError},
};
use clap::{
    Parser, Subcommand,
    builder::{PathBufValueParser, TypedValueParser},
};
use std::{
    env,
    error::Error,
    fmt::Display,
    io::{self, IsTerminal},
    path::PathBuf,
};
use tracing_subscriber::{EnvFilter, fmt::format::debug_fn};

/// Exit code for a command line that makes no sense.
const USAGE: u8 = 2;

/// What is logged to stderr unless the environment variable `RUST_LOG` says otherwise.
const LOGGED: &str = "warn,wgpu_core=error,wgpu_hal=off,naga=error";

/// A laboratory for spinodal decomposition in 3D: a Cahn–Hilliard solver and a recurrent network, side by side.
///
/// Without a subcommand the window opens.
#[derive(Debug, Parser)]
#[command(name = "spinodal", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Task>,
    #[command(flatten)]
    window: WindowArgs,
}

/// What can be opened by its path alone.
#[derive(Debug, Clone)]
enum Opened {
    Recording(PathBuf),
    Scene(PathBuf),
}

/// The folder of a recording or the file of a scene, or what is wrong with it: any other word may be a mistyped
/// command.
fn opened(path: PathBuf) -> Result<Opened, String> {
    let name = path.display();
    match () {
        () if path.join(RUN).is_file() => Ok(Opened::Recording(path)),
        () if path.is_file() && path.extension().is_some_and(|ending| ending == "toml") => Ok(Opened::Scene(path)),
        () if LIBRARY.iter().any(|(known, _)| path.as_os_str() == *known) => {
            Err(format!("to open the scene {name}, write --scene {name}"))
        }
        () => Err(format!("there is no command, no folder of a recording and no scene file called {name}")),
    }
}

/// Options of the window.
#[derive(Debug, clap::Args)]
struct WindowArgs {
    /// What to open: the folder of a recording that compare has written, or the file of a scene
    #[arg(
        value_name = "DIR|SCENE.toml",
        value_parser = PathBufValueParser::new().try_map(opened),
        conflicts_with_all = args::SETUP
    )]
    opened: Option<Opened>,
    #[command(flatten)]
    initial: args::InitialArgs,
    #[command(flatten)]
    solver: args::SolverArgs,
    #[command(flatten)]
    candidates: args::CandidateArgs,
    #[command(flatten)]
    engine: args::EngineArgs,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run the solver alone and write its frames
    Simulate(simulate::SimulateArgs),
    /// Run the network alone and write its frames
    Rollout(rollout::RolloutArgs),
    /// Run the solver beside networks and other solvers, and write frames, metrics, surfaces and plots
    Compare(compare::CompareArgs),
    /// Draw the frames of a recording: a film, pictures, or a turntable
    Render(render::RenderArgs),
    /// Write a report of a recording: results, plots, pictures and settings on one page
    Report(report::ReportArgs),
    /// Make a dataset: sequences of the solver to train on
    Dataset(dataset::DatasetArgs),
    /// Train a network
    Train(train::TrainArgs),
    /// Measure a network against fresh runs of the solver and write a report
    Evaluate(evaluate::EvaluateArgs),
    /// Extract the φ = 0 surface of a field file
    Surface(surface::SurfaceArgs),
    /// Write a frame of a field file for ParaView
    Export(export::ExportArgs),
    /// Show what a model, a field, a recording or a dataset holds
    Info(info::InfoArgs),
    /// Turn a PyTorch checkpoint of CRANE into a model file
    ImportCrane(import_crane::ImportCraneArgs),
    /// Time a frame, and a step of training
    Bench(bench::BenchArgs),
}

/// Why a command failed: one sentence, fit for stderr.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// What failed beneath the command, in its own words.
    #[error(transparent)]
    Beneath(Box<dyn Error + Send + Sync>),
    #[error(
        "a resumed run keeps its settings: leave out all options but --data and --steps, or begin a new run{}",
        .0.as_ref().map_or(String::new(), |model| format!(" with --start {}", model.display()))
    )]
    OtherRun(Option<PathBuf>),
    #[error("the training failed: {0}")]
    Training(String),
    #[error(
        "the training ended unexpectedly{}",
        .0.as_ref().map_or(String::new(), |folder| format!("; continue it with --resume {}", folder.display()))
    )]
    TrainingLost(Option<PathBuf>),
    #[error("cannot write {}: {source}", .path.display())]
    Output { path: PathBuf, source: io::Error },
    #[error("cannot write {}: this is a folder, but a .{extension} file is needed", .path.display())]
    IsFolder { path: PathBuf, extension: &'static str },
    #[error("cannot write {}: the name must end in .{extension}", .path.display())]
    Extension { path: PathBuf, extension: &'static str },
    #[error("{error}; {} holds the {} until then", .path.display(), counted(*frames, "frame"))]
    Kept { error: Box<Self>, frames: usize, path: PathBuf },
    #[error("diverged and stopped: {0}; all frames until then, and those of the others, are kept")]
    Diverged(String),
    #[error("{} exists already: choose another name, or --force to replace it", .0.display())]
    Exists(PathBuf),
    #[error("{} is of no earlier result that can be read: move it away, or choose another folder", .0.display())]
    Foreign(PathBuf),
    #[error("{} is the input itself: choose another --out", .0.display())]
    SameFile(PathBuf),
    #[error(
        "{} needs {needed} MB, but its disk has {free} MB left: free some, compute fewer frames or a smaller box",
        .path.display()
    )]
    Space { path: PathBuf, needed: u64, free: u64 },
    #[error("{} is not empty: choose another folder, or --force to write into it", .0.display())]
    NotEmpty(PathBuf),
    #[error("the initial field {} would be overwritten: choose another --out", .0.display())]
    OwnInput(PathBuf),
    #[error("{} holds a recording, whose table a report would replace: choose another --out", .0.display())]
    IsRecording(PathBuf),
    #[error("{} holds a training, whose curves a report would replace: choose another --out", .0.display())]
    IsTraining(PathBuf),
    #[error("{init} has a grid of {found}, but --grid says {grid}: leave --grid out, or --resample to it")]
    GridConflict { init: String, found: Shape, grid: Shape },
    #[error("there is no frame {frame} in a run of {frames} frames")]
    NoSuchFrame { frame: usize, frames: usize },
    #[error("{} has {present} frames already, more than the {asked} asked for: ask for {present} or more", .path.display())]
    Fewer { path: PathBuf, present: usize, asked: usize },
    #[error("{} has no φ = 0 surface: all of it is one phase", .0.display())]
    NoSurface(PathBuf),
    #[error("{} has no φ = 0 surface: it is flat, and a surface needs a box of three dimensions", .0.display())]
    FlatField(PathBuf),
    #[error(
        "a folder takes at most {most} pictures, and these would be {pictures}: choose fewer by --frames or --turntable"
    )]
    TooManyPictures { pictures: usize, most: usize },
    #[error("the system gives the program no threads: {0}")]
    NoThreads(io::Error),
    #[error("the results are there, but cannot be printed: {0}")]
    Stdout(io::Error),
    #[error("the help cannot be printed: {0}")]
    Help(io::Error),
}

/// Commands only print what fails beneath them.
macro_rules! beneath {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for CommandError {
            fn from(error: $error) -> Self {
                Self::Beneath(Box::new(error))
            }
        })*
    };
}

beneath!(
    ComparisonError,
    ConfigError,
    DatasetError,
    EvaluationError,
    EvolutionError,
    FolderError,
    FormatError,
    GpuError,
    InitialError,
    LockError,
    MemoryError,
    NetworkError,
    ModelError,
    SourceError,
    CraneError,
    ReportError,
    SceneError,
    TrainError,
    AppError,
    toml::ser::Error,
);

/// Does what the command line asks, and says on stderr why it could not. Gives the exit code of the program: 0 if it
/// could, 2 if the command line makes no sense, 1 otherwise.
pub fn run() -> u8 {
    let done = match Cli::try_parse() {
        Ok(cli) => obey(cli),
        // Nobody is left to be told.
        Err(usage) if usage.use_stderr() => return usage.print().map_or(USAGE, |()| USAGE),
        Err(help) => say::help(&help),
    };
    u8::from(done.inspect_err(say::failure).is_err())
}

fn obey(cli: Cli) -> Result<(), CommandError> {
    name_runtime_folder();
    let Some(task) = cli.command else {
        return open_window(&cli.window);
    };
    log_to_stderr();
    interrupt::outlive_full_files();
    threads::start_pool(Priority::Window).map_err(CommandError::NoThreads)?;
    match task {
        Task::Simulate(args) => simulate::run(&args),
        Task::Rollout(args) => rollout::run(&args),
        Task::Compare(args) => compare::run(&args),
        Task::Render(args) => render::run(&args),
        Task::Report(args) => report::run(&args),
        Task::Dataset(args) => dataset::run(&args),
        Task::Train(args) => train::run(&args),
        Task::Evaluate(args) => evaluate::run(&args),
        Task::Surface(args) => surface::run(&args),
        Task::Export(args) => export::run(&args),
        Task::Info(args) => info::run(&args),
        Task::ImportCrane(args) => import_crane::run(&args),
        Task::Bench(args) => bench::run(&args),
    }
}

/// Gives the folder of the running session a name where it has none. Without one, the Wayland library that graphics
/// drivers use to look for a display complains on stderr as if the program had failed.
#[cfg(target_os = "linux")]
fn name_runtime_folder() {
    const FOLDER: &str = "XDG_RUNTIME_DIR";
    if env::var_os(FOLDER).is_none_or(|folder| folder.is_empty()) {
        // SAFETY: this comes first, when no other thread could read the environment.
        unsafe { env::set_var(FOLDER, "/nonexistent") };
    }
}

/// Only there does a library complain.
#[cfg(not(target_os = "linux"))]
fn name_runtime_folder() {}

fn open_window(args: &WindowArgs) -> Result<(), CommandError> {
    // First, while there are no threads: a mesh is read by many.
    app::choose_display()?;
    let (start, view) = match &args.opened {
        Some(Opened::Recording(folder)) => (Start::Recording(folder.clone()), None),
        Some(Opened::Scene(file)) => {
            let scene = Scene::read(file)?;
            (scene.setup.into(), scene.view)
        }
        None => {
            let view = args.initial.scene()?.and_then(|scene| scene.view);
            (args.candidates.apply(args.initial.setup(&args.solver, args.engine)?).into(), view)
        }
    };
    Ok(app::run(start, view, |window| interrupt::listen_and(move || window.close()))?)
}

/// Warns on stderr of what may make a run mean something other than intended.
fn warn(doubts: impl IntoIterator<Item = impl Display>) {
    doubts.into_iter().for_each(|doubt| tracing::warn!("{doubt}"));
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        // A path may hold control characters.
        .fmt_fields(debug_fn(|writer, field, value| {
            let value = one_line(&format!("{value:?}"));
            if field.name() == "message" { writer.write_str(&value) } else { write!(writer, " {field}={value}") }
        }))
        // It would panic where stderr is closed.
        .log_internal_errors(false)
        .init();
}
