//! Plots on their way into files: the system's dialog gives the name, and a thread of its own writes.

use super::export::Export;
use crate::{
    app::{panels::dialogs::Dialogs, session::Session},
    formats::free_path,
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// A dialog that ended sooner was not closed by a person: the system has none.
const HASTE: Duration = Duration::from_millis(400);

/// Exports that were asked for, and their outcomes.
pub struct Files {
    pending: Vec<Export>,
    outcome: Sender<Outcome>,
    outcomes: Receiver<Outcome>,
    /// The file written last.
    pub latest: Option<PathBuf>,
}

/// The outcome of an export.
struct Outcome {
    written: Result<PathBuf, String>,
    /// Whether nobody was asked for the name.
    unasked: bool,
}

impl Default for Files {
    fn default() -> Self {
        let (outcome, outcomes) = unbounded();
        Self { pending: Vec::new(), outcome, outcomes, latest: None }
    }
}

impl Files {
    /// Asks for a plot to be saved.
    pub fn ask(&mut self, export: Export) {
        self.pending.push(export);
    }

    /// Exports that still wait for their dialog.
    pub fn pending(&self) -> &[Export] {
        &self.pending
    }

    /// Opens a dialog for each export, and reports the outcomes of earlier ones.
    pub fn hand_over(&mut self, dialogs: &Dialogs, session: &mut Session) {
        for export in self.pending.drain(..) {
            let (asked, outcome) = (Instant::now(), self.outcome.clone());
            dialogs.save(&export.name(), export.format.extension(), move |path| {
                let unasked = path.is_none() && asked.elapsed() < HASTE;
                let Some(path) = path.or_else(|| unasked.then(|| free_path(Path::new(&export.name())))) else { return };
                let written = export.write(&path).map(|()| path).map_err(|error| error.to_string());
                // The window may have closed meanwhile.
                outcome.send(Outcome { written, unasked }).ok();
            });
        }
        for Outcome { written, unasked } in self.outcomes.try_iter() {
            match written {
                Ok(path) => {
                    let path = path.canonicalize().unwrap_or(path);
                    if unasked {
                        let place = path.display();
                        session
                            .messages
                            .remark(format!("this desktop has no file dialog: the plot was saved as {place}"));
                    }
                    self.latest = Some(path);
                }
                Err(reason) => session.messages.push(format!("Could not save the plot: {reason}.")),
            }
        }
    }
}
