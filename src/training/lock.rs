//! Lock files: they mark a folder as in use by a running program.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    thread,
    time::Duration,
};

/// Creates the file at `path` and locks it while the returned handle lives; the end of the program releases it, too.
/// `None` when another program holds it, unless that one is just ending and releases it within a second. On a file
/// system without locks, every file is free.
///
/// # Errors
/// When the file cannot be created.
pub(super) fn take(path: &Path) -> io::Result<Option<File>> {
    const PATIENCE: Duration = Duration::from_millis(50);
    let lock = OpenOptions::new().create(true).append(true).open(path)?;
    let is_held = (0..20).all(|attempt| {
        thread::sleep(PATIENCE * u32::from(attempt > 0));
        matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
    });
    Ok((!is_held).then_some(lock))
}

/// Whether another holds the file at `path`, which need not be there.
pub(super) fn is_held(path: &Path) -> bool {
    let lock = OpenOptions::new().append(true).open(path);
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}
