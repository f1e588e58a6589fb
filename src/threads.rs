//! How every worker starts and ends, and who goes first on a busy processor.
//!
//! [`spawn`] starts a worker: a named thread that can be asked to stop and whose panic becomes a message. Its
//! [`Worker`] ends it: dropped, or by [`Worker::detach`].
//!
//! # Who goes first
//!
//! The window's thread does. All that computes stands behind it, in one rank: simulation, training, painter, the
//! threads of a software driver, and those of rayon's global pool, see [`start_pool`]. Within that rank there are no
//! favourites:
//!
//! - simulation and training have the same claim on the cores, so the system shares these out evenly when both want
//!   them;
//! - both split their work on the one pool, which takes parallel calls in the order in which they come and finishes one
//!   before the next: a step of the solver and an operation on tensors take turns, and never are there more threads at
//!   work than cores.
//!
//! On the command line there is no window to give way to, so nothing stands back.

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, select_biased};
use std::{
    any::Any,
    cell::Cell,
    convert::Infallible,
    env, io,
    num::NonZero,
    panic::{self, AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle, ScopedJoinHandle},
    time::Duration,
};

/// Whose turn it is on a busy processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// The window's: that of the thread which starts the worker.
    Window,
    /// Behind the window's; in a program without one, where the pool was started so, the same.
    Background,
}

/// How far computation stands back: with a fifteenth of the window's claim on a core that both want. Less far, and a
/// window that draws on the processor waits longer for its turn. At the lowest priority there is, the simulation makes
/// less than half as many frames while the window is in constant use, and starves beside programs that keep all cores
/// busy.
#[cfg(target_os = "linux")]
const STEP_BACK: i32 = 12;

/// The most threads that compute: some thousands, and the system has no memory maps left for their stacks.
pub const MOST: usize = 1024;

/// Whether there is a window to give way to.
static WINDOW: AtomicBool = AtomicBool::new(true);

impl Priority {
    /// Gives the calling thread this priority, and those that it starts from now on. Where the system does not know of
    /// threads' priorities, nothing happens.
    fn take(self) {
        if self == Self::Background && WINDOW.load(Ordering::Relaxed) {
            #[cfg(target_os = "linux")]
            // SAFETY: the call takes numbers only; on Linux, 0 means the calling thread and no other.
            unsafe {
                libc::setpriority(libc::PRIO_PROCESS, 0, STEP_BACK);
            }
        }
    }
}

/// A worker's side of the request to end.
///
/// No message is ever sent through the channel: dropping its other end is the request, which also ends any wait.
#[derive(Debug, Clone)]
pub struct Stop(Receiver<Infallible>);

impl Stop {
    /// Whether the worker is to end.
    pub fn is_requested(&self) -> bool {
        self.0.try_recv().is_err_and(|error| error.is_disconnected())
    }

    /// Waits for the next message; `None` once the worker is to end, or nobody can send any more.
    pub fn receive<T>(&self, inbox: &Receiver<T>) -> Option<T> {
        select_biased! {
            recv(self.0) -> _ => None,
            recv(inbox) -> message => message.ok(),
        }
    }

    /// As [`Stop::receive`], but no longer than `wait`.
    ///
    /// # Errors
    /// `Timeout` when no message has come, `Disconnected` where [`Stop::receive`] gives `None`.
    pub fn receive_within<T>(&self, inbox: &Receiver<T>, wait: Duration) -> Result<T, RecvTimeoutError> {
        select_biased! {
            recv(self.0) -> _ => Err(RecvTimeoutError::Disconnected),
            recv(inbox) -> message => message.map_err(|_| RecvTimeoutError::Disconnected),
            default(wait) => Err(RecvTimeoutError::Timeout),
        }
    }
}

/// Handle of a worker. Dropping it asks the worker to end, and waits until it has.
///
/// The wait is needed by all that use a device: a driver that is at work when the program ends would fall over, and a
/// training has its last state to write. It is short if the worker looks at its [`Stop`] between pieces of work, and it
/// ends, because a worker never waits for the thread that started it: its channels to that one are unbounded.
#[derive(Debug)]
#[must_use = "dropping it ends the worker"]
pub struct Worker {
    stop: Sender<Infallible>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Asks the worker to end and does not wait for it: for what may hang, such as reading a file from a network that
    /// is gone, and does no harm when the program ends meanwhile.
    pub fn detach(mut self) {
        self.thread = None;
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop = bounded(0).0;
        // A panic of the work has been reported.
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("a thread failed to report its panic");
        }
    }
}

/// Starts `work` on a thread of its own. It is to return soon after its [`Stop`] is requested. If it panics, `on_panic`
/// gets, on that thread, the message of the panic.
///
/// `name` is what the system's tools show; Linux cuts it after 15 bytes.
///
/// # Errors
/// When the system gives no thread.
pub fn spawn(
    name: &str,
    priority: Priority,
    work: impl FnOnce(&Stop) + Send + 'static,
    on_panic: impl FnOnce(String) + Send + 'static,
) -> io::Result<Worker> {
    let (stop, stopped) = bounded(0);
    let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
        priority.take();
        let stop = Stop(stopped);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(&stop))) {
            on_panic(text_of(&*panic));
        }
    })?;
    Ok(Worker { stop, thread: Some(thread) })
}

