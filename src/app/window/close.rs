//! Closes the window from outside, as when the terminal or the system asks the program to end.

use super::wake::Waker;
use bevy::prelude::*;
use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// Longest time from the request to the end. A large simulation would take longer to finish its present frame, which is
/// dropped.
const GRACE: Duration = Duration::from_millis(1500);

/// Closes the window from any thread.
#[derive(Clone, Resource)]
pub struct Closer {
    waker: Waker,
    asked: Arc<AtomicBool>,
}

impl Closer {
    /// Closes the window that `waker` wakes.
    pub fn new(waker: Waker) -> Self {
        Self { waker, asked: Arc::default() }
    }

    /// Asks the window to close, without waiting. The program ends soon after, whatever it is doing.
    pub fn close(&self) {
        self.asked.store(true, Ordering::Relaxed);
        self.waker.wake();
        let deadline = || {
            thread::sleep(GRACE);
            process::exit(0);
        };
        if let Err(error) = thread::Builder::new().name("deadline".into()).spawn(deadline) {
            tracing::warn!("the program ends once its present frame is done: {error}");
        }
    }
}

/// Ends the program once that was asked for.
pub fn close_when_asked(closer: Res<Closer>, mut exit: MessageWriter<AppExit>) {
    if closer.asked.load(Ordering::Relaxed) {
        exit.write(AppExit::Success);
    }
}
