//! Folders that one run writes into at a time.

use spinodal::formats::{FolderLock, is_vacant};
use std::fs;
use tempfile::tempdir;

#[test]
fn a_folder_is_locked_by_one_run_at_a_time() {
    let folder = tempdir().unwrap();
    assert!(!FolderLock::is_held(folder.path()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a look leaves nothing");
    let lock = FolderLock::take(folder.path()).unwrap();
    assert!(FolderLock::is_held(folder.path()));
    let refusal = FolderLock::take(folder.path()).unwrap_err().to_string();
    let expected = "is in use by another run: wait until that has ended, or choose another folder";
    assert_eq!(refusal, format!("{} {expected}", folder.path().display()));
    drop(lock);
    assert!(!FolderLock::is_held(folder.path()));
    FolderLock::take(folder.path()).unwrap();
    let nowhere = folder.path().join("nowhere");
    assert!(FolderLock::take(&nowhere).unwrap_err().to_string().contains("nowhere"));
    assert!(!nowhere.exists());
}

#[test]
fn a_locked_folder_is_told_from_another_in_its_place() {
    let around = tempdir().unwrap();
    let [folder, moved] = ["run", "moved"].map(|name| around.path().join(name));
    fs::create_dir(&folder).unwrap();
    let lock = FolderLock::take(&folder).unwrap();
    lock.check().unwrap();
    fs::rename(&folder, &moved).unwrap();
    assert!(lock.check().unwrap_err().to_string().contains("was moved or removed"));
    fs::create_dir(&folder).unwrap();
    assert!(lock.check().is_err());
    fs::remove_dir(&folder).unwrap();
    fs::rename(&moved, &folder).unwrap();
    lock.check().unwrap();
}

#[test]
fn what_killed_runs_leave_takes_no_folder() {
    let folder = tempdir().unwrap();
    let is_vacant = || is_vacant(folder.path()).unwrap();
    assert!(is_vacant());
    for name in [".lock", ".spinodal-Ab12.part"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    assert!(is_vacant());
    for name in ["notes.txt", "own.part", ".spinodal-notes"] {
        fs::write(folder.path().join(name), "").unwrap();
        assert!(!is_vacant(), "{name}");
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    fs::remove_file(folder.path().join(".lock")).unwrap();
    fs::create_dir(folder.path().join(".lock")).unwrap();
    assert!(!is_vacant());
    assert!(FolderLock::take(folder.path()).unwrap_err().to_string().contains("is not a plain file"));
    assert!(!FolderLock::is_held(folder.path()));
}

#[cfg(unix)]
#[test]
fn no_lock_is_made_through_a_link() {
    let (folder, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let target = elsewhere.path().join("target");
    std::os::unix::fs::symlink(&target, folder.path().join(".lock")).unwrap();
    assert!(FolderLock::take(folder.path()).unwrap_err().to_string().contains("is not a plain file"));
    assert!(!target.exists() && !is_vacant(folder.path()).unwrap());
}
