//! Files that appear whole or not at all.

use spinodal::formats::{FolderLock, OutputFile, OutputFiles, free_path, is_vacant, remove_parts, write_text};
use std::{
    fs,
    io::Write,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use tempfile::tempdir;

#[test]
fn what_nobody_writes_to_any_more_is_removed_at_once() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in [".spinodal-Ab12.part", ".spinodal-notes", "own.part"] {
        fs::write(path(name), "half").unwrap();
    }
    fs::create_dir(path(".spinodal-folder.part")).unwrap();
    let mut file = OutputFile::create(&path("a.txt")).unwrap();
    remove_parts(folder.path());
    file.write_all(b"whole").unwrap();
    file.finish().unwrap();
    assert_eq!(fs::read_to_string(path("a.txt")).unwrap(), "whole");
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".spinodal-folder.part", ".spinodal-notes", "a.txt", "own.part"]);
}

#[test]
fn a_file_being_begun_is_not_taken_for_one_that_was_left() {
    let folder = tempdir().unwrap();
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !ends.load(Ordering::Relaxed) {
                    remove_parts(folder.path());
                }
            });
        }
        let written = (0..500).try_for_each(|number| write_text(&folder.path().join(format!("{number}.txt")), "text"));
        ends.store(true, Ordering::Relaxed);
        written.unwrap();
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 500);
}

#[test]
fn files_of_one_kind_appear_together_or_not_at_all() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["a.txt", "c.txt"] {
        fs::write(path(name), "before").unwrap();
    }
    let files = || {
        let files = OutputFiles::create(folder.path()).unwrap();
        ["a.txt", "b.txt"].iter().for_each(|name| fs::write(files.path().join(name), "after").unwrap());
        files
    };
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    drop(files());
    fs::create_dir(path("b.txt")).unwrap();
    assert!(files().finish(true).unwrap_err().to_string().contains("it is a folder"));
    assert_eq!(read("a.txt"), "before");
    fs::remove_dir(path("b.txt")).unwrap();
    assert!(files().finish(false).unwrap_err().to_string().contains("have come there meanwhile"));
    files().finish(true).unwrap();
    assert_eq!(["a.txt", "b.txt", "c.txt"].map(read), ["after", "after", "before"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn a_folder_of_files_is_removed_once_nobody_writes_there() {
    let folder = tempdir().unwrap();
    let held = OutputFiles::create(folder.path()).unwrap();
    let left = folder.path().join(".spinodal-Ab12.part");
    fs::create_dir(&left).unwrap();
    drop(FolderLock::take(&left).unwrap());
    fs::write(left.join("a.txt"), "half").unwrap();
    assert!(is_vacant(folder.path()).unwrap());
    remove_parts(folder.path());
    assert!(held.path().exists() && !left.exists());
}

#[test]
fn a_name_that_is_free_is_one_that_a_file_can_have() {
    let folder = tempdir().unwrap();
    for name in ["a.npy", "film.gif", &format!("{}.npy", "n".repeat(251)), &format!("{}.npy", "φ".repeat(125))] {
        let path = folder.path().join(name);
        fs::write(&path, "").unwrap();
        let first = free_path(&path);
        fs::write(&first, "").unwrap_or_else(|error| panic!("{}: {error}", first.display()));
        assert_eq!(first.extension(), path.extension());
        fs::write(free_path(&path), "").unwrap();
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 12);
}

#[test]
fn a_file_that_came_meanwhile_stays() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("old.txt"), "before").unwrap();
    for name in ["new.txt", "old.txt"] {
        let mut file = OutputFile::create(&path(name)).unwrap();
        file.write_all(b"after").unwrap();
        fs::write(path(name), "meanwhile").unwrap();
        file.finish().unwrap();
    }
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    assert_eq!(["new.txt", "new-2.txt", "old.txt"].map(read), ["meanwhile", "after", "after"]);
}

#[test]
fn a_result_that_may_replace_nothing_or_cannot_lies_beside() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, replaces) in [("kept.txt", false), ("over.txt", true), ("stuck.txt", true)] {
        fs::write(path(name), "before").unwrap();
        let mut file = OutputFile::of_result(&path(name), replaces).unwrap();
        file.write_all(b"after").unwrap();
        if name == "stuck.txt" {
            // The system lets no file take the place of a folder.
            fs::remove_file(path(name)).unwrap();
            fs::create_dir(path(name)).unwrap();
        }
        file.finish().unwrap();
    }
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    let found = ["kept.txt", "kept-2.txt", "over.txt", "stuck-2.txt"].map(read);
    assert_eq!(found, ["before", "after", "after", "after"]);
    assert!(path("stuck.txt").is_dir() && !path("over-2.txt").exists());
}
