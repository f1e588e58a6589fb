//! Scenes that are opened, and the present setup as one.

use super::Session;
use crate::{
    app::errand::{Errand, answer},
    comparison::Setup,
    gpu::EngineChoice,
    scene::{Scene, SceneView},
};
use std::path::Path;

/// A scene on its way.
#[derive(Default)]
pub struct Opening {
    /// Its file is being read.
    reading: Option<Errand<Result<Scene, String>>>,
    /// How the run of this setup is to be looked at once it has begun.
    expected: Option<(Setup, SceneView)>,
    /// How the run that has begun is to be looked at.
    view: Option<SceneView>,
}

impl Session {
    /// Starts the run of a scene, which plays, and has it looked at as the scene says. Where the scene leaves the engine
    /// open, the present choice stays.
    pub fn open_scene(&mut self, scene: Scene) {
        let Scene { mut setup, view, .. } = scene;
        if setup.engine == EngineChoice::Auto {
            setup.engine = self.draft.engine;
        }
        self.opening.expected = Some((setup.clone(), view.unwrap_or_default()));
        self.draft = setup;
        self.dropped = None;
        self.restart();
        if !self.playing {
            self.toggle();
        }
    }

    /// Reads the file of a scene, and opens it then.
    pub fn read_scene(&mut self, path: &Path) {
        let path = path.to_owned();
        let read = move || Scene::read(&path).map_err(|error| error.to_string());
        self.opening.reading = Errand::run("scene", read);
    }

    /// Whether a file is being read here, so that the window has to look again soon.
    pub fn is_reading(&self) -> bool {
        self.opening.reading.is_some()
    }

    /// How the run that has just begun is to be looked at, once.
    pub fn take_view(&mut self) -> Option<SceneView> {
        self.opening.view.take()
    }

    pub(super) fn refresh_opening(&mut self) {
        match answer(&mut self.opening.reading) {
            Some(Ok(scene)) => self.open_scene(scene),
            Some(Err(reason)) => self.messages.push(format!("Could not open the scene: {reason}.")),
            None => {}
        }
    }

    /// A run has begun: perhaps that of the scene.
    pub(super) fn begin_scene(&mut self) {
        let begun = |(setup, _): &mut (Setup, SceneView)| *setup == self.draft;
        if let Some((_, view)) = self.opening.expected.take_if(begun) {
            self.opening.view = Some(view);
        }
    }
}
