//! Folders that one run writes into at a time.

use super::{output::is_part, shown};
use same_file::Handle;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use thiserror::Error;

/// The file in a folder that is locked while a run writes into the folder. It stays there, empty.
const LOCK: &str = ".lock";

/// Why a folder could not be locked.
#[derive(Debug, Error)]
pub enum LockError {
    #[error("{} is in use by another run: wait until that has ended, or choose another folder", shown(folder))]
    Busy { folder: PathBuf },
    #[error("{} is not a plain file: remove it, or choose another folder", shown(path))]
    Foreign { path: PathBuf },
    #[error("{} was moved or removed while a run wrote into it", shown(folder))]
    Moved { folder: PathBuf },
    #[error("cannot lock {}: {source}", shown(folder))]
    Io { folder: PathBuf, source: io::Error },
}

/// A folder, told from another that takes its path.
#[derive(Debug)]
pub struct KnownFolder {
    path: PathBuf,
    identity: io::Result<Handle>,
}

impl KnownFolder {
    /// The one that has this path now.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), identity: Handle::from_path(path) }
    }

    /// Where it was.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that it is still there.
    ///
    /// # Errors
    /// When it is not, whether or not another has its path.
    pub fn check(&self) -> Result<(), LockError> {
        let is_same = |before: &Handle| match Handle::from_path(&self.path) {
            Ok(now) => now == *before,
            // A system that cannot tell is trusted.
            Err(error) => !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
        };
        let stays = self.identity.as_ref().map_or(true, is_same);
        if stays { Ok(()) } else { Err(LockError::Moved { folder: self.path.clone() }) }
    }
}

/// A folder that no other run writes into while this lives. The end of the program releases it, too, however it comes.
#[derive(Debug)]
pub struct FolderLock {
    folder: KnownFolder,
    _file: File,
}

impl FolderLock {
    /// Locks a folder, which must exist. On a file system without locks, every folder is free.
    ///
    /// # Errors
    /// When another run holds it, unless that one is just ending and releases it within a second, or when the folder
    /// cannot be written to.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join(LOCK);
        // Nothing is created through a link, and a pipe would wait for its reader.
        if fs::symlink_metadata(&path).is_ok_and(|file| !file.is_file()) {
            return Err(LockError::Foreign { path });
        }
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(|source| LockError::Io { folder: folder.to_owned(), source })?;
        if stays_held(&file) {
            return Err(LockError::Busy { folder: folder.to_owned() });
        }
        Ok(Self { folder: KnownFolder::at(folder), _file: file })
    }

    /// Checks that the folder is still where it was locked: another may have its path now.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self) -> Result<(), LockError> {
        self.folder.check()
    }

    /// Whether a run has ever locked a folder.
    pub fn was_taken(folder: &Path) -> bool {
        folder.join(LOCK).is_file()
    }

    /// Whether this is the file that is locked.
    pub fn is_lock(path: &Path) -> bool {
        path.file_name().is_some_and(|name| name == LOCK)
    }

    /// Whether a run writes into a folder at this moment.
    pub fn is_held(folder: &Path) -> bool {
        let path = folder.join(LOCK);
        if !fs::symlink_metadata(&path).is_ok_and(|file| file.is_file()) {
            return false;
        }
        // Whoever may only read can ask, too, but for some network file systems.
        let file = OpenOptions::new().append(true).open(&path).or_else(|_| File::open(&path));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

/// The right to name files in a folder, held while files that belong together get their names. It ends with the
/// program.
pub struct Turn(#[expect(dead_code, reason = "closing it releases it")] Option<File>);

impl Turn {
    /// Waits for it; a second is enough for any other run. Some systems lock no folders: there, it is everyone's.
    pub fn take(folder: &Path) -> Self {
        Self(File::open(folder).ok().filter(|folder| !stays_held(folder)))
    }
}

/// Tries for a second to lock a file, and says whether another program held it all that time.
fn stays_held(file: &File) -> bool {
    const PATIENCE: Duration = Duration::from_millis(50);
    (0..20).all(|attempt| {
        thread::sleep(PATIENCE * u32::from(attempt > 0));
        matches!(file.try_lock(), Err(TryLockError::WouldBlock))
    })
}

/// Whether a folder holds nothing but what [`is_leftover`] names.
///
/// # Errors
/// When it cannot be read.
pub fn is_vacant(folder: &Path) -> io::Result<bool> {
    let mut vacant = true;
    for entry in fs::read_dir(folder)? {
        vacant &= is_leftover(&entry?)?;
    }
    Ok(vacant)
}

/// Whether an entry of a folder is what any killed run may leave: its lock, or files it had not finished.
///
/// # Errors
/// When its type cannot be read.
pub fn is_leftover(entry: &fs::DirEntry) -> io::Result<bool> {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    let kind = entry.file_type()?;
    let is_file = kind.is_file() && (name == LOCK || is_part(&name));
    Ok(is_file || kind.is_dir() && is_part(&name) && FolderLock::was_taken(&entry.path()))
}
