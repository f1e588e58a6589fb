//! Files that appear whole or not at all.

use super::FormatError;
use std::{
    fs::File,
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use tempfile::{Builder, NamedTempFile};

/// A buffered file under a temporary name beside its target, renamed to it by [`OutputFile::finish`].
/// Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct OutputFile {
    writer: BufWriter<NamedTempFile>,
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
        builder.prefix(".spinodal-").suffix(".part");
        #[cfg(unix)]
        {
            // A temporary file is private by default; this one becomes an ordinary file, so the umask decides.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = if path.is_dir() {
            Err(io::Error::from(io::ErrorKind::IsADirectory))
        } else {
            // The path of the temporary file, which the error would name, tells the user nothing.
            builder.tempfile_in(folder).map_err(|error| io::Error::from(error.kind()))
        };
        let file = file.map_err(FormatError::write(path))?;
        Ok(Self { writer: BufWriter::new(file), path: path.to_owned() })
    }

    /// The name the file will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name it has until it is finished, for other programs to write to.
    pub fn part(&self) -> &Path {
        self.writer.get_ref().path()
    }

    /// Writes what is buffered and gives the file its name, replacing a file that has it. It lies on the disk by then:
    /// not even a loss of power leaves less than the one or the other.
    ///
    /// # Errors
    /// When the disk is full or the target cannot be replaced.
    pub fn finish(mut self) -> Result<(), FormatError> {
        self.writer.flush().map_err(FormatError::write(&self.path))?;
        let file = self.writer.into_inner().map_err(|error| FormatError::write(&self.path)(error.into_error()))?;
        file.as_file().sync_all().map_err(FormatError::write(&self.path))?;
        file.persist(&self.path).map(drop::<File>).map_err(|error| FormatError::write(&self.path)(error.error))
    }

    /// Writes through `write`, naming the file if that fails.
    pub(super) fn put(&mut self, write: impl FnOnce(&mut Self) -> io::Result<()>) -> Result<(), FormatError> {
        write(self).map_err(FormatError::write(&self.path))
    }
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
