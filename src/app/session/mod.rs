//! The window's side of a simulation: its latest snapshot, what the menus ask for, what went wrong.

mod draft;
mod following;
mod models;
mod open;
mod painting;
mod scenes;
pub mod shown;

pub(super) use open::RECENT;

use super::{labels, panels::messages::Messages};
use crate::{
    comparison::{Command, Event, Setup, Simulation, Snapshot, Start},
    gpu::EngineChoice,
    initial::Initial,
};
use bevy::prelude::Resource;
use following::Followed;
use scenes::Opening;
use std::{collections::BTreeMap, iter, path::PathBuf, sync::Arc};

/// A frame that takes longer than this, in milliseconds, shows how far it is.
const SLOW: f64 = 400.0;

/// A simulation as the panels see it. Every request goes out as a [`Command`]; nothing here waits for an answer.
#[derive(Resource)]
pub struct Session {
    simulation: Simulation,
    /// Whether the device is a software driver, so that evolutions run on the CPU.
    software: bool,
    /// The latest state, once the first run has been loaded.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The setup that the menus show and the next restart uses. Reverts to the present run's when that fails.
    pub draft: Setup,
    /// The setup that a run was asked for by last, until that has begun or failed.
    asked: Option<Setup>,
    /// The candidate that is shown beside the reference, if there are so many.
    pub candidate: usize,
    /// The recorded frame that is looked at; `None` follows the run.
    cursor: Option<usize>,
    /// Most frames per second; `None` is as many as there is time for.
    pub speed: Option<f64>,
    /// Whether the user wants it to play. Snapshots follow only once the present frame is done.
    pub playing: bool,
    /// What went wrong, and what is doubtful about the present run.
    pub messages: Messages,
    /// Whether something failed since the last start was asked for.
    pub failed: bool,
    /// Whether the device was lost, so that nothing can be drawn any more.
    pub lost: bool,
    /// Run and frame from which a single step was asked for; until there is another, no more are.
    stepped: Option<(u64, usize)>,
    /// A mesh that was opened and is to be placed.
    pub to_place: Option<PathBuf>,
    /// The files opened last, the latest first.
    recent: Vec<PathBuf>,
    /// Models in training that take part in the run.
    followed: BTreeMap<PathBuf, Followed>,
    /// A scene that is being opened.
    opening: Opening,
    /// A volume fraction that was reset with the initial field, to be reported once that run begins.
    dropped: Option<(Initial, f64)>,
}

impl Session {
    /// For `simulation`, which was spawned with `start`: plays a setup, leaves a recording paused. `software` says
    /// whether the graphics device is a software driver.
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
            asked: playing.then(|| draft.clone()),
            draft,
            candidate: 0,
            cursor: None,
            speed: None,
            playing,
            messages: Messages::default(),
            failed: false,
            lost: false,
            stepped: None,
            to_place: None,
            recent: Vec::new(),
            followed: BTreeMap::new(),
            opening: Opening::default(),
            dropped: None,
        }
    }

    /// Takes what the simulation has published since the last call.
    pub fn refresh(&mut self) {
        let events: Vec<_> = iter::from_fn(|| self.simulation.event()).collect();
        // After the events: the state they report was published before them.
        let before = self.snapshot.take();
        self.snapshot = self.simulation.snapshot();
        if self.snapshot.as_ref().map(|snapshot| snapshot.run) != before.as_ref().map(|snapshot| snapshot.run) {
            self.cursor = None;
        }
        let present = self.present();
        self.stepped = self.stepped.filter(|from| Some(*from) == present);
        self.follow_candidates(before.as_deref());
        self.refresh_opening();
        for event in events {
            self.messages.hear(&event);
            match event {
                Event::Started => {
                    self.failed = false;
                    self.adopt();
                    self.pause_recording();
                    self.begin_scene();
                    self.tell_of_fraction();
                }
                Event::Failed { setup, .. } => {
                    (self.failed, self.stepped) = (true, None);
                    if let Some(snapshot) = &self.snapshot {
                        self.playing &= snapshot.playing;
                    }
                    if let Some(setup) = setup {
                        self.take_back(&setup);
                    }
                }
                Event::Doubtful(_) | Event::Stopped(_) => {}
            }
        }
    }

    /// What is to be said about the present run, in one line.
    pub fn note(&self) -> Option<String> {
        let of_candidates = |snapshot| labels::losses(snapshot).chain(labels::doubts(snapshot));
        self.messages.note_with(self.snapshot.as_deref().into_iter().flat_map(of_candidates))
    }

    /// The candidate that is shown, if there is one.
    pub fn shown(&self) -> Option<usize> {
        let count = self.snapshot.as_ref()?.candidates.len();
        Some(self.candidate.min(count.checked_sub(1)?))
    }

    /// Progress of a slow frame: the evolution's name, and its share of the frame.
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
            _ if self.snapshot.as_ref().is_some_and(|snapshot| snapshot.lost_device) => "CPU",
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

    /// Computes one frame, then pauses. While it is computed, further requests for one are dropped.
    pub fn step(&mut self) {
        (self.playing, self.cursor) = (false, None);
        if self.stepped.is_none() {
            self.stepped = self.present();
            self.simulation.send(Command::Step);
        }
    }

    /// Run and frame of the latest state.
    fn present(&self) -> Option<(u64, usize)> {
        self.snapshot.as_ref().map(|snapshot| (snapshot.run, snapshot.number()))
    }

    /// Goes back to the first frame.
    pub fn reset(&mut self) {
        self.intervene(Command::Reset);
    }

    /// Sends what changes the present frame. A step that was asked for and has not begun is dropped with it.
    fn intervene(&mut self, command: Command) {
        self.stepped = None;
        self.simulation.send(command);
    }

    /// Starts what the menus show.
    pub fn restart(&mut self) {
        self.failed = false;
        self.asked = Some(self.draft.clone());
        self.simulation.send(Command::Restart(Box::new(self.draft.clone())));
    }

    /// Limits the frames per second.
    pub fn set_speed(&mut self, speed: Option<f64>) {
        self.speed = speed;
        self.simulation.send(Command::SetSpeed(speed));
    }
}
