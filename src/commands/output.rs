//! Where results go, checked before the work begins.

use super::CommandError;
use crate::{
    formats::{FolderLock, check_plain, entries, is_vacant, remove_parts},
    grid::Grid,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Checks that `path` can become a file: its folder exists and can be written to, and nothing else has its name. Leaves
/// nothing behind, and removes what killed runs have left there.
///
/// # Errors
/// When it cannot.
pub fn check_file(path: &Path, extension: &'static str) -> Result<(), CommandError> {
    let given = path.extension().unwrap_or_default();
    if !given.eq_ignore_ascii_case(extension) {
        return Err(CommandError::Extension { path: path.to_owned(), extension });
    }
    if path.is_dir() {
        return Err(CommandError::IsFolder { path: path.to_owned(), extension });
    }
    check_plain(path)?;
    let folder = folder_of(path);
    check_writable(folder).map_err(|source| CommandError::Output { path: path.to_owned(), source })?;
    remove_parts(folder);
    Ok(())
}

/// The folder that a file lies in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

/// Checks that nothing is at `path` yet, unless `force` says that it may be replaced.
///
/// # Errors
/// When something is, or the name is too long.
pub fn check_new(path: &Path, force: bool) -> Result<(), CommandError> {
    match path.symlink_metadata() {
        Ok(_) if !force => Err(CommandError::Exists(path.to_owned())),
        Err(source) if source.kind() == io::ErrorKind::InvalidFilename => {
            Err(CommandError::Output { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Checks that a file to be written is not the one that is read.
///
/// # Errors
/// When it is.
pub fn check_not_same(path: &Path, input: &Path) -> Result<(), CommandError> {
    let same = fs::canonicalize(path).is_ok_and(|path| fs::canonicalize(input).is_ok_and(|input| input == path));
    if same { Err(CommandError::SameFile(path.to_owned())) } else { Ok(()) }
}

/// Bytes of so many frames in a field file.
pub fn frames_size(grid: Grid, frames: usize) -> u64 {
    (frames as u64).saturating_mul((grid.len() * size_of::<f32>()) as u64)
}

/// Checks that the disk on which `path` will lie has room for so many bytes.
///
/// # Errors
/// When it has not. A system that cannot tell is trusted.
pub fn check_space(path: &Path, bytes: u64) -> Result<(), CommandError> {
    match fs4::available_space(nearest_folder(path)) {
        Ok(free) if free < bytes => {
            let [needed, free] = [bytes.div_ceil(1_000_000), free / 1_000_000];
            Err(CommandError::Space { path: path.to_owned(), needed, free })
        }
        _ => Ok(()),
    }
}

/// Checks that a run which writes to `path`, a file or a folder, will not overwrite a file that it starts from.
///
/// # Errors
/// When it would.
pub fn check_not_input(path: &Path, input: &Path) -> Result<(), CommandError> {
    let within = fs::canonicalize(path).is_ok_and(|path| fs::canonicalize(input).is_ok_and(|i| i.starts_with(path)));
    if within { Err(CommandError::OwnInput(input.to_owned())) } else { Ok(()) }
}

/// Checks that `path` can become a folder of results, or is one that may be written into: one that holds
/// something already needs `force`. Leaves nothing behind.
///
/// # Errors
/// When the folder is not empty or cannot be written to.
pub fn check_folder(path: &Path, force: bool) -> Result<(), CommandError> {
    let failed = |source| CommandError::Output { path: path.to_owned(), source };
    if !path.exists() {
        return check_writable(&nearest_folder(path)).map_err(failed);
    }
    if !force && !is_vacant(path).map_err(failed)? {
        return Err(CommandError::NotEmpty(path.to_owned()));
    }
    check_writable(path).map_err(failed)?;
    remove_parts(path);
    Ok(())
}

/// Checks that files in a folder whose names `are_ours` belong to an earlier result, by the `page` that it has, and can
/// be replaced.
///
/// # Errors
/// When there is no such page, or something else has such a name.
pub fn check_earlier(folder: &Path, page: &str, are_ours: impl Fn(&str) -> bool) -> Result<(), CommandError> {
    let has_our_name = |path: &PathBuf| are_ours(&path.file_name().unwrap_or_default().to_string_lossy());
    let ours: Vec<_> = entries(folder).into_iter().filter(has_our_name).collect();
    ours.iter().try_for_each(|path| check_plain(path))?;
    match ours.into_iter().next() {
        Some(path) if !folder.join(page).exists() => Err(CommandError::Foreign(path)),
        _ => Ok(()),
    }
}

/// Creates a folder of results with all folders above it.
///
/// # Errors
/// When the system refuses.
pub fn create_folder(path: &Path) -> Result<(), CommandError> {
    fs::create_dir_all(path).map_err(|source| CommandError::Output { path: path.to_owned(), source })
}

/// Creates a folder of results and locks it, before anything is written there. What [`check_folder`] refuses may
/// have come there since it was asked.
///
/// # Errors
/// As [`check_folder`], or when another run writes into the folder.
pub fn take_folder(path: &Path, force: bool) -> Result<FolderLock, CommandError> {
    create_folder(path)?;
    let lock = FolderLock::take(path)?;
    check_folder(path, force)?;
    Ok(lock)
}

/// Removes the files of a folder, if there is one, that an earlier run left there and this one may not write anew:
/// those whose names `are_ours`.
///
/// # Errors
/// When the system refuses.
pub fn remove_files(folder: &Path, are_ours: impl Fn(&str) -> bool) -> Result<(), CommandError> {
    if !folder.exists() {
        return Ok(());
    }
    let remove = || {
        fs::read_dir(folder)?.try_for_each(|entry| {
            let entry = entry?;
            if are_ours(&entry.file_name().to_string_lossy()) { fs::remove_file(entry.path()) } else { Ok(()) }
        })
    };
    remove().map_err(|source| CommandError::Output { path: folder.to_owned(), source })
}

/// The closest folder above `path` that exists.
fn nearest_folder(path: &Path) -> PathBuf {
    let above = path.ancestors().skip(1).find(|folder| folder.exists());
    above.filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")).to_owned()
}

/// Tries to create a file that vanishes again.
fn check_writable(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder).map(drop)
}
