//! Files that appear together or not at all.

use super::{
    FolderLock, FormatError, Turn, check_plain, entries,
    output::{PREFIX, SUFFIX, nameless},
};
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};
use tempfile::{Builder, TempDir};

/// Files in a temporary folder beside their later places, moved there by [`OutputFiles::finish`]. Dropped unfinished,
/// it leaves nothing behind.
#[derive(Debug)]
pub struct OutputFiles {
    part: TempDir,
    /// As long as it is held, [`remove_parts`](super::remove_parts) leaves the folder alone.
    lock: FolderLock,
    folder: PathBuf,
}

impl OutputFiles {
    /// Starts files that will lie in `folder`, which must exist.
    ///
    /// # Errors
    /// When it cannot be written to.
    pub fn create(folder: &Path) -> Result<Self, FormatError> {
        let failed = || FormatError::write(folder);
        loop {
            let part = Builder::new().prefix(PREFIX).suffix(SUFFIX).tempdir_in(folder);
            let part = part.map_err(nameless).map_err(failed())?;
            let lock = FolderLock::take(part.path()).map_err(|error| failed()(io::Error::other(error.to_string())))?;
            // Another program may have taken it for a leftover before it was locked.
            if FolderLock::was_taken(part.path()) {
                return Ok(Self { part, lock, folder: folder.to_owned() });
            }
        }
    }

    /// The folder that they are written into.
    pub fn path(&self) -> &Path {
        self.part.path()
    }

    /// Moves all to where they are wanted, in the place of files that have their names if it `replaces` them, and gives
    /// these names. Whatever forbids that is found before the first is moved.
    ///
    /// # Errors
    /// When something else than a file is there, or a file that is not to be replaced, or the system refuses.
    pub fn finish(self, replaces: bool) -> Result<Vec<OsString>, FormatError> {
        let Self { part, lock, folder } = self;
        let place = |path: &PathBuf| folder.join(path.file_name().unwrap_or_default());
        let files: Vec<_> = entries(part.path()).into_iter().filter(|path| !FolderLock::is_lock(path)).collect();
        let taken =
            || FormatError::write(&folder)(io::Error::other("files with these names have come there meanwhile"));
        // Two series that are finished at once stay apart.
        let _turn = Turn::take(&folder);
        if !replaces && files.iter().any(|file| place(file).symlink_metadata().is_ok()) {
            return Err(taken());
        }
        files.iter().try_for_each(|file| check_plain(&place(file)))?;
        files.iter().try_for_each(|file| fs::rename(file, place(file)).map_err(FormatError::write(&place(file))))?;
        // Windows removes no file that is open.
        drop(lock);
        part.close().map_err(FormatError::write(&folder))?;
        Ok(files.iter().filter_map(|file| file.file_name()).map(ToOwned::to_owned).collect())
    }
}
