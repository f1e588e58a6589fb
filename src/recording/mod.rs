//! Frames and states of a run: in memory within a budget, and on disk.
//!
//! - [`Row`], [`table`]: the figures of one frame, and a table of them as `.csv`;
//! - [`Recording`]: what is kept in memory, for every thread to look at while the run goes on;
//! - [`RecordingWriter`], [`RecordingReader`]: a recording on disk, whole up to its last complete frame whenever it is opened.

mod folder;
mod memory;
mod row;
mod state_file;
pub mod table;

pub use folder::{Layout, METRICS, REFERENCE, RUN, RecordingReader, RecordingWriter, fields_path};
pub use memory::{Frame, Recording};
pub use row::{Entry, Row, Standing};
