//! Opening files and folders.

use super::Session;
use crate::{comparison::Command, formats::field::FieldFormat, initial::Initial, network::ModelSource, recording::RUN};
use std::path::{Path, PathBuf};

/// Most files that are remembered.
pub const RECENT: usize = 10;

impl Session {
    /// The files opened last, the latest first.
    pub fn recent(&self) -> &[PathBuf] {
        &self.recent
    }

    /// Restores the list of files opened last time.
    pub fn remember(&mut self, recent: Vec<PathBuf>) {
        self.recent = recent;
    }

    fn push_recent(&mut self, path: &Path) {
        self.recent.retain(|present| present != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }

    /// Opens a file by its extension: a network, a field to start from, a scene, or a mesh, which waits to be placed;
    /// or the folder of a recording.
    pub fn open(&mut self, path: &Path) {
        self.push_recent(path);
        if path.is_dir() && path.join(RUN).is_file() {
            return self.open_recording(path.to_owned());
        }
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("safetensors" | "pt") => self.set_model(ModelSource::File(path.to_owned())),
            _ if FieldFormat::of(path).is_some() => {
                // These options were chosen for another file.
                (self.draft.options.concentration, self.draft.options.crop) = (false, None);
                self.draft.options.resample = false;
                self.start_from(Initial::File(path.to_owned()));
            }
            Some("toml") => self.read_scene(path),
            Some("ply" | "obj" | "stl") => self.to_place = Some(path.to_owned()),
            _ => self.messages.push(format!(
                "Could not open {}: it is not a mesh (.ply, .obj, .stl), a field (.npy, .vti, .tif), a network \
                 (.safetensors, .pt), a scene (.toml) or the folder of a recording.",
                path.display()
            )),
        }
    }

    /// Shows the recording in a folder, paused at its latest frame. Until it is there, the present run goes on.
    fn open_recording(&mut self, folder: PathBuf) {
        (self.failed, self.asked) = (false, None);
        self.simulation.send(Command::Open(folder));
    }

    /// A recording that was opened is paused.
    pub(super) fn pause_recording(&mut self) {
        let is_recorded = self.snapshot.as_ref().is_some_and(|snapshot| snapshot.recording.on_disk() > 0);
        if is_recorded && self.playing {
            self.toggle();
        }
    }
}
