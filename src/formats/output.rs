//! Files that appear whole or not at all.

use super::{FormatError, open_file};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::{Builder, TempPath};

/// What the names of unfinished files begin and end with.
const PREFIX: &str = ".spinodal-";
const SUFFIX: &str = ".part";

/// How old a file without a lock must be to be left over.
const RECENT: Duration = Duration::from_secs(60);

/// A buffered file under a temporary name beside its target, renamed to it by [`OutputFile::finish`].
/// Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct OutputFile {
    writer: BufWriter<File>,
    part: TempPath,
    path: PathBuf,
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
        let mut builder = Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        #[cfg(unix)]
        {
            // A temporary file is private by default; this one becomes an ordinary file, so the umask decides.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        check_plain(path)?;
        // The path of the temporary file, which the error would name, tells the user nothing.
        let file = builder.tempfile_in(folder).map_err(|error| io::Error::from(error.kind()));
        let file = file.map_err(FormatError::write(path))?;
        // Held until the file has its name or the program ends: see `remove_parts`. Some file systems know no locks.
        let (file, part) = file.into_parts();
        file.try_lock().ok();
        Ok(Self { writer: BufWriter::new(file), part, path: path.to_owned() })
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
    pub(super) fn raw(&self) -> Result<File, FormatError> {
        self.writer.get_ref().try_clone().map_err(FormatError::write(&self.path))
    }

    /// As [`OutputFile::finish`], with another name in the same folder.
    ///
    /// # Errors
    /// As [`OutputFile::finish`].
    pub(super) fn finish_as(self, path: &Path) -> Result<(), FormatError> {
        Self { path: path.to_owned(), ..self }.finish()
    }

    /// Writes what is buffered and gives the file its name, replacing a file that has it. It lies on the disk by then:
    /// not even a loss of power leaves less than the one or the other.
    ///
    /// # Errors
    /// When the disk is full or the target cannot be replaced.
    pub fn finish(mut self) -> Result<(), FormatError> {
        self.writer.flush().map_err(FormatError::write(&self.path))?;
        let file = self.writer.into_inner().map_err(|error| FormatError::write(&self.path)(error.into_error()))?;
        file.sync_all().map_err(FormatError::write(&self.path))?;
        self.part.persist(&self.path).map_err(|error| FormatError::write(&self.path)(error.error))
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

/// Removes the unfinished files that killed programs have left in a folder. Those of programs that still write are
/// locked.
pub fn remove_parts(folder: &Path) {
    remove_older_parts(folder, RECENT);
}

/// The same in a folder that one run at a time writes into, as its lock makes sure: there, none of them is being begun.
pub fn remove_own_parts(folder: &Path) {
    remove_older_parts(folder, Duration::ZERO);
}

fn remove_older_parts(folder: &Path, least_age: Duration) {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_part = name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        // One that was just created may not be locked yet.
        let age = || entry.metadata().and_then(|found| found.modified()).ok()?.elapsed().ok();
        if is_part && age().is_some_and(|age| age >= least_age) && is_free(&entry.path()) {
            // What cannot be removed is no reason to stop.
            fs::remove_file(entry.path()).unwrap_or_else(|error| tracing::debug!("{name}: {error}"));
        }
    }
}

/// Whether no program has locked a file.
fn is_free(path: &Path) -> bool {
    open_file(path).is_ok_and(|file| file.try_lock().is_ok())
}

/// Writes a whole text file, or leaves what was there.
///
/// # Errors
/// When the folder cannot be written to or the disk is full.
pub fn write_text(path: &Path, text: &str) -> Result<(), FormatError> {
    let mut file = OutputFile::create(path)?;
    file.put(|file| file.write_all(text.as_bytes()))?;
    file.finish()
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
