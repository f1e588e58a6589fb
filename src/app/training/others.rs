//! Curves of other runs, shown beside those of the present one.

use crate::{
    app::errand::{Errand, answer},
    training::{events::Curves, folder::RunFolder},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The runs that were chosen.
#[derive(Default)]
pub struct OtherRuns {
    curves: BTreeMap<PathBuf, Curves>,
    reading: Option<Errand<(PathBuf, Result<Curves, String>)>>,
}

impl OtherRuns {
    /// Their curves, by their folders.
    pub fn curves(&self) -> &BTreeMap<PathBuf, Curves> {
        &self.curves
    }

    /// Whether the run in a folder is one of them.
    pub fn contains(&self, folder: &Path) -> bool {
        self.curves.contains_key(folder)
    }

    /// Adds the run in a folder, or removes it.
    pub fn toggle(&mut self, folder: &Path) {
        if self.curves.remove(folder).is_none() {
            let folder = folder.to_owned();
            self.reading = Errand::run("curves", move || {
                let curves = RunFolder::curves(&folder).map_err(|error| error.to_string());
                (folder, curves)
            });
        }
    }

    /// Whether curves are being read.
    pub fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Adds what was read, or says why it could not be.
    pub fn refresh(&mut self) -> Option<String> {
        match answer(&mut self.reading)? {
            (folder, Ok(curves)) => {
                self.curves.insert(folder, curves);
                None
            }
            (_, Err(reason)) => Some(reason),
        }
    }
}
