//! Whose turn it is on a busy processor.

/// How far computation stands back: with a fifteenth of the window's claim on a core that both want. Less far, and a
/// window that draws on the processor waits its turn for longer than 50 ms; farther, and other programs that keep all
/// cores busy would let the computation starve.
#[cfg(target_os = "linux")]
const STEP_BACK: i32 = 12;

/// Lets the window's thread go first from now on: the calling thread, and those that it starts, take what is left of
/// the processor. Where the system does not know of threads' priorities, nothing happens.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    // SAFETY: the call takes numbers only; on Linux, 0 means the calling thread and no other.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, STEP_BACK);
    }
}
