//! The window's side of a simulation: what it last showed, what the menus want next, what went wrong.

mod following;
mod models;
mod painting;
mod scenes;
pub mod shown;

use super::{labels, panels::messages::Messages};
use crate::{
    comparison::{CandidateSpec, Command, Event, Setup, Simulation, Snapshot, Start},
    formats::field::FieldFormat,
    gpu::EngineChoice,
    grid::{Grid, Shape},
    initial::Initial,
    network::ModelSource,
    recording::RUN,
};
use bevy::prelude::Resource;
use following::Followed;
use scenes::Opening;
use std::{
    collections::BTreeMap,
    iter,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A frame that takes longer than this, in milliseconds, shows how far it is.
const SLOW: f64 = 400.0;

/// Most files that are remembered.
const RECENT: usize = 10;

/// A simulation as the panels see it. Every wish goes out as a [`Command`]; nothing here waits for an answer.
#[derive(Resource)]
pub struct Session {
    simulation: Simulation,
    /// Whether the device is a software driver, beside which the processor computes.
    software: bool,
    /// The latest state, once the first run has been loaded.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What the menus show, and what the next restart starts. Falls back to the present run's when that fails.
    pub draft: Setup,
    /// The candidate that is shown beside the reference, if there are so many.
    pub candidate: usize,
    /// The recorded frame that is looked at; `None` follows the run.
    cursor: Option<usize>,
    /// Most frames per second; `None` is as many as there is time for.
    pub speed: Option<f64>,
    /// Whether frames are to follow each other: what the user wants, of which snapshots tell only once the present
    /// frame is done.
    pub playing: bool,
    /// What went wrong, and what is doubtful about the present run.
    pub messages: Messages,
    /// Whether something failed since the last start was asked for.
    pub failed: bool,
    /// Whether the device was lost, so that nothing can be drawn any more.
    pub lost: bool,
    /// Run and frame from which a single step was asked for; until there is another, no more are.
    stepped: Option<(u64, usize)>,
    /// The files opened last, the latest first.
    recent: Vec<PathBuf>,
    /// Models in training that take part in the run.
    followed: BTreeMap<PathBuf, Followed>,
    /// A scene that is being opened.
    opening: Opening,
    /// A volume fraction that was given up for another initial field, to be told once its run begins.
    dropped: Option<(Initial, f64)>,
}

impl Session {
    /// Goes on with `simulation`, which was spawned with `start`: plays a setup, leaves a recording at rest. `software`
    /// says whether the graphics device is a software driver.
    pub fn new(simulation: Simulation, start: &Start, software: bool) -> Self {
        let (draft, playing) = match start {
            Start::Setup(setup) => ((**setup).clone(), true),
            Start::Recording(_) => (Setup::default(), false),
        };
        if playing {
            simulation.send(Command::Play);
        }
        Self {
            simulation,
            software,
            snapshot: None,
            draft,
            candidate: 0,
            cursor: None,
            speed: None,
            playing,
            messages: Messages::default(),
            failed: false,
            lost: false,
            stepped: None,
            recent: Vec::new(),
            followed: BTreeMap::new(),
            opening: Opening::default(),
            dropped: None,
        }
    }

    /// Takes what the simulation has published since the last call.
    pub fn refresh(&mut self) {
        let events: Vec<_> = iter::from_fn(|| self.simulation.event()).collect();
        // After the events: what they tell of has been published before them.
        let before = self.snapshot.take();
        self.snapshot = self.simulation.snapshot();
        if self.snapshot.as_ref().map(|snapshot| snapshot.run) != before.as_ref().map(|snapshot| snapshot.run) {
            self.cursor = None;
        }
        self.follow_candidates(before.as_deref());
        self.refresh_opening();
        for event in events {
            self.messages.hear(&event);
            match event {
                Event::Started => {
                    self.failed = false;
                    self.revert();
                    self.begin_scene();
                    self.tell_of_fraction();
                }
                Event::Failed { .. } => {
                    (self.failed, self.stepped) = (true, None);
                    if let Some(snapshot) = &self.snapshot {
                        self.playing &= snapshot.playing;
                    }
                    self.revert();
                }
                Event::Doubtful(_) | Event::Stopped(_) => {}
            }
        }
    }

    /// The menus show the present run again.
    fn revert(&mut self) {
        if let Some(snapshot) = &self.snapshot {
            self.draft = (*snapshot.setup).clone();
        }
    }

    /// Once the run has begun for which a volume fraction was given up, says so.
    fn tell_of_fraction(&mut self) {
        let begun = |(initial, _): &mut (Initial, f64)| *initial == self.draft.initial;
        if let Some((_, fraction)) = self.dropped.take_if(begun) {
            self.messages.remark(format!("the volume fraction {fraction} of the field before is no longer asked for"));
        }
    }

    /// What is to be said about the present run, in one line.
    pub fn note(&self) -> Option<String> {
        self.messages.note_with(self.snapshot.iter().flat_map(|snapshot| labels::losses(snapshot)))
    }

    /// The candidate that is shown, if there is one.
    pub fn shown(&self) -> Option<usize> {
        let count = self.snapshot.as_ref()?.candidates.len();
        Some(self.candidate.min(count.checked_sub(1)?))
    }

    /// How far the frame under way is, if it takes long enough to ask: the evolution's name, and its share of the frame.
    pub fn progress(&self) -> Option<(String, f32)> {
        let snapshot = self.snapshot.as_ref()?;
        let progress = self.simulation.progress()?;
        let evolution = match progress.evolution.checked_sub(1) {
            None => &snapshot.reference,
            Some(candidate) => snapshot.candidates.get(candidate)?,
        };
        let slow = evolution.milliseconds.is_none_or(|milliseconds| milliseconds > SLOW);
        slow.then(|| (evolution.name.to_string(), progress.share))
    }

    /// What computes an evolution, in a word; `device` says whether it can run on the graphics device.
    pub fn engine(&self, device: bool) -> &'static str {
        let setup = self.snapshot.as_ref().map_or(&self.draft, |snapshot| &snapshot.setup);
        match setup.engine {
            EngineChoice::Cpu => "CPU",
            EngineChoice::Auto if self.software => "CPU",
            EngineChoice::Auto | EngineChoice::Gpu if device => "GPU",
            EngineChoice::Auto | EngineChoice::Gpu => "CPU",
        }
    }

    /// Plays or pauses.
    pub fn toggle(&mut self) {
        self.cursor = None;
        (self.playing, self.stepped) = (!self.playing, None);
        self.simulation.send(if self.playing { Command::Play } else { Command::Pause });
    }

    /// One frame, then rest. While it is computed, further wishes for one are not kept.
    pub fn step(&mut self) {
        (self.playing, self.cursor) = (false, None);
        let present = self.snapshot.as_ref().map(|snapshot| (snapshot.run, snapshot.number()));
        if self.stepped.is_none() || self.stepped != present {
            self.stepped = present;
            self.simulation.send(Command::Step);
        }
    }

    /// Back to the first frame.
    pub fn reset(&mut self) {
        self.stepped = None;
        self.simulation.send(Command::Reset);
    }

    /// Starts what the menus show.
    pub fn restart(&mut self) {
        self.failed = false;
        self.simulation.send(Command::Restart(Box::new(self.draft.clone())));
    }

    /// Limits the frames per second.
    pub fn set_speed(&mut self, speed: Option<f64>) {
        self.speed = speed;
        self.simulation.send(Command::SetSpeed(speed));
    }

    /// Takes another model for the first network, or adds a network.
    pub fn set_model(&mut self, source: ModelSource) {
        self.failed = false;
        self.draft = self.draft.clone().with_model(source.clone());
        self.simulation.send(Command::SetModel(source));
    }

    /// Adds a candidate by its text, and starts anew.
    ///
    /// # Errors
    /// One sentence that says what is wrong with the text.
    pub fn add_candidate(&mut self, text: &str) -> Result<(), String> {
        let candidate: CandidateSpec = text.trim().parse().map_err(|error| format!("{error}"))?;
        self.candidate = self.draft.candidates.len();
        self.draft.candidates.push(candidate);
        self.restart();
        Ok(())
    }

    /// Removes a candidate by its number, and starts anew.
    pub fn remove_candidate(&mut self, number: usize) {
        if number < self.draft.candidates.len() {
            self.draft.candidates.remove(number);
            self.restart();
        }
    }

    /// Starts anew on a grid such as `64` or `128x128x32`.
    ///
    /// # Errors
    /// One sentence that says what is wrong with the text.
    pub fn set_grid(&mut self, text: &str) -> Result<(), String> {
        self.draft_grid(text)?;
        self.restart();
        Ok(())
    }

    /// As [`Session::set_grid`], for the menus alone.
    ///
    /// # Errors
    /// As [`Session::set_grid`].
    pub fn draft_grid(&mut self, text: &str) -> Result<(), String> {
        let shape: Shape = text.trim().parse().map_err(|error| format!("{error}"))?;
        Grid::from(shape).check().map_err(|error| error.to_string())?;
        self.change_grid(shape);
        Ok(())
    }

    /// Takes another grid. An ε that is the initial field's usual one on the grid before becomes that on the new one.
    pub fn change_grid(&mut self, shape: Shape) {
        let (initial, epsilon) = (&self.draft.initial, &mut self.draft.reference.parameters.equation.epsilon);
        if *epsilon == initial.usual_epsilon(self.draft.options.grid) {
            *epsilon = initial.usual_epsilon(shape);
        }
        self.draft.options.grid = shape;
    }

    /// The files opened last, the latest first.
    pub fn recent(&self) -> &[PathBuf] {
        &self.recent
    }

    /// Takes up the files that were opened last time.
    pub fn remember(&mut self, recent: &[PathBuf]) {
        self.recent = recent.to_owned();
    }

    fn push_recent(&mut self, path: &Path) {
        self.recent.retain(|present| present != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }

    /// Opens a file by its extension, a network, or a mesh or field to start from; or the folder of a recording.
    pub fn open(&mut self, path: &Path) {
        self.push_recent(path);
        if path.is_dir() && path.join(RUN).is_file() {
            return self.open_recording(path.to_owned());
        }
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("safetensors" | "pt") => self.set_model(ModelSource::File(path.to_owned())),
            _ if FieldFormat::of(path).is_some() => {
                // What one file holds says nothing about the next.
                (self.draft.options.concentration, self.draft.options.crop) = (false, None);
                self.draft.options.resample = false;
                self.start_from(Initial::File(path.to_owned()));
            }
            Some("toml") => self.read_scene(path),
            Some("ply" | "obj" | "stl") => self.start_from(Initial::Mesh(path.to_owned())),
            _ => self.messages.push(format!(
                "Could not open {}: it is neither a mesh (.ply, .obj, .stl) nor a field (.npy, .vti, .tif) nor a network \
                 (.safetensors, .pt) nor a scene (.toml) nor the folder of a recording.",
                path.display()
            )),
        }
    }

    /// Shows the recording in a folder, paused at its latest frame.
    fn open_recording(&mut self, folder: PathBuf) {
        (self.playing, self.failed, self.stepped) = (false, false, None);
        self.simulation.send(Command::Open(folder));
    }

    /// Starts anew from another initial field. What was meant for the one before gives way: its volume fraction, and the
    /// grid and ε that are usual for it; all else is as the menus show it.
    pub fn start_from(&mut self, initial: Initial) {
        self.draft_from(initial);
        self.restart();
    }

    /// As [`Session::start_from`], for the menus alone.
    pub fn draft_from(&mut self, initial: Initial) {
        if initial != self.draft.initial {
            let fraction = self.draft.options.volume_fraction.take();
            self.dropped = fraction.map(|fraction| (initial.clone(), fraction));
            let (before, shape) = (&self.draft.initial, self.draft.options.grid);
            let usual_shape = shape == before.usual_shape();
            let usual_epsilon = self.draft.reference.parameters.equation.epsilon == before.usual_epsilon(shape);
            let shape = if usual_shape { initial.usual_shape() } else { shape };
            if usual_epsilon {
                self.draft.reference.parameters.equation.epsilon = initial.usual_epsilon(shape);
            }
            self.draft.options.grid = shape;
            self.draft.initial = initial;
        }
    }
}
