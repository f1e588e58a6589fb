//! Scenes in the window: those that come with the program, those that were saved, and what the next run starts from.

mod panel;
mod preview;
mod save;

pub use panel::show;
pub use preview::{Preview, small};

use super::{
    errand::{self, Errand, answer},
    session::Session,
};
use crate::{
    field::Field,
    formats::{entries, free_path_where},
    scene::{LIBRARY, Scene, SceneView},
};
use bevy::prelude::Resource;
use bevy_egui::egui::Context;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A scene that was saved: its file, and what it holds or why it cannot be read.
pub type OwnScene = (PathBuf, Result<Scene, String>);

/// Scenes as the panel sees them.
#[derive(Resource)]
pub struct Scenes {
    /// Those that come with the program.
    library: Vec<Scene>,
    own: Vec<OwnScene>,
    home: PathBuf,
    listing: Option<Errand<Vec<OwnScene>>>,
    saving: Option<Errand<Result<PathBuf, String>>>,
    /// Title of the scene to be saved.
    pub title: String,
    /// Its description.
    pub description: String,
    /// How the latest save ended.
    saved: Option<Result<PathBuf, String>>,
    preview: Preview,
    /// The preview whose picture is there.
    drawn: Option<Arc<Field>>,
    shape: String,
    refused: Option<String>,
}

impl Scenes {
    /// Scenes that are saved go to the folder `home`.
    pub fn new(home: &Path) -> Self {
        let mut scenes = Self {
            // Built-in scenes always parse: the tests read them all.
            library: LIBRARY.iter().filter_map(|(name, text)| Scene::parse(text, name).ok()).collect(),
            own: Vec::new(),
            home: home.to_owned(),
            listing: None,
            saving: None,
            title: String::new(),
            description: String::new(),
            saved: None,
            preview: Preview::default(),
            drawn: None,
            shape: String::new(),
            refused: None,
        };
        scenes.list();
        scenes
    }

    /// The scenes that were saved, by the names of their files.
    pub fn own(&self) -> &[OwnScene] {
        &self.own
    }

    /// The preview of the initial field.
    pub fn preview(&self) -> &Preview {
        &self.preview
    }

    fn list(&mut self) {
        let home = self.home.clone();
        self.listing = Errand::run("scenes", move || scenes_in(&home));
    }

    /// Receives what was read and written; the preview follows the session while the panel is `open`.
    pub fn refresh(&mut self, session: &Session, open: bool) {
        if let Some(own) = answer(&mut self.listing) {
            self.own = own;
        }
        if let Some(saved) = answer(&mut self.saving) {
            self.saved = Some(saved);
            self.list();
        }
        if open {
            self.preview.refresh(&session.draft);
        }
    }

    /// Has the window check again soon while something is under way.
    pub fn wake(&self, ctx: &Context) {
        if self.listing.is_some() || self.saving.is_some() || self.preview.is_busy() {
            ctx.request_repaint_after(errand::LOOK);
        }
    }

    /// Writes the menus' setup and this view as a scene, into a file named after its title. It replaces a scene of that
    /// title and no other file.
    pub fn save(&mut self, session: &Session, view: SceneView) {
        let title = self.title.trim().to_owned();
        let scene = Scene {
            description: self.description.trim().to_owned(),
            frames: None,
            setup: session.draft.clone(),
            view: Some(view),
            title,
        };
        let named = self.home.join(format!("{}.toml", file_name(&scene.title)));
        let folder = self.home.clone();
        self.saved = None;
        self.saving = Errand::run("save a scene", move || {
            fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
            let is_free = |path: &Path| path.symlink_metadata().is_err();
            let is_same = |path: &Path| Scene::read(path).is_ok_and(|other| other.title == scene.title);
            // Titles that differ in signs alone have one name.
            let path = free_path_where(&named, |path| is_free(path) || is_same(path));
            scene.write(&path).map_err(|error| error.to_string())?;
            Ok(path)
        });
    }
}

/// A title as the name of a file.
fn file_name(title: &str) -> String {
    let letter = |letter: char| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let name: String = title.chars().map(letter).collect();
    let words: Vec<_> = name.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "scene".into() } else { words.join("-") }
}

/// The scenes in a folder, by name.
fn scenes_in(folder: &Path) -> Vec<OwnScene> {
    let files = entries(folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let read = |path: PathBuf| {
        let scene = Scene::read(&path).map_err(|error| error.to_string());
        (path, scene)
    };
    files.map(read).collect()
}
