//! The models that were opened, remembered from one start of the program to the next.

use crate::{
    app::errand::{Errand, answer},
    formats::{path_text, read_text, set_aside, write_text},
    network::ModelSource,
};
use std::{
    fs, io, mem,
    path::{Path, PathBuf, absolute},
};

/// Most that are remembered; the oldest is dropped.
const MOST: usize = 20;

/// Paths of models, the latest first, and the file in which they are kept.
pub struct Opened {
    file: PathBuf,
    paths: Vec<PathBuf>,
    reading: Option<Errand<Vec<PathBuf>>>,
    writing: Option<Errand<Vec<PathBuf>>>,
    /// Those that are still to be written, the latest first.
    fresh: Vec<PathBuf>,
}

impl Opened {
    /// Those that `file` lists, one path per line, once it has been read.
    pub fn of(file: PathBuf) -> Self {
        let from = file.clone();
        let reading = Errand::run("models opened before", move || read(&from).unwrap_or_default());
        Self { file, paths: Vec::new(), reading, writing: None, fresh: Vec::new() }
    }

    /// Whether the file is still being read.
    pub fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// The latest first.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Receives what was read, and writes what is new, one write at a time, so that the latest wins.
    pub fn refresh(&mut self) {
        if let Some(read) = answer(&mut self.reading) {
            self.paths.extend(read);
            shorten(&mut self.paths);
        }
        if let Some(listed) = answer(&mut self.writing) {
            self.paths = self.fresh.iter().cloned().chain(listed).collect();
            shorten(&mut self.paths);
        }
        if !self.fresh.is_empty() && self.writing.is_none() && !self.is_reading() {
            let (file, fresh, known) = (self.file.clone(), mem::take(&mut self.fresh), self.paths.clone());
            self.writing = Errand::run("models opened", move || keep(&file, fresh, known));
        }
    }

    /// Remembers a model, if it is a file and not known yet.
    pub fn remember(&mut self, source: &ModelSource) {
        // Valid wherever the program is started next.
        let path = source.path().and_then(|path| absolute(path).ok());
        if let Some(path) = path.filter(|path| !self.paths.contains(path)) {
            self.paths.insert(0, path.clone());
            shorten(&mut self.paths);
            self.fresh.insert(0, path);
        }
    }
}

/// Keeps the first mention of each, and no more than [`MOST`].
fn shorten(paths: &mut Vec<PathBuf>) {
    let mut seen = Vec::new();
    paths.retain(|path| {
        let new = !seen.contains(path);
        seen.push(path.clone());
        new
    });
    paths.truncate(MOST);
}

/// Those that a file lists; `None` if it cannot be read.
fn read(file: &Path) -> Option<Vec<PathBuf>> {
    match read_text(file) {
        Ok(text) => Some(text.lines().map(path_text::of_text).collect()),
        // There is none before the first model was opened.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Vec::new()),
        Err(_) => None,
    }
}

/// Puts the `fresh` ones before those that the file lists, which another window may have changed since it was read, and
/// those that are `known` behind. Gives all of them.
fn keep(file: &Path, fresh: Vec<PathBuf>, known: Vec<PathBuf>) -> Vec<PathBuf> {
    let listed = read(file);
    let is_foreign = listed.is_none();
    let mut paths: Vec<_> = fresh.into_iter().chain(listed.unwrap_or_default()).chain(known).collect();
    shorten(&mut paths);
    if let Err(reason) = write(file, &paths, is_foreign) {
        tracing::warn!("the models opened are not remembered: {reason}");
    }
    paths
}

fn write(file: &Path, paths: &[PathBuf], is_foreign: bool) -> Result<(), String> {
    file.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| error.to_string())?;
    if is_foreign {
        set_aside(file).map_err(|error| error.to_string())?;
    }
    let text: String = paths.iter().map(|path| path_text::to_text(path) + "\n").collect();
    write_text(file, &text).map_err(|error| error.to_string())
}
