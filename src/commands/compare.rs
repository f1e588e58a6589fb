//! `spinodal compare`: candidates beside the solver, recorded in a folder.

use super::{
    CommandError,
    archive::Archive,
    args::{CandidateArgs, EngineArgs, InitialArgs, SETUP, SolverArgs},
    interrupt, output,
    progress::Progress,
    say, warn,
};
use crate::{
    comparison::{Comparison, Inputs, RunRecord},
    engines,
    evolution::Watch,
    formats::FolderLock,
    recording::{METRICS, RUN, Row, Standing},
    settings::FRAMES,
};
use clap::Args;
use std::path::{Path, PathBuf};

/// Options of `spinodal compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    #[command(flatten)]
    initial: InitialArgs,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    candidates: CandidateArgs,
    #[command(flatten)]
    engine: EngineArgs,
    /// Frames to compute after the initial field [default: 50, or those of the scene or the record]
    #[arg(long, value_name = "K", value_parser = FRAMES.parser())]
    frames: Option<usize>,
    /// Frames of which surfaces and images are written [default: the first and the last]
    #[arg(long, value_name = "K,K,…", value_delimiter = ',')]
    surfaces: Vec<usize>,
    /// Frames from one saved state to the next; a run resumes from the latest [default: 25]
    #[arg(long, value_name = "K")]
    states: Option<std::num::NonZeroUsize>,
    /// Folder to write into, created if need be [default with --rerun: DIR-rerun]
    #[arg(long, value_name = "DIR", required_unless_present_any = ["resume", "rerun"])]
    out: Option<PathBuf>,
    /// Write into a folder that is not empty, over an earlier comparison if it holds one
    #[arg(long)]
    force: bool,
    /// Resume the run in this folder from its latest saved state; the result is the same as without the interruption
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = SETUP,
        conflicts_with_all = ["out", "force", "states"]
    )]
    resume: Option<PathBuf>,
    /// Repeat the run recorded in this folder, in another folder
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = SETUP,
        conflicts_with_all = ["resume", "states"]
    )]
    rerun: Option<PathBuf>,
}

/// Frames from one saved state to the next, unless others are asked for.
const STATE_INTERVAL: usize = 25;

/// Runs the command. Ctrl-C and failures leave a complete folder with the frames so far.
///
/// # Errors
/// When an input is refused, the device fails or the output cannot be written.
pub fn run(args: &CompareArgs) -> Result<(), CommandError> {
    if let Some(folder) = &args.resume {
        return resume(args, folder);
    }
    let (record, folder) = match &args.rerun {
        Some(folder) => {
            let out = args.out.clone().unwrap_or_else(|| beside(folder));
            output::check_not_same(&out, folder)?;
            let record = args.changed(RunRecord::read(folder)?)?;
            record.check_repeatable(folder)?;
            record.check_files()?;
            (record, out)
        }
        None => {
            let out = args.out.clone().unwrap_or_default();
            let scene = args.initial.scene.as_ref().map(Path::new);
            scene.map_or(Ok(()), |scene| output::check_not_same(&out.join(RUN), scene))?;
            (args.record()?, out)
        }
    };
    output::check_folder(&folder, args.force)?;
    Archive::check(&folder, &record)?;
    let inputs = record.setup.load()?;
    let (setup, files) = (record.setup.clone().recorded(inputs.field.grid().shape()), inputs.files.clone());
    let (mut comparison, engine) = start(inputs)?;
    if args.rerun.is_some() {
        doubt(&record, &engine);
    }
    interrupt::listen();
    let RunRecord { frames, surfaces, state_interval, .. } = record;
    let record = RunRecord { frames, surfaces, state_interval, ..RunRecord::new(setup, engine) }.with_files(&files);
    Archive::check_space(&folder, &record, 0)?;
    let lock = output::take_folder(&folder, args.force)?;
    let archive = Archive::create(&folder, lock, record.clone(), &mut comparison)?;
    follow(archive, comparison, record.frames)
}

impl CompareArgs {
    /// The run that these options describe.
    fn record(&self) -> Result<RunRecord, CommandError> {
        let setup = self.candidates.apply(self.initial.setup(&self.solver, self.engine)?);
        self.changed(RunRecord {
            frames: self.initial.frames(None)?,
            state_interval: self.states.map_or(STATE_INTERVAL, Into::into),
            ..RunRecord::new(setup, String::new())
        })
    }

    /// A recorded run with as many frames and with the surfaces asked for.
    fn changed(&self, record: RunRecord) -> Result<RunRecord, CommandError> {
        let frames = self.frames.unwrap_or(record.frames);
        let surfaces = if self.surfaces.is_empty() { record.surfaces } else { self.surfaces.clone() };
        match surfaces.iter().find(|&&frame| frame > frames) {
            Some(&frame) => Err(CommandError::NoSuchFrame { frame, frames }),
            None => Ok(RunRecord { frames, surfaces, ..record }),
        }
    }
}

