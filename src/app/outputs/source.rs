//! What outputs are written from.

use crate::{
    app::{session::Session, views::Look},
    comparison::Snapshot,
    recording::{Frame, History},
    view::Camera,
};
use std::sync::Arc;

/// A run as it is at one moment, and how it is seen. What the run does later changes nothing in it.
pub struct Source {
    /// The latest frame.
    pub snapshot: Arc<Snapshot>,
    /// All frames that are kept.
    pub history: History,
    /// The frame shown.
    pub frame: Arc<Frame>,
    /// The candidate that the reference is compared with.
    pub shown: Option<usize>,
    /// Where it is seen from.
    pub camera: Camera,
    /// How it is drawn.
    pub look: Look,
    /// What computes the run, in words.
    pub engine: &'static str,
}

impl Source {
    /// The run of a session as it is now; `None` before the first run.
    pub fn of(session: &Session, camera: Camera, look: Look) -> Option<Self> {
        let (snapshot, frame) = (session.snapshot.clone()?, session.frame()?);
        let history = snapshot.history();
        Some(Self { snapshot, history, frame, shown: session.shown(), camera, look, engine: session.engine(true) })
    }
}
