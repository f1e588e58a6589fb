//! The window's side of a simulation: what it last showed, what the menus want next, what went wrong.

use super::messages::Messages;
use crate::{
    comparison::{Command, Event, Setup, Simulation, Snapshot},
    gpu::{EngineChoice, Gpu},
    initial::Initial,
    surface::Caps,
};
use bevy::prelude::Resource;
use std::{
    iter,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A simulation as the panels see it. Every wish goes out as a [`Command`]; nothing here waits for an answer.
#[derive(Resource)]
pub struct Session {
    simulation: Simulation,
    /// The device that draws the window.
    pub screen: Gpu,
    /// The latest state, once the first run has been loaded.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What the menus show, and what the next restart starts. Falls back to the present run's when that fails.
    pub draft: Setup,
    /// Most frames per second; `None` is as many as there is time for.
    pub speed: Option<f64>,
    /// Whether surfaces are closed at the faces of the box.
    pub caps: Caps,
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
}

impl Session {
    /// Starts playing `simulation`, which was spawned with `setup`.
    pub fn new(simulation: Simulation, screen: Gpu, setup: Setup) -> Self {
        simulation.send(Command::Play);
        Self {
            simulation,
            screen,
            snapshot: None,
            draft: setup,
            speed: None,
            caps: Caps::Closed,
            playing: true,
            messages: Messages::default(),
            failed: false,
            lost: false,
            stepped: None,
        }
    }

    /// Takes what the simulation has published since the last call.
    pub fn refresh(&mut self) {
        let events: Vec<_> = iter::from_fn(|| self.simulation.event()).collect();
        // After the events: what they tell of has been published before them.
        self.snapshot = self.simulation.snapshot();
        for event in events {
            self.messages.hear(&event);
            match event {
                Event::Started => {
                    self.failed = false;
                    self.revert();
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
        // On a graphics card the simulation shares the device: it must learn of errors before it trusts a frame.
        if self.screen.is_software()
            && let Some(error) = self.screen.take_error()
        {
            self.messages.push(error.to_string());
        }
    }

    /// The menus show the present run again.
    fn revert(&mut self) {
        if let Some(snapshot) = &self.snapshot {
            self.draft = (*snapshot.setup).clone();
        }
    }

    /// What computes, in a word.
    pub fn engine(&self) -> &'static str {
        let setup = self.snapshot.as_ref().map_or(&self.draft, |snapshot| &snapshot.setup);
        match setup.engine {
            EngineChoice::Cpu => "CPU",
            EngineChoice::Auto if self.screen.is_software() => "CPU",
            EngineChoice::Auto | EngineChoice::Gpu => "GPU",
        }
    }

    /// Plays or pauses.
    pub fn toggle(&mut self) {
        (self.playing, self.stepped) = (!self.playing, None);
        self.simulation.send(if self.playing { Command::Play } else { Command::Pause });
    }

    /// One frame, then rest. While it is computed, further wishes for one are not kept.
    pub fn step(&mut self) {
        self.playing = false;
        let present = self.snapshot.as_ref().map(|snapshot| (snapshot.run, snapshot.frame));
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

    /// Closes or opens surfaces at the faces of the box.
    pub fn set_caps(&mut self, caps: Caps) {
        self.caps = caps;
        self.simulation.send(Command::SetCaps(caps));
    }

    /// Takes another network; `None` is the built-in one.
    pub fn set_model(&mut self, model: Option<PathBuf>) {
        self.failed = false;
        self.draft.model.clone_from(&model);
        self.simulation.send(Command::SetModel(model));
    }

    /// Opens a file by its extension: a network, or a mesh or field to start from.
    pub fn open(&mut self, path: &Path) {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("safetensors" | "pt") => self.set_model(Some(path.to_owned())),
            Some("npy") => {
                // What one file holds says nothing about the next.
                self.draft.options.concentration = false;
                self.start_from(Initial::File(path.to_owned()));
            }
            Some("ply" | "obj" | "stl") => self.start_from(Initial::Mesh(path.to_owned())),
            _ => self.messages.push(format!(
                "Could not open {}: it is neither a mesh (.ply, .obj, .stl) nor a field (.npy) nor a network \
                 (.safetensors, .pt).",
                path.display()
            )),
        }
    }

    /// Starts anew from another initial condition, all else as the menus show it.
    pub fn start_from(&mut self, initial: Initial) {
        self.draft.initial = initial;
        self.restart();
    }
}
