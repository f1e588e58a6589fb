//! Whose turn it is on a busy processor.

/// How far computation stands back: with two fifths of the window's claim on a core that both want. Farther, and a busy
/// machine would let it starve.
#[cfg(target_os = "linux")]
const STEP_BACK: i32 = 4;

/// Lets the window's thread go first from now on: the calling thread, and those that it starts, take what is left of
/// the processor. Where the system does not know of threads' priorities, nothing happens.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    // SAFETY: the call takes numbers only; on Linux, 0 means the calling thread and no other.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, STEP_BACK);
    }
}
