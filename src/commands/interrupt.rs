//! Ctrl-C, or the system that asks the program to end, asks the work at hand to end after the present frame; a second
//! one ends the program at once.

use std::{
    process,
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
};

static REQUESTED: AtomicBool = AtomicBool::new(false);
static LISTEN: Once = Once::new();

/// Exit code of a program that the user interrupted, by the shell's convention.
const BROKEN_OFF: i32 = 130;

/// Begins to listen. Where the system offers no signals, Ctrl-C keeps its usual meaning.
pub fn listen() {
    listen_and(|| {});
}

/// Begins to listen, for work that sleeps: `wake` is called, on a thread of its own, when it is to stop.
pub fn listen_and(wake: impl Fn() + Send + 'static) {
    LISTEN.call_once(|| {
        let handler = move || {
            if REQUESTED.swap(true, Ordering::Relaxed) {
                process::exit(BROKEN_OFF);
            }
            wake();
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            tracing::warn!("Ctrl-C will lose unfinished work: {error}");
        }
    });
}

/// Whether the user asked to stop since [`listen`].
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
