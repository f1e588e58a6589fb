//! A question that takes a while to answer: asked on a thread of its own, so that the window never waits.

use crate::threads::{self, Priority, Stop};
use crossbeam_channel::{Receiver, TryRecvError, bounded};

/// A question under way.
pub struct Errand<T>(Receiver<T>);

impl<T: Send + 'static> Errand<T> {
    /// Asks; `None` where the system gives no thread, which is logged.
    pub fn run(name: &str, ask: impl FnOnce() -> T + Send + 'static) -> Option<Self> {
        let (answer, answers) = bounded(1);
        let work = move |_: &Stop| {
            // Nobody may want to know any more.
            answer.send(ask()).ok();
        };
        let on_panic = {
            let name = name.to_owned();
            move |reason: String| tracing::warn!("{name}: {reason}")
        };
        match threads::spawn(name, Priority::Background, work, on_panic) {
            Ok(worker) => {
                // A disk may be slow, and none is waited for.
                worker.detach();
                Some(Self(answers))
            }
            Err(error) => {
                tracing::warn!("{name}: {error}");
                None
            }
        }
    }
}

/// The answer of an errand, once it is there; the errand is over then, or when it failed.
pub fn answer<T>(errand: &mut Option<Errand<T>>) -> Option<T> {
    match errand.as_ref()?.0.try_recv() {
        Ok(answer) => {
            *errand = None;
            Some(answer)
        }
        Err(TryRecvError::Disconnected) => {
            *errand = None;
            None
        }
        Err(TryRecvError::Empty) => None,
    }
}
