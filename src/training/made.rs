//! Which sequences of a dataset are finished, while the others are still being made.
//!
//! `made.csv` has a line `index,sha256` for each, written before its file gets its name: a file without one was not
//! finished here. It gives way to the manifest, which holds the same checksums.

use super::{dataset::sequence_path, dataset_error::DatasetError, manifest::Manifest};
use crate::formats::{check_plain, checksum, read_text, write_text};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Name of the list.
const MADE: &str = "made.csv";

/// The checksums of the finished sequences in a folder.
pub(super) struct Made {
    folder: PathBuf,
    list: Mutex<List>,
}

struct List {
    file: File,
    sums: BTreeMap<usize, String>,
}

impl Made {
    /// The checksums in the list of a folder, by the numbers of their sequences; none where there is no list.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn listed(folder: &Path) -> Result<BTreeMap<usize, String>, DatasetError> {
        let path = folder.join(MADE);
        let text = match read_text(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            other => other.map_err(DatasetError::io(&path))?,
        };
        // A loss of power may leave half a line at the end.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let entry =
            |line: &str| line.split_once(',').and_then(|(index, sum)| Some((index.parse().ok()?, sum.to_owned())));
        Ok(whole.lines().filter_map(entry).collect())
    }

    /// Opens the list in a locked folder, of which a smaller dataset may be finished: that of `manifest`.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn open(folder: &Path, manifest: Option<&Manifest>) -> Result<Self, DatasetError> {
        let (path, listed) = (folder.join(MADE), Self::listed(folder)?);
        let text: String = listed.iter().map(|(index, sum)| line(*index, sum)).collect();
        write_text(&path, &text)?;
        let file = File::options().append(true).open(&path).map_err(DatasetError::io(&path))?;
        let known = manifest.into_iter().flat_map(|manifest| &manifest.sequences).enumerate();
        let sums = known.map(|(index, record)| (index, record.sha256.clone())).chain(listed).collect();
        Ok(Self { folder: folder.to_owned(), list: Mutex::new(List { file, sums }) })
    }

    /// Checks that the file of a sequence is the one that was finished.
    ///
    /// # Errors
    /// When it is another, or cannot be read.
    pub fn check(&self, index: usize) -> Result<(), DatasetError> {
        let path = sequence_path(&self.folder, index);
        check_plain(&path)?;
        let found = checksum(&path)?;
        match self.list.lock().sums.get(&index) {
            Some(sum) if *sum == found => Ok(()),
            Some(_) => Err(DatasetError::damaged(&path, "its checksum is not that of the sequence made here")),
            None => Err(DatasetError::damaged(&path, "it was not made here")),
        }
    }

    /// Adds a sequence whose file is about to get its name.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&self, index: usize, sum: String) -> Result<(), DatasetError> {
        let List { file, sums } = &mut *self.list.lock();
        let mut write = || {
            let before = file.metadata()?.len();
            let written = file.write_all(line(index, &sum).as_bytes()).and_then(|()| file.sync_data());
            // Half a line must not become one with the next.
            written.or_else(|error| file.set_len(before).and(Err(error)))
        };
        write().map_err(DatasetError::io(&self.folder.join(MADE)))?;
        sums.insert(index, sum);
        Ok(())
    }

    /// The checksum of a sequence, which must be finished.
    ///
    /// # Errors
    /// When it is not.
    pub fn sum(&self, index: usize) -> Result<String, DatasetError> {
        let missing = || DatasetError::damaged(&sequence_path(&self.folder, index), "it was removed meanwhile");
        self.list.lock().sums.get(&index).cloned().ok_or_else(missing)
    }

    /// Removes the list: the manifest is written.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn close(self) -> Result<(), DatasetError> {
        let path = self.folder.join(MADE);
        drop(self.list);
        fs::remove_file(&path).map_err(DatasetError::io(&path))
    }
}

fn line(index: usize, sum: &str) -> String {
    format!("{index},{sum}\n")
}
