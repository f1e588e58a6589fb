//! How much memory there is, the refusal to begin what needs more, and the end where it runs out all the same.

mod allocator;

pub use allocator::Allocator;

use std::fmt;
use sysinfo::System;
use thiserror::Error;

/// Something needs more memory than there is.
#[derive(Debug, Clone, Error, PartialEq)]
#[error("{what} needs about {needed} of memory, but {free} are free: {advice}")]
pub struct MemoryError {
    what: String,
    needed: Bytes,
    free: Bytes,
    advice: String,
}

/// An amount of memory.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = self.0 as f64 / f64::from(1 << 20);
        if mib < 1024.0 { write!(f, "{mib:.0} MiB") } else { write!(f, "{:.1} GiB", mib / 1024.0) }
    }
}

/// Bytes that a program may still take without others being pushed out; `None` where the system does not tell.
pub fn free() -> Option<u64> {
    let mut system = System::new();
    system.refresh_memory();
    // A system that does not tell its whole memory has no limits for a group, either.
    let told = system.total_memory() > 0;
    let of_group = told.then(|| system.cgroup_limits()).flatten().map(|limits| limits.free_memory);
    let free = system.available_memory().min(of_group.unwrap_or(u64::MAX));
    (free > 0).then_some(free)
}

/// Refuses `what`, which needs so many bytes, if they are not there; `advice` says what would fit into those that are.
///
/// # Errors
/// When more is needed. A system that cannot tell is trusted.
pub fn check(what: &str, needed: u64, advice: impl FnOnce(u64) -> String) -> Result<(), MemoryError> {
    free().map_or(Ok(()), |free| check_within(free, what, needed, advice))
}

/// [`check`] where so many bytes are free.
///
/// # Errors
/// When more are needed.
pub fn check_within(free: u64, what: &str, needed: u64, advice: impl FnOnce(u64) -> String) -> Result<(), MemoryError> {
    if needed <= free {
        return Ok(());
    }
    Err(MemoryError { what: what.to_owned(), needed: Bytes(needed), free: Bytes(free), advice: advice(free) })
}
