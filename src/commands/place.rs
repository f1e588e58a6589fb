//! Where results lie until they are complete.

use super::{CommandError, output};
use crate::formats::{FolderLock, entries, free_path, free_path_where, is_vacant};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folder of unfinished results, within that of earlier ones: on the same disk, and where the user may write.
const UNFINISHED: &str = "unfinished";

/// Where results are written until they are complete: where they are wanted, or, if something is there, beside that
/// file or within that folder.
pub struct Place {
    wanted: PathBuf,
    path: PathBuf,
    lock: Option<FolderLock>,
}

impl Place {
    /// For results that are wanted at `wanted`, a file or a folder. What a killed or interrupted run left within that
    /// folder is removed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn of(wanted: &Path) -> Result<Self, CommandError> {
        let beside = |path| Ok(Self { wanted: wanted.to_owned(), path, lock: None });
        match is_vacant(wanted) {
            Ok(true) => beside(wanted.to_owned()),
            Ok(false) => Self::within(wanted),
            // It is a file, or not there.
            Err(_) => beside(free_path(wanted)),
        }
    }

    fn within(wanted: &Path) -> Result<Self, CommandError> {
        let path = free_path_where(&wanted.join(UNFINISHED), |path| !path.exists() || FolderLock::is_left(path));
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|source| CommandError::Output { path: path.clone(), source })?;
        }
        let lock = Some(output::take_folder(&path, false)?);
        Ok(Self { wanted: wanted.to_owned(), path, lock })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves complete results to where they are wanted, and says where that is. A folder takes the place of those files
    /// in the earlier one that `are_ours`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn complete(self, are_ours: impl Fn(&str) -> bool) -> Result<PathBuf, CommandError> {
        let Self { wanted, path, lock } = self;
        let failed = |source| CommandError::Output { path: wanted.clone(), source };
        if lock.is_some() {
            output::remove_files(&wanted, are_ours)?;
            for entry in entries(&path).into_iter().filter(|entry| !FolderLock::is_lock(entry)) {
                fs::rename(&entry, wanted.join(entry.file_name().unwrap_or_default())).map_err(failed)?;
            }
            drop(lock);
            fs::remove_dir_all(&path).map_err(failed)?;
        } else if path != wanted {
            fs::rename(path, &wanted).map_err(failed)?;
        }
        Ok(wanted)
    }

    /// Removes results that failed, where complete ones are.
    pub fn discard(self) {
        if self.lock.is_some() {
            // What failed first is what the user can mend.
            fs::remove_dir_all(&self.path).ok();
        }
    }
}
