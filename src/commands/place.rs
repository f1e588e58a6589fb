//! Where results lie until they are complete.

use super::{CommandError, output};
use crate::formats::{FolderLock, entries, free_path, free_path_where, is_leftover, is_vacant};
use std::{
    fs, io,
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
    are_ours: fn(&str) -> bool,
}

impl Place {
    /// For results that are wanted at `wanted`, a file or a folder of files whose names `are_ours`. Those that a killed
    /// or interrupted run left within that folder are removed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn of(wanted: &Path, are_ours: fn(&str) -> bool) -> Result<Self, CommandError> {
        let beside = |path| Ok(Self { wanted: wanted.to_owned(), path, lock: None, are_ours });
        match is_vacant(wanted) {
            Ok(true) => beside(wanted.to_owned()),
            Ok(false) => Self::within(wanted, are_ours),
            // It is a file, or not there.
            Err(_) => beside(free_path(wanted)),
        }
    }

    fn within(wanted: &Path, are_ours: fn(&str) -> bool) -> Result<Self, CommandError> {
        let path = free_path_where(&wanted.join(UNFINISHED), |path| !path.exists() || is_left(path, are_ours));
        output::remove_files(&path, are_ours)?;
        let lock = Some(output::take_folder(&path, false)?);
        Ok(Self { wanted: wanted.to_owned(), path, lock, are_ours })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves complete results to where they are wanted, in the place of earlier ones, and says where that is.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn complete(self) -> Result<PathBuf, CommandError> {
        let Self { wanted, path, lock, are_ours } = self;
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

/// Whether a run left this folder behind: none writes there any more, and it holds nothing but files whose names
/// `are_ours`. Anything else is the user's own, such as a recording that is called so.
fn is_left(folder: &Path, are_ours: fn(&str) -> bool) -> bool {
    let is_ours = |entry: &fs::DirEntry| {
        let is_result =
            entry.file_type().is_ok_and(|kind| kind.is_file()) && are_ours(&entry.file_name().to_string_lossy());
        is_result || is_leftover(entry).unwrap_or(false)
    };
    let holds_ours = || fs::read_dir(folder)?.try_fold(true, |all, entry| Ok::<_, io::Error>(all && is_ours(&entry?)));
    FolderLock::was_taken(folder) && !FolderLock::is_held(folder) && holds_ours().unwrap_or(false)
}
