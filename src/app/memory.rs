//! What the window remembers from one time to the next: tiles, look, size and the files opened last.

use super::{
    session::Session,
    tiles::Layout,
    views::{Look, Views},
};
use crate::{
    formats::{path_text, read_text, write_text},
    settings::view::SCALE,
};
use bevy::{
    prelude::*,
    window::{Monitor, PrimaryMonitor, PrimaryWindow, WindowMode},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Size of a window that was never resized, in points.
const USUAL: [f32; 2] = [1440.0, 900.0];

/// Least size, in points.
pub const LEAST: [f32; 2] = [1024.0, 640.0];

/// Greatest size, in points: hardly a device draws a larger picture.
const MOST: f32 = 16384.0;

/// All that is remembered. Entries that a file lacks, or that make no sense, are as at the first start.
#[derive(Resource, Default)]
pub struct Memory {
    layout: Option<Layout>,
    look: Look,
    appearance: Appearance,
    size: Option<[f32; 2]>,
    /// As [`path_text`] writes them.
    recent: Vec<String>,
}

/// How the whole window looks.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Appearance {
    /// Light, for bright rooms.
    pub light: bool,
    /// Size of everything but the pictures.
    pub scale: f32,
}

impl Default for Appearance {
    fn default() -> Self {
        Self { light: false, scale: 1.0 }
    }
}

/// Where it is kept: in the system's folder for settings.
fn file() -> Option<PathBuf> {
    Some(dirs::config_dir()?.join("spinodal").join("window.json"))
}

impl Memory {
    /// Reads what was remembered.
    pub fn read() -> Self {
        let Some(path) = file() else { return Self::default() };
        let text = match read_text(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::default(),
            other => other.map_err(|error| error.to_string()),
        };
        text.and_then(|text| Self::of_text(&text)).unwrap_or_else(|error| {
            tracing::warn!("cannot read the layout in {}, so the default one is used: {error}", path.display());
            Self::default()
        })
    }

    /// What a file says.
    ///
    /// # Errors
    /// When it is no list of entries.
    pub fn of_text(text: &str) -> Result<Self, String> {
        let mut entries = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let is_size = |size: &[f32; 2]| size.iter().all(|side| (1.0..=MOST).contains(side));
        let is_appearance = |appearance: &Appearance| SCALE.check(appearance.scale).is_ok();
        Ok(Self {
            layout: entry(&mut entries, "layout", Layout::sound),
            look: entry(&mut entries, "look", |look| Some(look).filter(Look::is_sound)).unwrap_or_default(),
            appearance: entry(&mut entries, "appearance", |it| Some(it).filter(is_appearance)).unwrap_or_default(),
            size: entry(&mut entries, "size", |size| Some(size).filter(is_size)),
            recent: entry(&mut entries, "recent", Some).unwrap_or_default(),
        })
    }

    /// Whether the program was never started before.
    pub fn is_first(&self) -> bool {
        self.layout.is_none()
    }

    /// Width and height of the window, in points.
    pub fn size(&self) -> [f32; 2] {
        let size = self.size.unwrap_or(USUAL);
        [0, 1].map(|side| size[side].max(LEAST[side]))
    }

    /// The tiles, taken out.
    pub fn layout(&mut self) -> Layout {
        self.layout.take().unwrap_or_default()
    }

    /// How the whole window looks.
    pub fn appearance(&self) -> Appearance {
        self.appearance
    }

    /// How fields are drawn.
    pub fn look(&self) -> Look {
        self.look
    }

    /// The files opened last, the latest first.
    pub fn recent(&self) -> Vec<PathBuf> {
        self.recent.iter().map(|text| path_text::of_text(text)).collect()
    }
}

/// An entry of a file, if it is there and `sound` lets it pass.
fn entry<T: DeserializeOwned>(
    entries: &mut Map<String, Value>,
    name: &str,
    sound: impl FnOnce(T) -> Option<T>,
) -> Option<T> {
    let value = entries.remove(name).filter(|value| !value.is_null())?;
    let read = serde_json::from_value(value).map_err(|error| error.to_string());
    let read = read.and_then(|value| sound(value).ok_or("it makes no sense".to_owned()));
    let unreadable = |error| tracing::warn!("cannot read the {name} of the window, so the default is used: {error}");
    read.map_err(unreadable).ok()
}

/// Saves what is remembered when the program ends.
pub fn remember(
    mut exits: MessageReader<AppExit>,
    memory: Res<Memory>,
    layout: Res<Layout>,
    views: Res<Views>,
    session: Res<Session>,
    appearance: Res<Appearance>,
    window: Query<&Window, With<PrimaryWindow>>,
) {
    if exits.read().count() == 0 {
        return;
    }
    #[derive(Serialize)]
    struct Written<'a> {
        layout: &'a Layout,
        look: Look,
        appearance: Appearance,
        size: Option<[f32; 2]>,
        recent: Vec<String>,
    }
    let size = window.single().ok().filter(|window| window.mode == WindowMode::Windowed);
    let size = size.map(|window| [window.width(), window.height()]).or(memory.size);
    let recent = session.recent().iter().map(|path| path_text::to_text(path)).collect();
    let written = Written { layout: &layout, look: views.look, appearance: *appearance, size, recent };
    if let Err(error) = write(&written) {
        tracing::warn!("cannot save the layout of the window: {error}");
    }
}

fn write(written: &impl Serialize) -> Result<(), String> {
    let path = file().ok_or("this system has no folder for settings")?;
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let text = serde_json::to_string(written).map_err(|error| error.to_string())?;
    write_text(&path, &text).map_err(|error| error.to_string())
}

/// Makes a window fit the screen that it is to open on.
pub fn fit(monitors: Query<(&Monitor, Has<PrimaryMonitor>)>, mut window: Single<&mut Window, With<PrimaryWindow>>) {
    let primary = monitors.iter().find(|(_, primary)| *primary).or_else(|| monitors.iter().next());
    let Some((monitor, _)) = primary else { return };
    let scale = monitor.scale_factor as f32;
    let room = [monitor.physical_width as f32 / scale, monitor.physical_height as f32 / scale];
    let size = [window.width().min(room[0]), window.height().min(room[1])];
    if size != [window.width(), window.height()] {
        window.resolution.set(size[0], size[1]);
    }
}
