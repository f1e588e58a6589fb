//! Closes the window from outside, as when the terminal or the system asks the program to end, and finishes what is
//! being written whoever closes it.

use super::wake::Waker;
use crate::app::outputs::Outputs;
use bevy::prelude::*;
use bevy_egui::egui::Context;
use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Longest time from the request to the end. A large simulation would take longer to finish its present frame, which is
/// dropped.
const GRACE: Duration = Duration::from_millis(1500);

/// Longest time that an output is waited for, less than [`GRACE`].
const LAST: Duration = Duration::from_secs(1);

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

/// Finishes the output that is being written once the program ends.
pub fn finish_at_exit(mut exits: MessageReader<AppExit>, mut outputs: ResMut<Outputs>) {
    if exits.read().count() > 0 {
        finish_output(&mut outputs);
    }
}

/// Stops the output that is being written, and waits a moment for what is done of it to get its name.
pub fn finish_output(outputs: &mut Outputs) {
    const LOOK: Duration = Duration::from_millis(10);
    outputs.stop();
    let begun = Instant::now();
    while outputs.under_way().is_some() && begun.elapsed() < LAST {
        thread::sleep(LOOK);
        // Nothing is drawn any more.
        if let Some(failure) = outputs.refresh(&Context::default()) {
            tracing::warn!("{failure}");
        }
    }
    if let Some(path) = outputs.under_way() {
        tracing::warn!("{} is not written: it would have taken longer", path.display());
    }
}
