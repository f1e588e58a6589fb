//! Where the threads of a stepper wait for each other.

use std::{
    hint,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

/// How often a waiting thread looks before it offers its core to others: some ten microseconds.
const PATIENCE: usize = 1 << 10;

/// A barrier for threads that meet every few microseconds. Nobody sleeps there: to be woken takes tens of
/// microseconds, as long as many a step. But a thread that has waited long yields at each look, so that on a busy
/// processor the threads that it waits for make progress.
#[derive(Debug, Default)]
pub struct Barrier {
    /// How many threads meet here; 0 until that is known.
    parties: AtomicUsize,
    arrived: AtomicUsize,
    /// How often all have met.
    meetings: AtomicUsize,
    /// Whether a thread has panicked and will not come.
    broken: AtomicBool,
}

impl Barrier {
    /// Says how many threads meet here.
    pub fn open(&self, parties: usize) {
        self.parties.store(parties, Ordering::Release);
    }

    /// Waits for [`Barrier::open`]: how many threads meet here.
    pub fn parties(&self) -> usize {
        let parties = || self.parties.load(Ordering::Acquire);
        self.wait_until(|| parties() > 0);
        parties()
    }

    /// Waits until all threads have come as often as the caller. What each wrote before, all see after.
    pub fn wait(&self) {
        // Read before the arrival is told: nobody can meet again without this thread.
        let meetings = self.meetings.load(Ordering::Relaxed);
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.parties() {
            self.arrived.store(0, Ordering::Relaxed);
            self.meetings.store(meetings + 1, Ordering::Release);
        } else {
            self.wait_until(|| self.meetings.load(Ordering::Acquire) != meetings);
        }
    }

    fn wait_until(&self, condition: impl Fn() -> bool) {
        let mut looks = 0;
        while !condition() {
            assert!(!self.broken.load(Ordering::Relaxed), "another thread of the solver has panicked");
            looks += 1;
            if looks < PATIENCE { hint::spin_loop() } else { thread::yield_now() }
        }
    }
}

/// A thread that others wait for at a barrier: if it panics, they do too, instead of waiting forever.
pub struct Party<'a>(pub &'a Barrier);

impl Drop for Party<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.broken.store(true, Ordering::Relaxed);
        }
    }
}
