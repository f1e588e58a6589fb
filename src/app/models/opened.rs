//! The models that were opened, remembered from one start of the program to the next.

use crate::{
    app::errand::{Errand, answer},
    formats::{path_text, read_text, write_text},
    network::ModelSource,
};
use std::{
    fs,
    path::{Path, PathBuf, absolute},
};

/// Most that are remembered; the oldest is dropped.
const MOST: usize = 20;

/// Paths of models, the latest first, and the file in which they are kept.
pub struct Opened {
    file: PathBuf,
    paths: Vec<PathBuf>,
    reading: Option<Errand<Vec<PathBuf>>>,
    writing: Option<Errand<()>>,
    /// Whether there are some that the file does not list.
    unwritten: bool,
}

impl Opened {
    /// Those that `file` lists, one path per line, once it has been read.
    pub fn of(file: PathBuf) -> Self {
        let from = file.clone();
        let reading = Errand::run("models opened before", move || read(&from));
        Self { file, paths: Vec::new(), reading, writing: None, unwritten: false }
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
            self.shorten();
        }
        // Only its end matters.
        answer(&mut self.writing);
        if self.unwritten && self.writing.is_none() && !self.is_reading() {
            self.unwritten = false;
            let (file, text) = (self.file.clone(), written(&self.paths));
            self.writing = Errand::run("models opened", move || keep(&file, &text));
        }
    }

    /// Remembers a model, if it is a file and not known yet.
    pub fn remember(&mut self, source: &ModelSource) {
        // Valid wherever the program is started next.
        let path = source.path().and_then(|path| absolute(path).ok());
        if let Some(path) = path.filter(|path| !self.paths.contains(path)) {
            self.paths.insert(0, path);
            self.shorten();
            self.unwritten = true;
        }
    }

    fn shorten(&mut self) {
        let mut seen = Vec::new();
        self.paths.retain(|path| {
            let new = !seen.contains(path);
            seen.push(path.clone());
            new
        });
        self.paths.truncate(MOST);
    }
}

fn read(file: &Path) -> Vec<PathBuf> {
    // There is none before the first model was opened.
    read_text(file).unwrap_or_default().lines().map(path_text::of_text).collect()
}

fn written(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path_text::to_text(path) + "\n").collect()
}

fn keep(file: &Path, text: &str) {
    let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
    let kept = folder.map_err(|error| error.to_string());
    if let Err(reason) = kept.and_then(|()| write_text(file, text).map_err(|error| error.to_string())) {
        tracing::warn!("the models opened are not remembered: {reason}");
    }
}
