//! Where results lie until they are complete.

use super::{CommandError, output};
use crate::formats::{
    FolderLock, LockError, check_plain, entries, free_path, free_path_where, is_leftover, is_vacant, shown,
};
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
    are_ours: fn(&str) -> bool,
    /// Of the folder that is wanted.
    lock: Option<FolderLock>,
    /// Of the one within it.
    inner: Option<FolderLock>,
}

impl Place {
    /// For a file. One that is there already is replaced only if `force` says so: it may have come since that was
    /// asked.
    ///
    /// # Errors
    /// When something else than a file is there.
    pub fn of_file(wanted: &Path, force: bool) -> Result<Self, CommandError> {
        check_plain(wanted)?;
        let path = free_path(wanted);
        let wanted = if force { wanted.to_owned() } else { path.clone() };
        Ok(Self { wanted, path, are_ours: |_| false, lock: None, inner: None })
    }

    /// For a folder of files whose names `are_ours`, which is locked as long as this lives. Those that a killed or
    /// interrupted run left within it are removed. One that holds something needs `force`.
    ///
    /// # Errors
    /// When another run writes there, something there is none of these files but has their name, or the system refuses.
    pub fn of_folder(wanted: &Path, are_ours: fn(&str) -> bool, force: bool) -> Result<Self, CommandError> {
        let lock = Some(output::take_folder(wanted, force)?);
        let failed = |source| CommandError::Output { path: wanted.to_owned(), source };
        let (path, inner) = match is_vacant(wanted).map_err(failed)? {
            true => (wanted.to_owned(), None),
            false => {
                let is_ours = |path: &PathBuf| are_ours(&path.file_name().unwrap_or_default().to_string_lossy());
                entries(wanted).iter().filter(|path| is_ours(path)).try_for_each(|path| check_plain(path))?;
                let path = free_path_where(&wanted.join(UNFINISHED), |path| !path.exists() || is_left(path, are_ours));
                output::remove_files(&path, are_ours)?;
                let inner = Some(output::take_folder(&path, false)?);
                (path, inner)
            }
        };
        Ok(Self { wanted: wanted.to_owned(), path, are_ours, lock, inner })
    }

    /// Checks that its folder is still where it was.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self) -> Result<(), LockError> {
        self.lock.as_ref().map_or(Ok(()), FolderLock::check)
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
        self.check()?;
        let Self { wanted, path, are_ours, lock: _lock, inner } = self;
        let failed = |source| CommandError::Output { path: wanted.clone(), source };
        if inner.is_some() {
            output::remove_files(&wanted, are_ours)?;
            for entry in entries(&path).into_iter().filter(|entry| !FolderLock::is_lock(entry)) {
                fs::rename(&entry, wanted.join(entry.file_name().unwrap_or_default())).map_err(failed)?;
            }
            drop(inner);
            fs::remove_dir_all(&path).map_err(failed)?;
        } else if path != wanted
            && let Err(error) = fs::rename(&path, &wanted)
        {
            tracing::warn!("{} cannot be replaced ({error}): this is in {}", shown(&wanted), shown(&path));
            return Ok(path);
        }
        Ok(wanted)
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
