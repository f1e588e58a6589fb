//! The run of a training, as the window sees it.

use super::others::OtherRuns;
use crate::{
    app::errand::{Errand, answer},
    gpu::EngineChoice,
    training::{
        adjustment::{Adjusted, Adjustment},
        config::TrainConfig,
        events::{Curves, Started, TrainCommand, TrainEvent},
        preview::{Preview, PreviewFrame},
        run::{SavedRun, TrainError, TrainHandle, begin},
        run_summary::RunSummary,
        validation::Validation,
    },
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Weight of the newest step in the smoothed time per step.
const SMOOTHING: f64 = 0.05;

/// The phase of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// There is none.
    None,
    /// Its data are compared with their checksums.
    Verifying,
    /// It computes.
    Running,
    /// It waits.
    Paused,
    /// It is stopping, after its last step.
    Stopping,
    /// It has ended: all steps are made.
    Done,
    /// It has ended early, and can be resumed.
    Stopped,
    /// It has ended for this reason.
    Failed(String),
}

/// The third of the three steps.
pub struct Run {
    /// The folder that holds the runs.
    home: PathBuf,
    handle: Option<TrainHandle>,
    folder: Option<PathBuf>,
    phase: Phase,
    config: Option<TrainConfig>,
    curves: Curves,
    preview: Option<Arc<Preview>>,
    /// The built-in model on the same sequences.
    yardstick: Option<Validation>,
    /// Curves of other runs.
    pub others: OtherRuns,
    /// The frame of the preview that is shown; the last if `None`.
    pub moment: Option<usize>,
    /// Its latest model, and how many there have been.
    model: Option<(PathBuf, usize)>,
    /// Seconds per step, smoothed.
    pace: Option<f64>,
    /// What was changed while it ran, and why a change was refused.
    adjusted: Vec<Adjusted>,
    pub refused: Option<String>,
    found: Vec<RunSummary>,
    search: Option<Errand<Vec<RunSummary>>>,
}

impl Run {
    /// Runs in the folders below `home`.
    pub fn new(home: PathBuf) -> Self {
        let mut run = Self {
            home,
            handle: None,
            folder: None,
            phase: Phase::None,
            config: None,
            curves: Curves::default(),
            preview: None,
            yardstick: None,
            others: OtherRuns::default(),
            moment: None,
            model: None,
            pace: None,
            adjusted: Vec::new(),
            refused: None,
            found: Vec::new(),
            search: None,
        };
        run.search();
        run
    }

    /// Searches for runs.
    pub fn search(&mut self) {
        let home = self.home.clone();
        self.search = Errand::run("runs", move || RunSummary::list(&home));
    }

    /// The runs that are there.
    pub fn found(&self) -> &[RunSummary] {
        &self.found
    }

    /// Its phase.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether it is at work or waits.
    pub fn is_active(&self) -> bool {
        self.handle.is_some()
    }

    /// Its folder.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Its configuration, once it has started.
    pub fn config(&self) -> Option<&TrainConfig> {
        self.config.as_ref()
    }

    /// What it has reported.
    pub fn curves(&self) -> &Curves {
        &self.curves
    }

    /// What was changed while it ran.
    pub fn adjusted(&self) -> &[Adjusted] {
        &self.adjusted
    }

    /// Steps made, and to be made in all.
    pub fn progress(&self) -> Option<(usize, usize)> {
        let config = self.config.as_ref()?;
        let made = self.curves.steps.last().map_or(0, |report| report.step);
        let asked = self.adjusted.iter().rev().find_map(|adjusted| adjusted.change.steps);
        Some((made, asked.unwrap_or_else(|| config.final_steps())))
    }

    /// Seconds per step, smoothed.
    pub fn pace(&self) -> Option<f64> {
        self.pace
    }

    /// Its latest model, and how many there have been.
    pub fn model(&self) -> Option<(&Path, usize)> {
        self.model.as_ref().map(|(path, count)| (path.as_path(), *count))
    }

    /// The held-out sequence at the latest validation.
    pub fn preview(&self) -> Option<&Arc<Preview>> {
        self.preview.as_ref()
    }

    /// The errors of the built-in model on the same sequences, where it was trained on the same equation.
    pub fn yardstick(&self) -> Option<&Validation> {
        self.yardstick.as_ref()
    }

    /// The frame of the preview that is shown, or the latest before it.
    pub fn frame(&self) -> Option<&PreviewFrame> {
        let frames = &self.preview.as_ref()?.frames;
        let wanted = self.moment.unwrap_or(usize::MAX);
        frames.iter().rev().find(|frame| frame.frame <= wanted).or(frames.first())
    }

