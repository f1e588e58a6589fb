//! The progress of a frame, and the request to break it off.

use super::EvolutionError;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

/// Shared by those who compute a frame, who report to it and ask it whether to continue, and those who wait for the
/// frame.
#[derive(Clone)]
pub struct Watch(Arc<Shared>);

struct Shared {
    /// The number of the evolution that is advanced, plus 1; 0 while none is.
    evolution: AtomicUsize,
    /// Bits of the share of its frame that is done, an f32.
    share: AtomicU32,
    stop: Box<dyn Fn() -> bool + Send + Sync>,
}

/// The evolution that is being advanced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// 0 for the first evolution of those advanced in turn.
    pub evolution: usize,
    /// The part of its frame that is done, from 0 to 1. Evolutions whose frame is a single step tell nothing in
    /// between.
    pub share: f32,
}

impl Watch {
    /// A frame is broken off soon after `stop` says so. It is asked often and is to answer at once.
    pub fn new(stop: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let shared = Shared { evolution: AtomicUsize::new(0), share: AtomicU32::new(0), stop: Box::new(stop) };
        Self(Arc::new(shared))
    }

    /// A frame of an evolution begins.
    pub fn begin(&self, evolution: usize) {
        self.0.share.store(0.0_f32.to_bits(), Ordering::Relaxed);
        self.0.evolution.store(evolution + 1, Ordering::Relaxed);
    }

    /// No evolution is being advanced any more.
    pub fn end(&self) {
        self.0.evolution.store(0, Ordering::Relaxed);
    }

    /// Reports that `done` of `total` parts of the frame are done.
    ///
    /// # Errors
    /// [`EvolutionError::Interrupted`] when there are more, but the frame is not wanted any longer.
    pub fn report(&self, done: usize, total: usize) -> Result<(), EvolutionError> {
        self.reached(done as f32 / total as f32)
    }

    /// As [`Watch::report`], with the share itself.
    ///
    /// # Errors
    /// As [`Watch::report`].
    pub fn reached(&self, share: f32) -> Result<(), EvolutionError> {
        self.0.share.store(share.to_bits(), Ordering::Relaxed);
        if share < 1.0 && self.stops() { Err(EvolutionError::Interrupted) } else { Ok(()) }
    }

    /// Whether the frame is not wanted any longer.
    pub fn stops(&self) -> bool {
        (self.0.stop)()
    }

    /// What is being advanced at the moment.
    pub fn progress(&self) -> Option<Progress> {
        let evolution = self.0.evolution.load(Ordering::Relaxed).checked_sub(1)?;
        Some(Progress { evolution, share: f32::from_bits(self.0.share.load(Ordering::Relaxed)) })
    }
}

impl Default for Watch {
    /// Never breaks a frame off.
    fn default() -> Self {
        Self::new(|| false)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.progress()).finish()
    }
}
