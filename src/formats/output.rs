//! Files that appear whole or not at all.

use super::{FolderLock, FormatError, free_path, open_file, shown};
use std::{
    fs::{self, File, TryLockError},
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::{Builder, NamedTempFile, PathPersistError, TempPath};

/// What the names of unfinished files begin and end with.
pub(super) const PREFIX: &str = ".spinodal-";
pub(super) const SUFFIX: &str = ".part";

/// A buffered file under a temporary name beside its target, renamed to it by [`OutputFile::finish`].
/// Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct OutputFile {
    writer: BufWriter<File>,
    part: TempPath,
    path: PathBuf,
    earlier: Earlier,
}

/// What becomes of a file that has the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Earlier {
    Kept,
    Replaced,
    /// Unless the system forbids it: then the new file lies beside it.
    ReplacedIfPossible,
}

impl OutputFile {
    /// Starts a file that will be called `path`; the folder must exist.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path) -> Result<Self, FormatError> {
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        check_plain(path)?;
        let file = locked_part(folder).map_err(nameless);
        let (file, part) = file.map_err(FormatError::write(path))?.into_parts();
        let earlier = if path.symlink_metadata().is_ok() { Earlier::Replaced } else { Earlier::Kept };
        Ok(Self { writer: BufWriter::new(file), part, path: path.to_owned(), earlier })
    }

    /// [`OutputFile::create`] for results, which are not to be lost: they take the place of a file only if they may
    /// replace it and the system lets them, and otherwise get a number behind their name.
    ///
    /// # Errors
    /// As there.
    pub fn of_result(path: &Path, replaces: bool) -> Result<Self, FormatError> {
        let earlier = if replaces { Earlier::ReplacedIfPossible } else { Earlier::Kept };
        Ok(Self { earlier, ..Self::create(path)? })
    }

    /// The name the file will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name it has until it is finished, for other programs to write to.
    pub fn part(&self) -> &Path {
        &self.part
    }

    /// The file itself, to be written to without the buffer.
    ///
    /// # Errors
    /// When the system gives no second handle.
    pub fn raw(&self) -> Result<File, FormatError> {
        self.writer.get_ref().try_clone().map_err(FormatError::write(&self.path))
    }

    /// Writes what is buffered and gives the file its name, replacing a file that had it when this one was begun. One
    /// that came there since stays, and this one gets a number behind its name. It lies on the disk by then: not even a
    /// loss of power leaves less than the one or the other. Gives its path.
    ///
    /// # Errors
    /// When the disk is full or the target cannot be replaced.
    pub fn finish(self) -> Result<PathBuf, FormatError> {
        let wanted = self.path.clone();
        let (path, refusal) = self.settle()?;
        if path != wanted {
            let reason = match refusal {
                Some(error) => format!("cannot be replaced ({error})"),
                None => "was written by another program meanwhile".to_owned(),
            };
            tracing::warn!("{} {reason}: this is in {}", shown(&wanted), shown(&path));
        }
        Ok(path)
    }

    /// As [`OutputFile::finish`], but replaces nothing. Gives its path.
    ///
    /// # Errors
    /// When the disk is full.
    pub(super) fn finish_beside(self) -> Result<PathBuf, FormatError> {
        Ok(Self { earlier: Earlier::Kept, ..self }.settle()?.0)
    }

    /// Gives the path of the file, and why it lies beside one that it should have replaced.
    fn settle(mut self) -> Result<(PathBuf, Option<io::Error>), FormatError> {
        self.writer.flush().map_err(FormatError::write(&self.path))?;
        let Self { writer, mut part, path, earlier } = self;
        let file = writer.into_inner().map_err(|error| FormatError::write(&path)(error.into_error()))?;
        file.sync_all().map_err(FormatError::write(&path))?;
        let mut refusal = None;
        if earlier != Earlier::Kept {
            part = match part.persist(&path) {
                Ok(()) => return Ok((path, None)),
                Err(refused) if earlier == Earlier::Replaced => return Err(FormatError::write(&path)(refused.error)),
                Err(refused) => {
                    refusal = Some(refused.error);
                    refused.path
                }
            }
        }
        loop {
            let free = free_path(&path);
            part = match part.persist_noclobber(&free) {
                Ok(()) => return Ok((free, refusal)),
                Err(PathPersistError { error, path }) if error.kind() == io::ErrorKind::AlreadyExists => path,
                // Some file systems cannot look and name at once.
                Err(PathPersistError { path, .. }) => {
                    path.persist(&free).map_err(|error| FormatError::write(&free)(error.error))?;
                    return Ok((free, refusal));
                }
            }
        }
    }

    /// Writes through `write`, naming the file if that fails.
    pub(super) fn put(&mut self, write: impl FnOnce(&mut Self) -> io::Result<()>) -> Result<(), FormatError> {
        write(self).map_err(FormatError::write(&self.path))
    }
}

