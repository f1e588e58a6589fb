//! Background tasks: slow questions, such as what a folder holds, answered on a thread of their own.

use crate::threads::{self, Priority, Stop};
use crossbeam_channel::{Receiver, TryRecvError, bounded};
use std::time::Duration;

/// How often the window checks for an answer.
pub const LOOK: Duration = Duration::from_millis(100);

/// How often the window looks how far long work is. Each look may draw the window, which on a software driver takes
/// from that work.
pub const WATCH: Duration = Duration::from_millis(500);

/// A task under way.
pub struct Errand<T>(Receiver<T>);

impl<T: Send + 'static> Errand<T> {
    /// Starts a task; `None` if the system gives no thread, which is logged.
    pub fn run(name: &str, ask: impl FnOnce() -> T + Send + 'static) -> Option<Self> {
        let (answer, answers) = bounded(1);
        let work = move |_: &Stop| {
            // Nobody may be waiting any more.
            answer.send(ask()).ok();
        };
        let on_panic = {
            let name = name.to_owned();
            move |reason: String| tracing::warn!("{name}: {reason}")
        };
        match threads::spawn(name, Priority::Background, work, on_panic) {
            Ok(worker) => {
                // A disk may be slow: the thread ends by itself.
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

/// The answer of a task, once it is there. The task is then removed, as it is when it failed.
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
