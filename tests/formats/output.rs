//! Files that appear whole or not at all.

use spinodal::formats::{OutputFile, remove_parts, write_text};
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