/// Refuses to write to something that is no plain file: a folder, a link, a device.
///
/// # Errors
/// When something else is there.
pub fn check_plain(path: &Path) -> Result<(), FormatError> {
    // Nothing is there, or it cannot be looked at, which the system will say.
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    let kind = match found.file_type() {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => "a folder",
        kind if kind.is_symlink() => "a link to another file",
        _ => "not an ordinary file",
    };
    let reason = format!("it is {kind}: remove it, or choose another name");
    Err(FormatError::write(path)(io::Error::other(reason)))
}

/// The same without the path of the temporary file, which its text ends with and which tells the user nothing.
pub(super) fn nameless(error: io::Error) -> io::Error {
    let text = error.to_string();
    let reason = text.split_once(" at path ").map_or(&*text, |(reason, _)| reason);
    io::Error::new(error.kind(), reason)
}

/// A new temporary file, locked until it has its name or the program ends, so that [`remove_parts`] leaves it alone.
fn locked_part(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        // A temporary file is private by default; this one becomes an ordinary file, so the umask decides.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    loop {
        let file = builder.tempfile_in(folder)?;
        // Another program may have taken it for a leftover before it was locked. Some file systems know no locks:
        // there, none is ever removed.
        let lost = matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock)) || !file.path().exists();
        if !lost {
            return Ok(file);
        }
    }
}

/// Removes the unfinished files, and folders of such, that killed programs have left in a folder. Those of programs that
/// still write are locked.
pub fn remove_parts(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    for entry in entries.filter(|entry| is_part(&entry.file_name().to_string_lossy())) {
        match (entry.file_type(), entry.path()) {
            (Ok(kind), path) if kind.is_file() => remove_unlocked(&path),
            (Ok(kind), path) if kind.is_dir() && FolderLock::was_taken(&path) && !FolderLock::is_held(&path) => {
                noted(&path, fs::remove_dir_all(&path));
            }
            // Its program did not come to lock it.
            (Ok(kind), path) if kind.is_dir() && is_old(&entry) => noted(&path, fs::remove_dir(&path)),
            _ => {}
        }
    }
}

/// Whether an entry of a folder has not changed for a minute.
fn is_old(entry: &fs::DirEntry) -> bool {
    let changed = entry.metadata().and_then(|entry| entry.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > Duration::from_secs(60)))
}

/// Whether an unfinished file may be called so.
pub(super) fn is_part(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Removes a file that no program has locked, and holds its lock meanwhile: see [`locked_part`].
fn remove_unlocked(path: &Path) {
    let Ok(file) = open_file(path) else { return };
    if file.try_lock().is_ok() {
        noted(path, fs::remove_file(path));
    }
}

/// What cannot be removed is no reason to stop.
fn noted(path: &Path, removed: io::Result<()>) {
    removed.unwrap_or_else(|error| tracing::debug!("{}: {error}", path.display()));
}

/// Writes a whole text file, or leaves what was there.
///
/// # Errors
/// When the folder cannot be written to or the disk is full.
pub fn write_text(path: &Path, text: &str) -> Result<(), FormatError> {
    let mut file = OutputFile::create(path)?;
    file.put(|file| file.write_all(text.as_bytes()))?;
    file.finish().map(drop)
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Seek for OutputFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.writer.seek(position)
    }
}
