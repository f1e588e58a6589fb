//! Outputs of a run: pictures, films, surfaces, fields, tables, reports. All are written off the window's thread.

mod film;
mod panel;
mod source;
mod spec;
mod write;

pub use film::Film;
pub use panel::show;
pub use source::Source;
pub use spec::{Kind, OutputSpec};
pub use write::{Written, write};

use super::errand::{self, Errand, answer};
use crate::gpu::Gpu;
use bevy::prelude::Resource;
use bevy_egui::egui::Context;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// Outputs: the settings, and the one being written.
#[derive(Resource)]
pub struct Outputs {
    gpu: Option<Gpu>,
    /// The settings as the panel shows them.
    pub spec: OutputSpec,
    job: Option<Job>,
    /// How the last one ended: what was written, or why it failed.
    pub outcome: Option<Result<Written, String>>,
}

/// Work under way.
struct Job {
    errand: Option<Errand<Result<Written, String>>>,
    path: PathBuf,
    progress: Arc<Progress>,
}

/// Progress of the work, and the request to stop.
#[derive(Default)]
pub struct Progress {
    done: AtomicUsize,
    all: AtomicUsize,
    stopped: AtomicBool,
}

impl Progress {
    /// Sets how much is done.
    pub fn set(&self, done: usize, all: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    /// Whether to stop and keep what is done.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Outputs {
    /// Pictures are drawn on `gpu`; without one, there are none.
    pub fn new(gpu: Option<Gpu>) -> Self {
        Self { gpu, spec: OutputSpec::default(), job: None, outcome: None }
    }

    /// Starts writing an output of a run.
    pub fn begin(&mut self, source: Source) {
        let progress = Arc::new(Progress::default());
        let (spec, gpu, shared) = (self.spec.clone(), self.gpu.clone(), progress.clone());
        let work = move || {
            if let Some(gpu) = &gpu {
                gpu.keep_errors_apart();
            }
            write(&spec, &source, gpu.as_ref(), &shared).map_err(|error| error.to_string())
        };
        self.outcome = None;
        self.job = Some(Job { errand: Errand::run("output", work), path: self.spec.path.clone(), progress });
    }

    /// Writes a report, with the recording, into a new folder, without the device that has failed.
    pub fn rescue(&mut self, source: Source, folder: PathBuf) {
        (self.gpu, self.spec.kind, self.spec.path) = (None, Kind::Report, folder);
        self.begin(source);
    }

    /// Where something is being written, if it is.
    pub fn under_way(&self) -> Option<&Path> {
        Some(&self.job.as_ref()?.path)
    }

    /// What becomes of the run that is rescued, as it follows a sentence; empty where none is.
    pub fn fate(&self) -> String {
        match (self.under_way(), &self.outcome) {
            (Some(path), _) => format!(": the run is being saved in {}", path.display()),
            (None, Some(Ok(written))) => format!(": the run is saved in {}", written.path.display()),
            (None, Some(Err(reason))) => format!(": the run could not be saved: {reason}"),
            (None, None) => String::new(),
        }
    }

    /// The finished share of the output being written.
    pub fn progress(&self) -> Option<f32> {
        let progress = &self.job.as_ref()?.progress;
        let [done, all] = [&progress.done, &progress.all].map(|count| count.load(Ordering::Relaxed));
        Some(done as f32 / all.max(1) as f32)
    }

    /// Stops what is being written; what is done stays.
    pub fn stop(&self) {
        if let Some(job) = &self.job {
            job.progress.stopped.store(true, Ordering::Relaxed);
        }
    }

    /// Receives the outcome of the work. Returns a sentence if it has just failed.
    pub fn refresh(&mut self, ctx: &Context) -> Option<String> {
        let job = self.job.as_mut()?;
        let under_way = job.errand.is_some();
        let outcome = answer(&mut job.errand);
        if outcome.is_some() || job.errand.is_none() {
            let lost = || Err("the program failed while writing it".to_owned());
            let outcome = outcome.unwrap_or_else(lost);
            let failure =
                outcome.as_ref().err().map(|reason| format!("Could not save {}: {reason}.", job.path.display()));
            self.outcome = Some(outcome);
            self.job = None;
            return failure;
        }
        if under_way {
            ctx.request_repaint_after(errand::WATCH);
        }
        None
    }
}

/// The default folder for files: the user's documents.
fn usual_folder() -> PathBuf {
    dirs::document_dir().or_else(dirs::home_dir).unwrap_or_default()
}
