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
    /// The setup of the scene, and its view, to be applied once the run has begun.
    expected: Option<(Setup, Option<SceneView>)>,
    /// The view for the run that has begun.
    view: Option<SceneView>,
}

impl Session {
    /// Starts the run of a scene and shows it as the scene says. What the scene leaves open, such as the engine, stays
    /// as it is.
    pub fn open_scene(&mut self, scene: Scene) {
        let Scene { mut setup, view, .. } = scene;
        if setup.engine == EngineChoice::Auto {
            setup.engine = self.draft.engine;
        }
        self.opening.expected = Some((setup.clone(), view));
        self.draft = setup;
        self.dropped = None;
        self.restart();
    }

    /// Sets the view for the first run, once it has begun.
    pub fn expect_view(&mut self, view: SceneView) {
        self.opening.expected = Some((self.draft.clone(), Some(view)));
    }

    /// Reads the file of a scene, and opens it then.
    pub fn read_scene(&mut self, path: &Path) {
        let path = path.to_owned();
        let read = move || Scene::read(&path).map_err(|error| error.to_string());
        self.opening.reading = Errand::run("scene", read);
    }

    /// Whether a file is being read, so that the window has to check again soon.
    pub fn is_reading(&self) -> bool {
        self.opening.reading.is_some()
    }

    /// Takes the view for the run that has just begun.
    pub fn take_view(&mut self) -> Option<SceneView> {
        self.opening.view.take()
    }

    pub(super) fn refresh_opening(&mut self) {
        match answer(&mut self.opening.reading) {
            Some(Ok(scene)) => self.open_scene(scene),
            Some(Err(reason)) => {
                let end = if reason.ends_with('?') { "" } else { "." };
                self.messages.push(format!("Could not open the scene: {reason}{end}"));
            }
            None => {}
        }
    }

    /// A run has begun: perhaps that of the scene.
    pub(super) fn begin_scene(&mut self) {
        let Some(snapshot) = &self.snapshot else { return };
        let begun = |(setup, _): &mut (Setup, Option<SceneView>)| *setup == *snapshot.setup;
        let Some((_, view)) = self.opening.expected.take_if(begun) else { return };
        self.opening.view = view;
        if !self.playing {
            self.toggle();
        }
    }
}
