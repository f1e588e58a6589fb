//! Frames and states of a run: in memory within a budget, and on disk.
//!
//! - [`Row`], [`table`]: the figures of one frame, and a table of them as `.csv`;
//! - [`Recording`], [`Saved`]: what is kept in memory, for every thread to look at during the run;
//! - [`History`]: all of that as it is at one moment;
//! - [`RecordingWriter`], [`RecordingReader`]: a recording on disk, whole up to its last complete frame whenever it is
//!   opened.

mod contents;
mod folder;
mod history;
mod memory;
mod reader;
mod row;
mod saved;
mod state_file;
pub mod table;

use crate::evolution::State;

pub use folder::{Layout, METRICS, REFERENCE, RUN, RecordingWriter, STATES, fields_path, frame_of_states};
pub use history::History;
pub use memory::{Frame, Recording};
pub use reader::RecordingReader;
pub use row::{Entry, Row, Standing};
pub use saved::{Saved, SavedCandidate};

/// The states of the reference and of the candidates at one frame, in the order of the setup, as on disk; `None` for a
/// candidate that follows the reference or was stopped.
pub type States = Vec<Option<State>>;
