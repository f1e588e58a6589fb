//! Ctrl-C, or the system that asks the program to end, asks the work at hand to end after the present frame; a second
//! request ends the program at once.

#[cfg(unix)]
use std::io;
use std::{
    process,
    sync::{Once, OnceLock},
    time::{Duration, Instant},
};

/// When the first request came.
static REQUESTED: OnceLock<Instant> = OnceLock::new();
static LISTEN: Once = Once::new();

/// Exit code of a program that the user interrupted, by the shell's convention.
const BROKEN_OFF: i32 = 130;

/// Signals that come as close together as this are one request: systemd ends a session with SIGTERM and SIGHUP, and
/// a terminal that closes may send SIGHUP as well as its shell.
const ONE_REQUEST: Duration = Duration::from_millis(300);

/// How long work may take to end in good order.
const GRACE: Duration = Duration::from_millis(700);

/// Begins to listen. Where the system offers no signals, Ctrl-C keeps its usual meaning.
pub fn listen() {
    listen_and(|| {});
}

/// Begins to listen, for work that sleeps: `wake` is called, on a thread of its own, when it is to stop.
pub fn listen_and(wake: impl Fn() + Send + 'static) {
    LISTEN.call_once(|| {
        let handler = move || {
            if REQUESTED.set(Instant::now()).is_ok() {
                wake();
            } else if REQUESTED.get().is_some_and(|first| first.elapsed() > ONE_REQUEST) {
                process::exit(BROKEN_OFF);
            }
        };
        if let Err(error) = set_handler(handler) {
            tracing::warn!("Ctrl-C will lose unfinished work: {error}");
        }
    });
}

/// Whether the user asked to stop since [`listen`].
pub fn requested() -> bool {
    REQUESTED.get().is_some()
}

/// Whether the user has waited for a while since then: what can be done later is left.
pub fn overdue() -> bool {
    REQUESTED.get().is_some_and(|first| first.elapsed() > GRACE)
}

/// A file that outgrows what the user may write is an error like a full disk, instead of the end of the program.
#[cfg(unix)]
pub fn outlive_full_files() {
    // SAFETY: no code is set, but SIG_IGN.
    if unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) } == libc::SIG_ERR {
        tracing::debug!("SIGXFSZ ends the program: {}", io::Error::last_os_error());
    }
}

/// No such signal is known.
#[cfg(not(unix))]
pub fn outlive_full_files() {}

/// Calls `handler` at each request. A program that was started by nohup outlives its terminal.
#[cfg(unix)]
fn set_handler(handler: impl Fn() + Send + 'static) -> Result<(), ctrlc::Error> {
    let on_hangup = |reaction| {
        // SAFETY: no code is set, but SIG_IGN or what was there when the program began: that or SIG_DFL.
        let earlier = unsafe { libc::signal(libc::SIGHUP, reaction) };
        if earlier == libc::SIG_ERR { Err(ctrlc::Error::System(io::Error::last_os_error())) } else { Ok(earlier) }
    };
    let earlier = on_hangup(libc::SIG_IGN)?;
    let set = ctrlc::set_handler(handler);
    if set.is_err() || earlier == libc::SIG_IGN {
        on_hangup(earlier)?;
    }
    set
}

#[cfg(not(unix))]
fn set_handler(handler: impl Fn() + Send + 'static) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(handler)
}
