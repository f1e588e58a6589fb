//! How often the window shows what the simulation publishes.
//!
//! A software driver draws on the cores that compute. The window would draw all the time while a run plays, and the run
//! would hardly move. So it rests after each frame for as long as showing it took, but not for so long that one waits
//! for it.

use bevy::prelude::Resource;
use parking_lot::Mutex;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Longest rest.
const LONGEST: Duration = Duration::from_millis(200);

/// When the next frame is shown. Clones share it.
#[derive(Clone, Resource)]
pub struct Pace {
    /// Whether drawing and computing share the cores.
    shared: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy)]
enum State {
    /// The next frame is shown at once.
    Ready,
    /// A frame is being shown since this time.
    Showing(Instant),
    /// Computation has its turn until this time.
    Resting(Instant),
}

impl Pace {
    /// Without rests unless drawing and computing share the cores.
    pub fn new(shared: bool) -> Self {
        Self { shared, state: Arc::new(Mutex::new(State::Ready)) }
    }

    /// Whether a new frame is shown at once. If not, the window looks for one by itself when its rest ends.
    pub fn is_ready(&self, now: Instant) -> bool {
        match *self.state.lock() {
            State::Ready => true,
            State::Showing(_) => false,
            State::Resting(end) => end <= now,
        }
    }

    /// A new frame is to be shown.
    pub fn begin(&self, now: Instant) {
        if self.shared {
            *self.state.lock() = State::Showing(now);
        }
    }

    /// Call at the end of each update; `shown` says whether all views show the frame. Gives the rest that remains.
    pub fn end(&self, shown: bool, now: Instant) -> Option<Duration> {
        let mut state = self.state.lock();
        if let State::Showing(start) = *state
            && shown
        {
            *state = State::Resting(now + (now - start).min(LONGEST));
        }
        match *state {
            State::Resting(end) if end > now => Some(end - now),
            _ => None,
        }
    }
}
