//! What the window remembers from one time to the next: tiles, look, size and the files opened last.

use super::{
    session::{RECENT, Session},
    tiles::Layout,
    views::{Look, Views},
};
use crate::{
    formats::{path_text, read_text, set_aside, write_text},
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
    /// Whether the file says something that is not understood, as one of a later version may.
    is_foreign: bool,
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
        file().map(|path| Self::of_file(&path)).unwrap_or_default()
    }

    /// Reads a file; as at the first start where it is missing or cannot be read.
    pub fn of_file(path: &Path) -> Self {
        let text = match read_text(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::default(),
            other => other.map_err(|error| error.to_string()),
        };
        text.and_then(|text| Self::of_text(&text)).unwrap_or_else(|error| {
            tracing::warn!("cannot read the layout in {}, so the default one is used: {error}", path.display());
            Self { is_foreign: true, ..Self::default() }
        })
    }

    /// What a file says.
    ///
    /// # Errors
    /// When it is no list of entries.
    pub fn of_text(text: &str) -> Result<Self, String> {
        let entries = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut entries = Entries { entries, is_foreign: false };
        let is_size = |size: &[f32; 2]| size.iter().all(|side| (1.0..=MOST).contains(side));
        let is_appearance = |appearance: &Appearance| SCALE.check(appearance.scale).is_ok();
        Ok(Self {
            layout: entries.take("layout", Layout::sound),
            look: entries.take("look", |look| Some(look).filter(Look::is_sound)).unwrap_or_default(),
            appearance: entries.take("appearance", |it| Some(it).filter(is_appearance)).unwrap_or_default(),
            size: entries.take("size", |size| Some(size).filter(is_size)),
            recent: entries.take("recent", Some).unwrap_or_default(),
            is_foreign: entries.is_foreign || !entries.entries.is_empty(),
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

/// The entries of a file that have not been read yet.
struct Entries {
    entries: Map<String, Value>,
    /// Whether one of those before was not understood.
    is_foreign: bool,
}

impl Entries {
    /// An entry, if it is there and `sound` lets it pass.
    fn take<T: DeserializeOwned>(&mut self, name: &str, sound: impl FnOnce(T) -> Option<T>) -> Option<T> {
        let value = self.entries.remove(name).filter(|value| !value.is_null())?;
        let read = serde_json::from_value(value).map_err(|error| error.to_string());
        let read = read.and_then(|value| sound(value).ok_or("it makes no sense".to_owned()));
        let unreadable = |error| {
            tracing::warn!("cannot read the {name} of the window, so the default is used: {error}");
            self.is_foreign = true;
        };
        read.map_err(unreadable).ok()
    }
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
    let size = window.single().ok().filter(|window| window.mode == WindowMode::Windowed);
    let size = size.map(|window| [window.width(), window.height()]).or(memory.size);
    let recent = session.recent().iter().map(|path| path_text::to_text(path)).collect();
    let written = Written { layout: &layout, look: views.look, appearance: *appearance, size, recent };
    let place = file().ok_or("this system has no folder for settings".to_owned());
    if let Err(error) = place.and_then(|path| written.save(&path, &memory)) {
        tracing::warn!("cannot save the layout of the window: {error}");
    }
}

/// What is written for the next time.
#[derive(Serialize)]
pub struct Written<'a> {
    /// The tiles.
    pub layout: &'a Layout,
    /// How fields are drawn.
    pub look: Look,
    /// How the whole window looks.
    pub appearance: Appearance,
    /// Width and height of the window, in points.
    pub size: Option<[f32; 2]>,
    /// The files opened last, as [`path_text`] writes them.
    pub recent: Vec<String>,
}

impl Written<'_> {
    /// Writes it into a file, from which `before` was read at the start. Files that other windows have opened since stay
    /// among those opened last, and a file that is not understood is kept under another name.
    ///
    /// # Errors
    /// When the file cannot be renamed or written.
    pub fn save(mut self, path: &Path, before: &Memory) -> Result<(), String> {
        let folder = path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let present = Memory::of_file(path);
        if present.is_foreign {
            set_aside(path).map_err(|error| error.to_string())?;
        }
        self.recent = merged(&self.recent, &before.recent, &present.recent);
        let text = serde_json::to_string(&self).map_err(|error| error.to_string())?;
        write_text(path, &text).map_err(|error| error.to_string())
    }
}

/// The files opened last in this window and in others: those that this one has opened since it read `before`, then those
/// that are listed now.
fn merged(own: &[String], before: &[String], present: &[String]) -> Vec<String> {
    // Each file that is opened goes to the front; the others keep their order.
    let is_old = |opened: &[String], rest: &[String]| {
        rest.iter().eq(before.iter().filter(|path| !opened.contains(path)).take(rest.len()))
    };
    let opened = (0..=own.len()).find(|&count| is_old(&own[..count], &own[count..])).unwrap_or(own.len());
    let (opened, rest) = own.split_at(opened);
    let mut merged: Vec<String> = Vec::new();
    for path in opened.iter().chain(present).chain(rest) {
        if !merged.contains(path) {
            merged.push(path.clone());
        }
    }
    merged.truncate(RECENT);
    merged
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
