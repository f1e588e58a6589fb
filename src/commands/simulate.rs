//! `spinodal simulate`: the solver alone, to a field file and a table.

use super::{
    CommandError,
    args::{EngineArgs, InitialArgs, SolverArgs},
    frames::{self, Out},
    output, say, warn,
};
use crate::{
    comparison::Setup,
    engines,
    field::Field,
    formats::{Turn, free_path},
    initial::{Initial, pfhub},
    metrics::{energy_density, structure::StructureFactor},
    report::table,
    settings::FRAMES,
};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Options of `spinodal simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    #[command(flatten)]
    initial: InitialArgs,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    engine: EngineArgs,
    /// Frames to compute after the initial field [default: 50, or those of the scene]
    #[arg(long, value_name = "K", value_parser = FRAMES.parser())]
    frames: Option<usize>,
    /// Field file to write: [K + 1, NX, NY, NZ] f32, frame 0 is the initial field
    #[arg(long, value_name = "FILE.npy")]
    out: PathBuf,
    /// Replace the files if they exist; only a complete run does
    #[arg(long)]
    force: bool,
    /// Table to write: one row per frame with time, free energy, mean, range and domain length
    #[arg(long, value_name = "FILE.csv")]
    table: Option<PathBuf>,
}

/// A row of the table.
#[derive(Debug, Serialize)]
struct Moment {
    frame: usize,
    time: f64,
    /// F/V.
    energy_density: f64,
    /// F over the whole box, in grid units.
    energy: f64,
    mean: f64,
    smallest: f32,
    largest: f32,
    /// L in grid units; not a number for a uniform field.
    domain_length: f64,
    /// Time in the units of the benchmark that the run is of.
    benchmark_time: Option<f64>,
    /// Free energy in its units.
    benchmark_energy: Option<f64>,
}

impl Moment {
    fn of(setup: &Setup, frame: usize, field: &Field) -> Self {
        let (grid, parameters) = (field.grid(), setup.reference.parameters);
        let (time, density) = (frame as f64 * parameters.frame_time(), energy_density(field, &parameters.equation));
        let (smallest, largest) = field.range();
        let benchmark = (setup.initial == Initial::Pfhub1a).then(|| {
            let shape = grid.shape();
            (time * pfhub::time_unit(shape), pfhub::energy(shape, density))
        });
        Self {
            frame,
            time,
            energy_density: density,
            energy: density * grid.len() as f64,
            mean: field.mean(),
            smallest,
            largest,
            domain_length: StructureFactor::of(field).domain_length(),
            benchmark_time: benchmark.map(|(time, _)| time),
            benchmark_energy: benchmark.map(|(_, energy)| energy),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When an input is refused, the device fails or the output cannot be written.
pub fn run(args: &SimulateArgs) -> Result<(), CommandError> {
    output::check_file(&args.out, "npy")?;
    let setup = Setup { candidates: Vec::new(), ..args.initial.setup(&args.solver, args.engine)? };
    setup.initial.path().map_or(Ok(()), |input| output::check_not_input(&args.out, input))?;
    output::check_new(&args.out, args.force)?;
    if let Some(table) = &args.table {
        output::check_file(table, "csv")?;
        output::check_new(table, args.force)?;
    }
    let field = setup.initial_field()?;
    warn(setup.doubts_of_field(&field));
    let engine = engines::choose(setup.engine)?;
    let solver = setup.reference.start(&engine, &field)?;
    let frames = args.initial.frames(args.frames)?;
    let mut moments = Vec::new();
    let out = Out { path: &args.out, force: args.force };
    let run = frames::record(solver, frames, out, setup.options.concentration, |frame, field| {
        moments.extend(args.table.is_some().then(|| Moment::of(&setup, frame, field)));
    })?;
    let complete = run.is_complete();
    // Of two runs that end at once, neither has the table of the other.
    let turn = Turn::take(output::folder_of(&args.out));
    let finished = run.finish();
    // It lies beside another's where the field does.
    let replaces = args.force && complete && finished.as_ref().is_ok_and(|(path, _)| *path == args.out);
    let table = args.table.as_ref().map(|path| {
        let path = if replaces { path.clone() } else { free_path(path) };
        table::write_csv(&path, moments)
    });
    drop(turn);
    say::result(finished?.1)?;
    Ok(table.transpose().map(drop)?)
}