    /// A name for a new run.
    pub fn free_name(&self, stem: &str) -> String {
        let taken = |name: &str| self.home.join(name).exists();
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        [stem.to_owned()].into_iter().chain(numbered).find(|name| !taken(name)).unwrap_or_default()
    }

    /// Begins a run in a folder of this name, unless one is active: dropping its handle would wait for its end.
    pub fn begin(&mut self, config: TrainConfig, name: &str) {
        if self.is_active() {
            return;
        }
        let folder = self.home.join(name.trim());
        let command = format!("spinodal train --config {}", folder.join("config.toml").display());
        let begun = begin(config, &folder, command, EngineChoice::Auto);
        self.take(begun, &folder);
    }

    /// Resumes the run in a folder, or trains a finished one on to so many steps, unless one is active.
    pub fn resume(&mut self, folder: &Path, steps: Option<usize>) {
        if self.is_active() {
            return;
        }
        let resumed = SavedRun::open(folder)
            .and_then(|run| steps.map_or(Ok(run.clone()), |steps| run.with_steps(steps)))
            .and_then(|run| run.resume(None, EngineChoice::Auto));
        self.take(resumed, folder);
    }

    fn take(&mut self, begun: Result<TrainHandle, TrainError>, folder: &Path) {
        let home = std::mem::take(&mut self.home);
        let (found, others) = (std::mem::take(&mut self.found), std::mem::take(&mut self.others));
        *self = Self { found, others, ..Self::new(home) };
        self.folder = Some(folder.to_owned());
        match begun {
            Ok(handle) => (self.handle, self.phase) = (Some(handle), Phase::Verifying),
            Err(error) => self.phase = Phase::Failed(error.to_string()),
        }
    }

    /// Sends a command to the run.
    pub fn tell(&mut self, command: TrainCommand) {
        if command == TrainCommand::Stop && self.handle.is_some() {
            self.phase = Phase::Stopping;
        }
        if let Some(handle) = &self.handle {
            handle.send(command);
        }
    }

    /// Changes settings of the running training.
    pub fn adjust(&mut self, change: Adjustment) {
        self.refused = None;
        self.tell(TrainCommand::Adjust(change));
    }

    /// Whether an answer is awaited.
    pub fn is_busy(&self) -> bool {
        self.handle.is_some() || self.search.is_some() || self.others.is_reading()
    }

    /// Receives answers and events.
    pub fn refresh(&mut self) {
        if let Some(found) = answer(&mut self.search) {
            self.found = found;
        }
        if let Some(reason) = self.others.refresh() {
            self.refused = Some(reason);
        }
        let events: Vec<_> = self.handle.iter().flat_map(|handle| handle.events().try_iter()).collect();
        events.into_iter().for_each(|event| self.hear(event));
    }

    fn hear(&mut self, event: TrainEvent) {
        self.curves.follow(&event);
        match event {
            TrainEvent::Verifying => self.phase = Phase::Verifying,
            TrainEvent::Started(started) => {
                let Started { config, .. } = *started;
                self.adjusted.clone_from(&config.adjustments);
                self.config = Some(config);
                self.phase = Phase::Running;
            }
            TrainEvent::Step(_, spent) => {
                let spent = spent.as_secs_f64();
                self.pace = Some(self.pace.map_or(spent, |mean| mean + SMOOTHING * (spent - mean)));
            }
            TrainEvent::Validation(..) => {}
            TrainEvent::Yardstick(validation) => self.yardstick = Some(validation),
            TrainEvent::Preview(preview) => self.preview = Some(preview),
            TrainEvent::Checkpoint(path) => {
                // The best one is a copy.
                if path.file_stem().is_some_and(|stem| stem == "last") {
                    let count = self.model.as_ref().map_or(0, |(_, count)| *count);
                    self.model = Some((path, count + 1));
                }
            }
            TrainEvent::Adjusted(adjusted) => self.adjusted.push(adjusted),
            TrainEvent::Refused(reason) => self.refused = Some(reason),
            TrainEvent::Paused(paused) => {
                if self.phase != Phase::Stopping {
                    self.phase = if paused { Phase::Paused } else { Phase::Running };
                }
            }
            TrainEvent::Done { .. } => self.end(Phase::Done),
            TrainEvent::Stopped { .. } => self.end(Phase::Stopped),
            TrainEvent::Failed(reason) => self.end(Phase::Failed(reason)),
        }
    }

    fn end(&mut self, phase: Phase) {
        self.phase = phase;
        // That was its last event: its thread ends by itself.
        self.handle = None;
        self.search();
    }
}