/// Resumes the run in a folder.
fn resume(args: &CompareArgs, folder: &Path) -> Result<(), CommandError> {
    // A folder without a run is left as it is.
    RunRecord::read(folder)?;
    let lock = FolderLock::take(folder)?;
    let record = args.changed(RunRecord::read(folder)?)?;
    record.check_setup(folder)?;
    record.check_repeatable(folder)?;
    let begun = folder.join(METRICS).exists().then(|| RunRecord::open(folder)).transpose()?;
    if let Some((_, reader)) = &begun
        && record.frames + 1 < reader.rows().len()
    {
        let [present, asked] = [reader.rows().len() - 1, record.frames];
        return Err(CommandError::Fewer { path: folder.to_owned(), present, asked });
    }
    Archive::check_space(folder, &record, begun.as_ref().map_or(0, |(_, reader)| reader.rows().len()))?;
    // Without states the run begins anew.
    let saved = begun.filter(|(_, reader)| reader.state_frames().is_ok_and(|frames| !frames.is_empty()));
    let inputs = match saved.and_then(|(record, reader)| record.inputs(&reader).transpose()) {
        Some(inputs) => {
            record.check_models()?;
            inputs?
        }
        None => {
            record.check_files()?;
            record.setup.load()?
        }
    };
    let (mut comparison, engine) = start(inputs)?;
    doubt(&record, &engine);
    interrupt::listen();
    let archive = Archive::resume(folder, lock, record.clone(), &mut comparison)?;
    follow(archive, comparison, record.frames)
}

/// Starts a comparison, and gives the engine that computes it.
fn start(inputs: Inputs) -> Result<(Comparison, String), CommandError> {
    warn(inputs.all_warnings());
    let engine = engines::choose(inputs.setup.engine)?;
    let description = engine.description();
    Ok((Comparison::new(inputs, engine)?, description))
}

/// Only what computed the run before gives the same bytes.
fn doubt(record: &RunRecord, engine: &str) {
    let RunRecord { version, engine: before, .. } = record;
    let now = env!("CARGO_PKG_VERSION");
    if before != engine {
        tracing::warn!("the run was computed on {before}; on {engine} its last digits may differ");
    }
    if version != now {
        tracing::warn!("the run was computed by version {version}; with {now} its digits may differ");
    }
}

/// Runs to the last frame and prints a summary.
fn follow(mut archive: Archive, mut comparison: Comparison, frames: usize) -> Result<(), CommandError> {
    let mut progress = Progress::new(frames);
    let mut outcome = Ok(());
    let mut doubts: Vec<_> = comparison.candidates().iter().map(|candidate| candidate.doubts().len()).collect();
    comparison.watch(Watch::new(interrupt::requested));
    while outcome.is_ok() && comparison.row().frame < frames && !interrupt::requested() {
        outcome = comparison.advance().map_err(CommandError::from).and_then(|()| archive.add(&mut comparison));
        let row = comparison.row();
        progress.update(row.frame, &errors(row));
        for (candidate, known) in comparison.candidates().iter().zip(&mut doubts) {
            let new = candidate.doubts().len();
            candidate.doubts()[*known..]
                .iter()
                .for_each(|doubt| tracing::warn!("the network {} was {doubt}", candidate.name()));
            *known = new;
        }
    }
    progress.finish();
    match outcome {
        // Interrupted within a frame: there is nothing to draw of it.
        _ if comparison.is_torn() && interrupt::requested() => {
            archive.close(&comparison)?;
            say::result(format_args!("interrupted after frame {}; --resume continues", comparison.row().frame))
        }
        Ok(()) => {
            say::result(archive.finish(&mut comparison)?)?;
            let candidates = comparison.candidates().iter();
            let lost = candidates.filter(|candidate| candidate.standing() == Standing::Stopped);
            let lost: Vec<_> = lost.map(|candidate| candidate.name().to_owned()).collect();
            if lost.is_empty() { Ok(()) } else { Err(CommandError::Diverged(lost.join(", "))) }
        }
        Err(error) => {
            // What went wrong first is what the user can mend.
            archive.close(&comparison).unwrap_or_else(|other| tracing::warn!("{other}"));
            Err(error)
        }
    }
}

/// The errors of all candidates at one frame.
fn errors(row: &Row) -> String {
    let error = |entry: &crate::recording::Entry| entry.metrics.map_or("stopped".into(), |m| format!("{:.4}", m.rmse));
    format!("RMSE {}", row.candidates.iter().map(error).collect::<Vec<_>>().join(", "))
}

/// The folder beside a recording that it is repeated in.
fn beside(folder: &Path) -> PathBuf {
    let whole = folder.canonicalize().unwrap_or_default();
    let mut name = whole.file_name().unwrap_or_default().to_owned();
    name.push("-rerun");
    whole.with_file_name(name)
}
