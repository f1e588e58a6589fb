//! The run that an archive takes the place of.

use super::{OUTCOME, PLOTS, SURFACES, surfaces::of_surface};
use crate::{
    commands::CommandError,
    comparison::RunRecord,
    formats::{check_plain, entries, free_path_where, write_text},
    recording::{METRICS, REFERENCE, RUN, STATES, frame_of_states},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Folder of an earlier run.
const EARLIER: &str = "earlier";
/// The same while it is moved there.
const STAGING: &str = ".earlier";
/// The file by which that folder is told from one of the user's.
const MARK: &str = ".set-aside";

/// What of a folder belongs to the archive in it, told by the names of its fields; nothing where no record can be read.
struct Contents(Vec<String>);

impl Contents {
    fn of(folder: &Path) -> Self {
        // A run that was killed while it was moved may have left its record there.
        let record = RunRecord::read(folder).or_else(|_| RunRecord::read(&staging(folder)));
        let names = |record: RunRecord| [REFERENCE.to_owned()].into_iter().chain(record.setup.names()).collect();
        Self(record.map(names).unwrap_or_default())
    }

    fn has(&self, path: &Path) -> bool {
        let name = name_of(path);
        let is_series = || name.strip_suffix(".npy").is_some_and(|stem| self.is_field(stem));
        !self.0.is_empty() && (is_of_any(&name) || is_series())
    }

    /// Its files in a folder, but for those within other folders there.
    fn files(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        entries(folder).into_iter().filter(|path| self.has(path) && name_of(path) != STATES)
    }

    /// Its states in a folder.
    fn states(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        let is_ours = !self.0.is_empty();
        entries(&folder.join(STATES))
            .into_iter()
            .filter(move |path| is_ours && frame_of_states(&name_of(path)).is_some())
    }

    fn has_surface(&self, path: &Path) -> bool {
        of_surface(&name_of(path)).is_some_and(|(field, _)| self.is_field(field))
    }

    fn is_field(&self, stem: &str) -> bool {
        self.0.iter().any(|name| name == stem)
    }
}

/// Whether a file has the same name in every archive.
fn is_of_any(name: &str) -> bool {
    PLOTS.contains(&name) || [OUTCOME, METRICS, RUN, STATES].contains(&name)
}

/// Checks that nothing in a folder has the name of something that a new archive writes there, such as `files`, unless it
/// belongs to an earlier archive.
///
/// # Errors
/// When something has.
pub(super) fn check(folder: &Path, files: &[PathBuf]) -> Result<(), CommandError> {
    let contents = Contents::of(folder);
    for inner in [SURFACES, STATES].map(|name| folder.join(name)) {
        if inner.is_symlink() {
            check_plain(&inner)?;
        }
    }
    let others = files.iter().filter(|path| !contents.has(path));
    others.into_iter().try_for_each(|path| check_plain(path))?;
    let is_foreign = |path: &PathBuf| !contents.has(path) && (is_of_any(&name_of(path)) || files.contains(path));
    entries(folder).into_iter().find(is_foreign).map_or(Ok(()), |path| Err(CommandError::Foreign(path)))
}

/// Moves what an earlier archive left in a folder into another within it: it may have had other candidates and other
/// frames. Is there one already, then what lies here is of a run that was to replace it and never ended.
///
/// # Errors
/// When the system refuses.
pub(super) fn set_aside(folder: &Path) -> Result<(), CommandError> {
    let failed = |source| CommandError::Output { path: folder.to_owned(), source };
    let (staging, earlier) = (staging(folder), place(folder));
    let contents = Contents::of(folder);
    let (keep, surfaces) = (!earlier.exists(), folder.join(SURFACES));
    if keep && contents.files(folder).next().is_some() {
        // First: with its mark it is ours.
        fs::create_dir_all(&staging).map_err(failed)?;
        write_text(&staging.join(MARK), "")?;
    }
    for path in entries(&surfaces).into_iter().filter(|path| contents.has_surface(path)) {
        retire(&path, &staging.join(SURFACES), keep).map_err(failed)?;
    }
    for path in contents.states(folder) {
        retire(&path, &staging.join(STATES), keep).map_err(failed)?;
    }
    for path in contents.files(folder) {
        retire(&path, &staging, keep).map_err(failed)?;
    }
    if staging.exists() {
        fs::rename(staging, earlier).map_err(failed)?;
    }
    Ok(())
}

/// Removes a run that was set aside. What else the user has put there stays.
///
/// # Errors
/// When the system refuses.
pub(super) fn remove(earlier: &Path) -> Result<(), CommandError> {
    let failed = |source| CommandError::Output { path: earlier.to_owned(), source };
    let contents = Contents::of(earlier);
    let surfaces = entries(&earlier.join(SURFACES)).into_iter().filter(|path| contents.has_surface(path));
    let mut ours: Vec<_> = surfaces.chain(contents.states(earlier)).chain(contents.files(earlier)).collect();
    // Record and mark last: by them it is known.
    ours.sort_by_key(|path| name_of(path) == RUN);
    ours.push(earlier.join(MARK));
    ours.into_iter().try_for_each(fs::remove_file).map_err(failed)?;
    for folder in [earlier.join(SURFACES), earlier.join(STATES), earlier.to_owned()] {
        match fs::remove_dir(folder) {
            Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty) => {
                return Err(failed(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where the earlier run lies that an archive in this folder is to replace.
pub(super) fn kept(folder: &Path) -> Option<PathBuf> {
    Some(place(folder)).filter(|path| is_set_aside(path))
}

/// Where an earlier run lies, or may be moved. Folders of the user's may have its name.
fn place(folder: &Path) -> PathBuf {
    free_path_where(&folder.join(EARLIER), |path| !path.exists() || is_set_aside(path))
}

/// Where an earlier run lies while it is moved.
fn staging(folder: &Path) -> PathBuf {
    free_path_where(&folder.join(STAGING), |path| !path.exists() || path.join(MARK).is_file())
}

/// Whether a folder is a run that was set aside, and nothing else of the user's: that has no record.
fn is_set_aside(folder: &Path) -> bool {
    folder.join(MARK).is_file() && RunRecord::read(folder).is_ok()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Moves a file into `folder`, or removes it.
fn retire(path: &Path, folder: &Path, keep: bool) -> io::Result<()> {
    if keep {
        fs::create_dir_all(folder)?;
        fs::rename(path, folder.join(path.file_name().unwrap_or_default()))
    } else {
        fs::remove_file(path)
    }
}