/// Does `work` on a thread of its own and waits for it, unless `stop` says first that it is not wanted any more: then
/// `None`, and the thread is left to itself. So `work` is to do no harm where the program ends meanwhile.
///
/// # Errors
/// When the system gives no thread, or the work panics.
pub fn unless<T: Send + 'static>(
    stop: &dyn Fn() -> bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Option<T>> {
    const PATIENCE: Duration = Duration::from_millis(50);
    let (sender, answer) = bounded(1);
    let send = move |_: &Stop| {
        // It may be left already.
        sender.send(work()).ok();
    };
    spawn("piece", Priority::Background, send, |panic| tracing::error!("a piece of work failed: {panic}"))?.detach();
    loop {
        match answer.recv_timeout(PATIENCE) {
            Ok(answer) => return Ok(Some(answer)),
            Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("a piece of work failed")),
            Err(RecvTimeoutError::Timeout) if stop() => {
                LEFT.store(true, Ordering::Relaxed);
                return Ok(None);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Whether work was left to itself, see [`unless`].
static LEFT: AtomicBool = AtomicBool::new(false);

/// Ends the program with this exit code if work was left to itself.
pub fn leave_the_rest(code: u8) {
    if LEFT.load(Ordering::Relaxed) {
        leave(code);
    }
}

/// Ends the program with this exit code at once, whatever still works: a driver that does would fall over if it were
/// taken down, as it is at a usual end.
pub fn leave(code: u8) -> ! {
    #[cfg(unix)]
    // SAFETY: it takes a number and does not return. What the standard library would flush is flushed by `say`.
    unsafe {
        libc::_exit(code.into())
    }
    #[cfg(not(unix))]
    std::process::exit(code.into())
}

thread_local! {
    /// Whether this thread is within [`guard`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Does `work` that may panic in a library, for a reason that is handled: the panic's message is given back, and not
/// written to the terminal.
///
/// # Errors
/// The message of the panic.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if GUARDED.get() {
                tracing::debug!("{panic}");
            } else {
                usual(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    outcome.map_err(|panic| text_of(&*panic))
}

/// What a panic said.
fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason was given").to_owned()
}

/// Starts rayon's global pool, and says with `priority` whether the program has a window: to be called once, before
/// anything computes. Otherwise the pool starts with the priority of whoever happens to need it first.
///
/// The pool has a thread per core, or as many as the environment variable `RAYON_NUM_THREADS` says. Where the system
/// gives fewer, it has half of those, so that other workers find some, too.
///
/// # Errors
/// When the system gives no thread at all.
pub fn start_pool(priority: Priority) -> io::Result<()> {
    WINDOW.store(priority == Priority::Background, Ordering::Relaxed);
    let asked = env::var("RAYON_NUM_THREADS").ok().and_then(|count| count.parse().ok()).filter(|count| *count > 0);
    let wanted = asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get)).min(MOST);
    // All threads start before the pool is built: it cannot run with fewer than it was built for.
    let mut crew = Vec::with_capacity(wanted);
    while crew.len() < wanted {
        match recruit(crew.len(), priority) {
            Ok(member) => crew.push(member),
            Err(error) if crew.is_empty() => return Err(error),
            Err(error) => {
                crew.truncate(crew.len().div_ceil(2));
                tracing::warn!("computing on {} of {wanted} threads: {error}", crew.len());
                break;
            }
        }
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(crew.len()).spawn_handler(|duty| {
        let (post, worker) = crew.pop().ok_or(io::ErrorKind::NotFound)?;
        post.send(duty).map_err(|_| io::ErrorKind::NotConnected)?;
        // The pool lives as long as the program.
        worker.detach();
        Ok(())
    });
    if let Err(error) = pool.build_global() {
        tracing::warn!("the pool keeps its threads: {error}");
    }
    Ok(())
}

/// A thread that waits for its duty in the pool, and ends if it gets none.
fn recruit(number: usize, priority: Priority) -> io::Result<(Sender<rayon::ThreadBuilder>, Worker)> {
    let (post, duties) = bounded(1);
    let work = move |_: &Stop| duties.into_iter().for_each(rayon::ThreadBuilder::run);
    let report = |reason| tracing::error!("a thread of the pool ended: {reason}");
    Ok((post, spawn(&format!("pool {number}"), priority, work, report)?))
}

/// Whether the system gives so many threads more, at once.
pub fn can_start(count: usize) -> bool {
    // Nothing is ever sent: they end when this end is dropped.
    let (end, waits) = bounded::<Infallible>(0);
    let start = |_| {
        let waits = waits.clone();
        thread::Builder::new().spawn(move || waits.recv().is_err()).ok()
    };
    let started: Vec<_> = (0..count).map_while(start).collect();
    drop(end);
    let enough = started.len() == count;
    // Until they are joined, they count.
    enough & started.into_iter().all(|thread| thread.join().is_ok())
}

/// Does `work` on `count` threads at once, of which the calling one is the first, or on as many as the system gives.
///
/// # Errors
/// The first error among those of all threads.
pub fn together<E: Send>(name: &str, count: usize, work: impl Fn() -> Result<(), E> + Sync) -> Result<(), E> {
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, &work).ok();
        let others: Vec<_> = (1..count).map_while(start).collect();
        let first = work();
        let join = |other: ScopedJoinHandle<_>| other.join().unwrap_or_else(|panic| resume_unwind(panic));
        others.into_iter().map(join).fold(first, Result::and)
    })
}
