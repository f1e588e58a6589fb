//! Two programs at once, with one folder to write into.

use super::{CRANE, Workshop, files, text};
use spinodal::formats::{FolderLock, npy::read_frames};
use std::{
    fs,
    process::{Child, Stdio},
};

/// Starts two programs and waits for both. Gives the number of the one that succeeds, and what the other says.
fn race(shop: &Workshop, words: [String; 2]) -> (usize, String) {
    let start =
        |words: &String| -> Child { shop.command(words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap() };
    let both = [start(&words[0]), start(&words[1])];
    let ends = both.map(|child| child.wait_with_output().unwrap());
    let [first, second] = [0, 1].map(|number| (ends[number].status.code(), text(&ends[number].stderr)));
    match (first, second) {
        ((Some(0), _), (Some(1), reason)) => (0, reason),
        ((Some(1), reason), (Some(0), _)) => (1, reason),
        ends => panic!("one must be refused: {ends:?}"),
    }
}

fn dataset(seed: usize, out: &str) -> String {
    format!("dataset --out {out} --seed {seed} --sequences 8 --frames 6 --grids 12,16 --late-frames 1..3")
}

#[test]
fn of_two_datasets_in_one_folder_one_is_made() {
    let shop = Workshop::new();
    let (winner, reason) = race(&shop, [dataset(1, "data"), dataset(2, "data")]);
    assert!(reason.contains("in use by another run") || reason.contains("another configuration"), "{reason}");
    shop.succeed(&dataset(winner + 1, "alone"));
    assert!(files(&shop.path("data")) == files(&shop.path("alone")), "the other has left its traces");
}

fn compare(seed: usize, out: &str) -> String {
    format!("compare --grid 16 --seed {seed} --model {CRANE} --frames 4 --states 2 --engine cpu --out {out}")
}

#[test]
fn of_two_comparisons_in_one_folder_one_is_made() {
    let shop = Workshop::new();
    let (winner, reason) = race(&shop, [compare(1, "run"), compare(2, "run")]);
    assert!(reason.contains("in use by another run") || reason.contains("is not empty"), "{reason}");
    shop.succeed(&compare(winner + 1, "alone"));
    let [mut run, mut alone] = ["run", "alone"].map(|folder| files(&shop.path(folder)));
    // How long frames took differs.
    assert!(run.remove("outcome.toml").is_some() && alone.remove("outcome.toml").is_some());
    assert!(run == alone, "the other has left its traces");
}

#[test]
fn a_comparison_keeps_out_of_a_folder_in_use() {
    let shop = Workshop::new();
    fs::create_dir(shop.path("run")).unwrap();
    let held = FolderLock::take(&shop.path("run")).unwrap();
    shop.refuse(&compare(1, "run"), "run is in use by another run");
    drop(held);
    // What a refused run leaves is an empty folder.
    shop.succeed(&compare(1, "run"));
    let before = files(&shop.path("run"));
    let held = FolderLock::take(&shop.path("run")).unwrap();
    shop.refuse(&format!("{} --force", compare(2, "run")), "run is in use by another run");
    shop.refuse("compare --resume run --frames 5", "run is in use by another run");
    fs::create_dir(shop.path("source")).unwrap();
    fs::copy(shop.path("run/run.toml"), shop.path("source/run.toml")).unwrap();
    shop.refuse("compare --rerun source --out run --force", "run is in use by another run");
    assert!(files(&shop.path("run")) == before);
    drop(held);
    shop.succeed("compare --resume run --frames 5");
    fs::create_dir(shop.path("notes")).unwrap();
    shop.refuse("compare --resume notes", "notes");
    assert!(shop.names_in("notes").is_empty(), "a folder of something else gets no lock");
}

#[test]
fn an_evaluation_keeps_out_of_a_folder_in_use() {
    let shop = Workshop::new();
    fs::create_dir(shop.path("report")).unwrap();
    let held = FolderLock::take(&shop.path("report")).unwrap();
    let evaluate = "evaluate --parts boxes --grid 16 --runs 1 --frames 2 --engine cpu --out report";
    for force in ["", " --force"] {
        let output = shop.run(&format!("{evaluate}{force}"));
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("report is in use by another run"), "{}", text(&output.stderr));
        assert_eq!(shop.names_in("report"), [".lock"]);
    }
    drop(held);
    shop.succeed(evaluate);
}

#[test]
fn a_dataset_keeps_out_of_a_folder_in_use() {
    let shop = Workshop::new();
    fs::create_dir(shop.path("data")).unwrap();
    let held = FolderLock::take(&shop.path("data")).unwrap();
    let output = shop.run(&dataset(1, "data"));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("data is in use by another run"), "{}", text(&output.stderr));
    assert_eq!(shop.names_in("data"), [".lock"], "nothing is written before the lock is taken");
    drop(held);
    shop.succeed(&dataset(1, "data"));
}

#[test]
fn of_runs_that_end_at_once_field_and_table_are_of_one() {
    let shop = Workshop::new();
    let simulate = |seed: u64| {
        let words = format!("simulate --grid 12 --seed {seed} --frames 1 --steps-per-frame 1 --engine cpu");
        let mut command = shop.command(&format!("{words} --out a.npy --table a.csv --force"));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    for round in 0..12 {
        let runs = [1, 2, 3, 4].map(|run| simulate(4 * round + run));
        runs.into_iter().for_each(|mut run| assert!(run.wait().unwrap().success()));
        // Those that found nothing there when they began lie beside each other.
        for field in shop.names().iter().filter(|path| path.extension().is_some_and(|ending| ending == "npy")) {
            let largest = read_frames(field, false).unwrap()[0].range().1;
            let mut table = csv::Reader::from_path(field.with_extension("csv")).unwrap();
            let column = table.headers().unwrap().iter().position(|name| name == "largest").unwrap();
            let row = table.records().next().unwrap().unwrap();
            assert_eq!(row[column].parse(), Ok(largest), "round {round}, {}", field.display());
            if round % 2 == 0 {
                fs::remove_file(field).unwrap();
                fs::remove_file(field.with_extension("csv")).unwrap();
            }
        }
    }
}
